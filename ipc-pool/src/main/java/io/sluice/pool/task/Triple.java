package io.sluice.pool.task;

import java.io.Serializable;

/// Three arguments of a [TaskTriFunction].
///
/// @param first argument
/// @param second argument
/// @param third argument
/// @param <A> type of the first
/// @param <B> type of the second
/// @param <C> type of the third
public record Triple<A, B, C>(A first, B second, C third) implements Serializable {}
