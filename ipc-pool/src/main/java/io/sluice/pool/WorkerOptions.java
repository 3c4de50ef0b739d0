package io.sluice.pool;

import io.sluice.core.idle.WaitStrategy;
import java.io.Serializable;
import java.util.List;

/// The settings that every worker of a pool receives.
///
/// @param space name of the pool's space
/// @param initializer run once before the first task; encoded
/// @param allowed patterns of JDK classes that may be decoded beyond the default ones
/// @param strategy how it waits for tasks
@SuppressWarnings("ArrayRecordComponent") // no code compares them
record WorkerOptions(String space, byte[] initializer, List<String> allowed, WaitStrategy strategy)
        implements Serializable {}
