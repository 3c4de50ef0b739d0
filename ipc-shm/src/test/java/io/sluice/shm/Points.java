package io.sluice.shm;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Follows single threads of this process through the crash points.
public final class Points {
    private static final Map<Thread, Consumer<CrashPoint>> FOLLOWED = new ConcurrentHashMap<>();
    private static final List<Consumer<CrashPoint>> EVERYWHERE = new CopyOnWriteArrayList<>();

    private Points() {}

    /// Calls back at each point that a thread reaches, until [#forget].
    ///
    /// @param thread whose steps count
    /// @param each called in that thread
    public static void follow(Thread thread, Consumer<CrashPoint> each) {
        FOLLOWED.put(thread, each);
        CrashHook.script(Points::at);
    }

    /// Calls back at each point that any thread of this process reaches, until the process ends.
    ///
    /// @param each called in the thread that reaches the point
    public static void followAll(Consumer<CrashPoint> each) {
        EVERYWHERE.add(each);
        CrashHook.script(Points::at);
    }

    private static void at(CrashPoint point) {
        Consumer<CrashPoint> follower = FOLLOWED.get(Thread.currentThread());
        if (follower != null) {
            follower.accept(point);
        }
        if (!EVERYWHERE.isEmpty()) {              // the lambda would count as an allocation of the code under test
            EVERYWHERE.forEach(each -> each.accept(point));
        }
    }

    /// Ends [#follow].
    ///
    /// @param thread whose steps do not count any more
    public static void forget(Thread thread) {
        FOLLOWED.remove(thread);
    }
}
