package io.sluice.core.idle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for the first of several: Python's `multiprocessing.connection.wait`.
///
/// ```java
/// for (Waitable ready : Waits.any(List.of(orders, control, child), Duration.ofSeconds(1))) {
///     if (ready == orders) {
///         handle(orders.poll());        // null if another consumer was faster
///     }
/// }
/// ```
public final class Waits {
    /*
     * Each member has its own way to wait: on a word of shared memory, with recovery of the dead; on the end of a
     * process; on an object of this JVM. So each member gets a virtual thread that waits in that way, and the first one
     * to return wakes the caller. The words of all of them are watched by the one thread that watches for virtual
     * threads in this process.
     *
     * No wait outlives the call: the caller interrupts the others and joins them, so that a member can be closed and
     * its memory unmapped afterwards. An interrupted wait has taken nothing.
     */
    private Waits() {}

    /// Waits until at least one member is ready.
    ///
    /// - **Consumes** nothing, so nothing is lost. A member that was ready when this returned may not be so any more if
    ///   another thread uses it; the operations that do not wait tell.
    /// - **Closed** members are ready, and so is one whose wait throws: its next operation throws the same.
    /// - **Blocking:** until a member is ready, the time has passed, or the thread is interrupted; never a busy loop.
    /// - **Cost:** one look at each member if one is ready; otherwise one virtual thread for each.
    /// - **Threads:** any number, with the same members too.
    /// - **Ordering:** as the wait of the member itself.
    ///
    /// @param members at least one
    /// @param timeout longest wait; zero or less looks once
    /// @param <W> type of the members
    /// @return those that are ready, in the order of the members; empty if the time has passed
    /// @throws InterruptedException if interrupted before or meanwhile
    /// @throws IllegalArgumentException if there is no member
    public static <W extends Waitable> List<W> any(Collection<? extends W> members, Duration timeout)
            throws InterruptedException {
        List<W> all = List.copyOf(members);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("waits: no member; expected 1 or more, or the wait would never end");
        }
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        long start = System.nanoTime();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        List<Waiting<W>> waits = new ArrayList<>(all.size());
        CountDownLatch first = new CountDownLatch(1);
        for (W member : all) {
            waits.add(new Waiting<>(member, first));
        }
        waits.forEach(Waiting::look);
        if (first.getCount() != 0 && nanos > 0) {
            try {
                for (Waiting<W> waiting : waits) {
                    waiting.start(nanos - (System.nanoTime() - start));
                }
                boolean _ = first.await(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
            } finally {
                waits.forEach(Waiting::interrupt);
                waits.forEach(Waiting::join);
            }
        }
        return waits.stream().filter(waiting -> waiting.ready).map(waiting -> waiting.member).toList();
    }

    /// A member that is ready when a future is done, whatever its outcome.
    ///
    /// @param future of a pool, of `Process.onExit()`, or any other
    /// @return the member
    public static Waitable of(Future<?> future) {
        Objects.requireNonNull(future, "future");
        return (timeout, unit) -> isDone(future, timeout, unit);
    }

    private static boolean isDone(Future<?> future, long timeout, TimeUnit unit) throws InterruptedException {
        try {
            if (timeout > 0) {
                var _ = future.get(timeout, unit);
            }
        } catch (ExecutionException | CancellationException failed) {
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
        return future.isDone();
    }

    /// The wait for one member.
    private static final class Waiting<W extends Waitable> {
        final W member;
        private final CountDownLatch first;
        /// Written by the waiting thread, and read after its end.
        boolean ready;
        private Thread thread;

        Waiting(W member, CountDownLatch first) {
            this.member = member;
            this.first = first;
        }

        void look() {
            await(0);
        }

        void start(long nanos) {
            thread = Thread.ofVirtual().name("sluice-wait").start(() -> await(nanos));
        }

        private void await(long nanos) {
            try {
                ready = member.awaitReady(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException another) {
                return;                      // another member was faster
            } catch (RuntimeException | Error itsOperationsThrowTheSame) {
                ready = true;
            }
            if (ready) {
                first.countDown();
            }
        }

        void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        void join() {
            boolean interrupted = false;
            while (thread != null) {
                try {
                    thread.join();
                    thread = null;
                } catch (InterruptedException later) {
                    interrupted = true;      // the wait ends at once: it was interrupted too
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
