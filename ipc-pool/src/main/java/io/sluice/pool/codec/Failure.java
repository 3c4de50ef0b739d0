package io.sluice.pool.codec;

/// Stands in a batch of results where a task has failed.
///
/// @param failure what it threw, or, where it is read, what became of that on the way
public record Failure(Throwable failure) {}
