package io.sluice.pool.manager;

/// What a client on another host can call of every object in shared memory.
interface HandleService {
    boolean isLinked();

    boolean unlink();

    void close();
}
