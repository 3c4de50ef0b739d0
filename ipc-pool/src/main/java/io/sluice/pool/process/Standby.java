package io.sluice.pool.process;

import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A stock of started JVMs that have done once what most tasks do ([Rehearsal]), and wait for their order.
///
/// - **Threads:** any.
/// - **Death** of a JVM of the stock: it is replaced. One that dies after it was taken is a process that died.
/// - **A JVM that is stopped** (SIGSTOP) is not taken, and stays in the stock until it goes on.
final class Standby implements AutoCloseable {
    /*
     * A JVM that comes up takes a core for some tenths of a second, and would take it from the processes that were just
     * started. So the stock is refilled a moment after a JVM was taken; and as long as it is not short, only while
     * there is an idle core, for which it waits some seconds at most.
     */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(3);
    /// A JVM that takes longer to come up, as one that is stopped, no longer holds the others back.
    private static final long COMING_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_MILLIS = 20;

    private final int size;
    private final Launcher launcher;
    private final List<Waiting> stock = new ArrayList<>();
    private boolean closed;
    private boolean refilling;
    /// Whether a JVM was taken since the stock was full, and when the first one was.
    private boolean taken;
    private long takenNanos;

    private record Waiting(Launcher.Launched jvm, long startNanos) {
        boolean isReady() {
            return jvm.control().phase() == Control.READY;
        }

        boolean isComingUp() {
            return !isReady() && System.nanoTime() - startNanos < COMING_UP_NANOS;
        }
    }

    /// @param classPath replaces that of this JVM unless null
    Standby(int size, List<String> jvmOptions, String classPath) {
        this.size = size;
        this.launcher = new Launcher(new ProcessOptions(
                jvmOptions, ProcessOptions.USUAL.environment(), classPath, null, ProcessOptions.USUAL.input(),
                ProcessOptions.USUAL.output(), ProcessOptions.USUAL.error()), true);
        refillInBackground();
    }

    /// Starts a JVM like those of the stock, with its order.
    Launcher.Launched launch(Control.Order order) throws IOException {
        return launcher.launch(order);
    }

    /// Takes a JVM that waits for its order, or will soon; null if there is none.
    Launcher.Launched take() {
        Waiting best = null;
        synchronized (this) {
            if (closed) {
                throw new ClosedException("this process context was closed; make another one");
            }
            var _ = removeDead();
            for (Waiting one : stock) {
                boolean better = best == null || (one.isReady() && !best.isReady());
                if (better && !one.jvm.isStopped()) {
                    best = one;
                }
            }
            var _ = stock.remove(best);
            if (!taken) {
                taken = true;
                takenNanos = System.nanoTime();
            }
        }
        refillInBackground();
        return best == null ? null : best.jvm;
    }

    /// Removes the JVMs that have died.
    ///
    /// @return whether one of them has never been ready
    private boolean removeDead() {
        boolean failed = false;
        for (Waiting one : List.copyOf(stock)) {
            if (one.jvm.hasEnded()) {
                failed |= one.jvm.control().phase() < Control.READY;
                var _ = stock.remove(one);
                one.jvm.discard();
            }
        }
        return failed;
    }

    // Refilling.

    /// If there is no memory for a thread, the next take tries again.
    private synchronized void refillInBackground() {
        if (!refilling && !closed) {
            try {
                refilling = true;
                Thread.ofPlatform().daemon().name("sluice-standby").start(this::refill);
            } catch (OutOfMemoryError noThread) {
                refilling = false;
            }
        }
    }

    private void refill() {
        try {
            while (awaitTurn()) {
                Waiting next = new Waiting(launcher.launch(null), System.nanoTime());
                synchronized (this) {
                    if (!closed) {
                        stock.add(next);
                        continue;
                    }
                }
                next.jvm.leave();
            }
        } catch (IOException | InterruptedException | RuntimeException | Error refused) {
            synchronized (this) {
                refilling = false;       // a start reports its own failure
            }
        }
    }

    /// Waits until the next JVM should be started.
    ///
    /// @return false if the stock is full or closed, or a JVM has died before it was ready, as the next one might: then
    ///     this thread ends, and the next take tries again
    private synchronized boolean awaitTurn() throws InterruptedException {
        for (;;) {
            if (removeDead() || closed || stock.size() >= size) {
                refilling = false;
                taken = false;
                return false;
            }
            if (isTurn()) {
                return true;
            }
            wait(LOOK_MILLIS);
        }
    }

    private boolean isTurn() {
        int comingUp = 0;
        for (Waiting one : stock) {
            comingUp += one.isComingUp() ? 1 : 0;
        }
        if (!taken) {                // the first filling
            return comingUp < Cpus.count();
        }
        long waited = System.nanoTime() - takenNanos;
        if (waited < PAUSE_NANOS) {
            return false;
        }
        boolean isShort = 2 * (ready() + comingUp) < size;
        return isShort
                ? comingUp < Cpus.count()
                : comingUp == 0 && (waited > LONGEST_WAIT_NANOS || isCoreIdle());
    }

    /// Whether the machine has fewer runnable threads than this process has cores; the calling thread is one of them.
    private static boolean isCoreIdle() {
        try {
            String load = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.ISO_8859_1);
            String[] words = load.split("[ /]", -1);         // three averages, runnable/all, the last process id
            return Integer.parseInt(words[3]) - 1 < Cpus.count();
        } catch (IOException | RuntimeException unknown) {
            return true;
        }
    }

    synchronized int ready() {
        int ready = 0;
        for (Waiting one : stock) {
            ready += one.isReady() && !one.jvm.hasEnded() ? 1 : 0;
        }
        return ready;
    }

    /// Ends all of them, also if one of them throws.
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        Closing closing = new Closing();
        stock.forEach(one -> closing.then(one.jvm::leave));
        stock.clear();
        closing.end();
    }
}
