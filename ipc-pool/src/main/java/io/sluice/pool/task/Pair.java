package io.sluice.pool.task;

import java.io.Serializable;

/// Two arguments of a [TaskBiFunction].
///
/// @param first argument
/// @param second argument
/// @param <A> type of the first
/// @param <B> type of the second
public record Pair<A, B>(A first, B second) implements Serializable {}
