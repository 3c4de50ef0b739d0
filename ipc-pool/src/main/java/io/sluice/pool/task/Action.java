package io.sluice.pool.task;

import java.io.Serializable;

/// Work without a result, for another process. A lambda given where an `Action` is expected can travel, if all that it
/// captures can.
@FunctionalInterface
public interface Action extends Runnable, Serializable {}
