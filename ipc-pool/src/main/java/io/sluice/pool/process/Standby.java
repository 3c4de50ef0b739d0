package io.sluice.pool.process;

import io.sluice.core.error.ClosedException;
import io.sluice.pool.task.Action;
import io.sluice.shm.object.KeptObjects;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A stock of started JVMs that have loaded what a child needs, and wait for their order.
final class Standby implements AutoCloseable {
    private final int size;
    private final Launcher launcher;
    private final Deque<Launcher.Launched> stock = new ArrayDeque<>();
    private boolean closed;
    private boolean refilling;

    /// @param classPath replaces that of this JVM unless null
    Standby(int size, List<String> jvmOptions, String classPath) {
        this.size = size;
        this.launcher = new Launcher(new ProcessOptions(
                jvmOptions, ProcessOptions.USUAL.environment(), classPath, null, ProcessOptions.USUAL.input(),
                ProcessOptions.USUAL.output(), ProcessOptions.USUAL.error()), false);
        refillInBackground();
    }

    /// Loads the classes that running a task needs, in a child of the stock.
    static void warmUp() {
        Action nothing = () -> {};
        try (KeptObjects none = new KeptObjects()) {
            ((Action) TaskBytes.decode(TaskBytes.encode(nothing, none), handle -> {})).run();
        }
    }

    /// Takes a JVM that waits for its order; a new one if the stock is empty.
    Launcher.Launched take() throws IOException {
        Launcher.Launched ready = null;
        synchronized (this) {
            if (closed) {
                throw new ClosedException("this process context was closed; make another one");
            }
            stock.removeIf(Standby::isDead);     // all of them, so that each is replaced
            while (ready == null && !stock.isEmpty()) {
                Launcher.Launched best = bestOfStock();
                ready = isDead(best) ? null : best;      // it may have died since
            }
        }
        refillInBackground();
        return ready != null ? ready : launcher.launch(null);
    }

    /// Whether a JVM is dead; discards it then.
    private static boolean isDead(Launcher.Launched one) {
        boolean dead = !one.process().isAlive();
        if (dead) {
            one.discard();
        }
        return dead;
    }

    private Launcher.Launched bestOfStock() {
        for (Launcher.Launched one : stock) {
            if (one.control().phase() == Control.READY) {
                stock.remove(one);
                return one;
            }
        }
        return stock.removeFirst();
    }

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
        for (;;) {
            synchronized (this) {
                if (closed || stock.size() >= size) {
                    refilling = false;
                    return;
                }
            }
            try {
                Launcher.Launched next = launcher.launch(null);
                synchronized (this) {
                    if (!closed) {
                        stock.addLast(next);
                        continue;
                    }
                }
                next.discard();
            } catch (IOException | RuntimeException | Error refused) {
                synchronized (this) {
                    refilling = false;       // the next take reports the failure
                    return;
                }
            }
        }
    }

    synchronized int ready() {
        return (int) stock.stream()
                .filter(one -> one.process().isAlive() && one.control().phase() == Control.READY)
                .count();
    }

    /// Ends all of them, also if one of them throws.
    @Override
    public synchronized void close() {
        closed = true;
        Launcher.Launched next = stock.pollFirst();
        if (next != null) {
            try {
                next.discard();
            } catch (RuntimeException | Error failure) {
                try {
                    close();
                } catch (RuntimeException | Error another) {
                    failure.addSuppressed(another);
                }
                throw failure;
            }
            close();
        }
    }
}
