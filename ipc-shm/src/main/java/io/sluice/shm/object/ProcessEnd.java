package io.sluice.shm.object;

import io.sluice.shm.linux.EarlierHooks;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Removes the temporary spaces that are open when the JVM ends in order: by return from `main`, `System.exit`, or a
/// signal that it handles.
final class ProcessEnd {
    /*
     * A shutdown hook that closed the spaces would close them during the hooks of user code, which run at the same
     * time. The JVM does one thing after all hooks: it removes the files of `File.deleteOnExit`, by path and without a
     * check. So the hook here decides, and the JVM removes:
     *
     *   1. A space that another process has open, or that is kept for a process which is starting, stays as it is; that
     *      process is the last.
     *   2. Otherwise the door is closed, so that no process comes in, and the directory moves to a name that no process
     *      looks for. A newcomer finds the name free, makes a space of its own and is not held up.
     *   3. Every file in the directory, and every one that is made in it from here on, is removed after the last hook.
     *
     * This process has the directory by descriptor and the objects by mapping: its hooks can use all of them, create
     * new ones, and send large messages. The hook counts as an opening of its own, so that a hook of user code that
     * closes the space does not release the door.
     *
     * A death after step 2, as by SIGKILL while a hook of user code hangs, leaves a directory that the next opener or
     * lister finds among the notes. Two processes that end at the same time see each other alive, and leave the space
     * to the next opener or lister too.
     *
     * The hook is registered only while a temporary space is open: a registered thread keeps the class loader
     * reachable.
     */
    private static final long PATIENCE_MILLIS = 1_000;

    private final ReentrantLock opening;
    private final Set<Membership> temporary = new HashSet<>();
    private Thread hook;
    private boolean ending;

    /// @param opening guards all fields; the caller of each method holds it
    ProcessEnd(ReentrantLock opening) {
        this.opening = opening;
    }

    /// Registers a temporary space.
    void watch(Membership space) {
        if (hook == null && !ending) {
            Thread thread = new Thread(this::begin, "sluice-spaces");
            try {
                Runtime.getRuntime().addShutdownHook(thread);
                hook = thread;
            } catch (IllegalStateException hooksRun) {
                ending = true;
            }
        }
        temporary.add(space);
        if (ending) {
            space.goWithProcess();
        }
    }

    /// Unregisters a space.
    void forget(Membership space) {
        if (temporary.remove(space) && temporary.isEmpty() && hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException hooksRun) {
                // The hook runs already, and finds nothing to do.
            }
            hook = null;
        }
    }

    /// The space of this process that has moved away from this name and ends with the process, or null.
    Space goingAlong(Path root, String name) {
        for (Membership member : ending ? temporary : Set.<Membership>of()) {
            Space space = member.goesWithProcess();
            if (space != null && space.name().equals(name) && space.root().equals(root)) {
                return space;
            }
        }
        return null;
    }

    private void begin() {
        try {
            EarlierHooks.await();        // a pool that drains may still start workers, which open its space by name
            // A thread that called System.exit while it opened a space has the lock, and waits for this hook.
            if (opening.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    ending = true;
                    List<Membership> all = List.copyOf(temporary);
                    all.stream().filter(Membership::isGuest).forEach(Membership::goWithProcess);
                    all.stream().filter(member -> !member.isGuest()).forEach(Membership::goWithProcess);
                } finally {
                    opening.unlock();
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
