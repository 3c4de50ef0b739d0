package io.sluice.pool.manager;

import java.util.concurrent.TimeUnit;

/// What a client on another host can call of an event: methods of `SharedEvent`.
interface EventService extends HandleService {
    void set();

    void clear();

    boolean isSet();

    long sets();

    void await() throws InterruptedException;

    boolean await(long timeout, TimeUnit unit) throws InterruptedException;
}
