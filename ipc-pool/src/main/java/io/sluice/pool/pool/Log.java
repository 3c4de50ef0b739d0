package io.sluice.pool.pool;

/// Where a pool says what nobody is there to be told: failures of callbacks and of its own.
final class Log {
    static final System.Logger LOGGER = System.getLogger("io.sluice.pool");

    private Log() {}
}
