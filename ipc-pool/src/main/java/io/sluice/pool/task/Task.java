package io.sluice.pool.task;

import java.io.Serializable;
import java.util.concurrent.Callable;

/// Work with a result, for another process. A lambda given where a `Task` is expected can travel, if all that it
/// captures can.
///
/// @param <T> type of the result
@FunctionalInterface
public interface Task<T> extends Callable<T>, Serializable {}
