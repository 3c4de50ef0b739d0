package io.sluice.pool.manager;

import io.sluice.shm.event.SharedEvent;
import java.io.Serial;
import java.util.concurrent.TimeUnit;

/// An event on another host. A wait is a call that waits there.
final class RemoteEvent extends SharedEvent {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient EventService event;

    RemoteEvent(RemoteObject object) {
        super(object);
        this.event = object.as(EventService.class);
    }

    private EventService event() {
        checkOpen();
        return event;
    }

    @Override
    public void set() {
        event().set();
    }

    @Override
    public void clear() {
        event().clear();
    }

    @Override
    public boolean isSet() {
        return event().isSet();
    }

    @Override
    public long sets() {
        return event().sets();
    }

    @Override
    public void await() throws InterruptedException {
        event().await();
    }

    @Override
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return event().await(timeout, unit);
    }
}
