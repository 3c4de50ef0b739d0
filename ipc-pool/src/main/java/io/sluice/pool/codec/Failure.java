package io.sluice.pool.codec;

/// An element of a batch of results whose task has failed.
///
/// @param failure the exception of the task; on the reader's side, its decoded form
public record Failure(Throwable failure) {}
