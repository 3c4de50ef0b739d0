package io.sluice.shm;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// The tools of a party that does jobs for a test: spaces of its own, and a way to send the test events during a job.
public final class Desk implements AutoCloseable {
    private final Map<String, SharedSpace> spaces = new HashMap<>();
    private final Map<String, Object> kept = new HashMap<>();

    /// A space, opened once for each party.
    ///
    /// @param root directory of spaces
    /// @return the space `s` in it
    public synchronized SharedSpace space(String root) {
        return spaces.computeIfAbsent(root, path -> SharedSpace.open(Sandbox.SPACE, SpaceOptions.under(Path.of(path))));
    }

    /// Keeps something from one job to a later one.
    ///
    /// @param name to find it by
    /// @param thing what
    public synchronized void keep(String name, Object thing) {
        kept.put(name, thing);
    }

    /// What was kept.
    ///
    /// @param name under which
    /// @param type of the thing
    /// @return the thing
    /// @param <T> its type
    public synchronized <T> T kept(String name, Class<T> type) {
        return type.cast(kept.get(name));
    }

    /// Sends the test an event during a job.
    ///
    /// @param event serializable
    public void tell(Object event) {
        EVENTS.get().accept(event);
    }

    /// Tells the test `waiting` when the current thread goes to sleep for the first time from now on.
    public void tellWhenWaiting() {
        Thread current = Thread.currentThread();
        Consumer<Object> events = EVENTS.get();
        boolean[] told = new boolean[1];
        Points.follow(current, point -> {
            if (point == CrashPoint.WAIT_ANNOUNCED && !told[0]) {
                told[0] = true;
                events.accept("waiting");
            }
        });
    }

    /// Makes the current thread send `there` at its next hit of a step, and stay there until its process ends.
    ///
    /// @param at the step
    public void stayAt(CrashPoint at) {
        Consumer<Object> events = EVENTS.get();
        Points.follow(Thread.currentThread(), point -> {
            if (point == at) {
                events.accept("there");
                for (;;) {
                    LockSupport.park();
                }
            }
        });
    }

    /// Receives the events of the current thread's job.
    static final ThreadLocal<Consumer<Object>> EVENTS = ThreadLocal.withInitial(() -> event -> {});

    /// Leaves all spaces.
    @Override
    public synchronized void close() {
        spaces.values().forEach(SharedSpace::close);
        spaces.clear();
        kept.clear();
    }
}
