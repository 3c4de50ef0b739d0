package io.sluice.pool.manager;

import io.sluice.core.error.ClosedException;
import java.io.Serial;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/// Threads of the server that stand for threads of one client, for all handles that it has of one object: what the
/// library counts for the calling thread, as the hold of a lock, is counted for the deputy, by whichever handle and
/// connection a call has come.
///
/// - **Threads:** any. The calls of one thread of the client are done one after the other.
/// - **Lifetime:** a deputy lives from a call until its thread of the client holds nothing any more, or [#close].
final class Deputies implements AutoCloseable {
    /*
     * A client's thread waits for the answer of a call before it makes the next one. So a deputy decides whether it
     * ends before the answer goes out, and the next call finds either the deputy, or none and makes one. A call whose
     * connection has failed may still be under way when the next one comes: that one waits in the queue, and a deputy
     * with a call in its queue does not end. Both decisions are made under the lock of this object.
     *
     * What a deputy holds may also end without a call of its thread: another thread of the client ends a lease, or
     * closes the last handle. Then each deputy is told to look again.
     */
    private final String name;
    /// Those that are open. Weakly held: one that no proxy refers to needs nothing more. Guarded by this, as all below.
    private final Set<Handle> handles = Collections.newSetFromMap(new WeakHashMap<>());
    private final Map<Long, Deputy> byThread = new HashMap<>();
    private boolean closed;

    /// A handle of the object, which the server has open for the client.
    interface Handle {
        /// Whether the calling thread, which is a deputy, holds something that it took by this handle or by another one
        /// of the same object.
        ///
        /// @throws RuntimeException if the handle is closed
        boolean isHolding();
    }

    /// @param name of the object
    Deputies(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /// How many deputies there are.
    synchronized int size() {
        return byThread.size();
    }

    synchronized void add(Handle handle) {
        handles.add(handle);
    }

    /// Drops a handle that was closed, and what deputies held by it alone.
    synchronized void remove(Handle handle) {
        handles.remove(handle);
        lookAgain();
    }

    /// Ends the deputies that hold nothing any more.
    synchronized void lookAgain() {
        byThread.values().forEach(deputy -> deputy.orders.add(Sign.LOOK));
    }

    /// Does a call in the deputy of a thread, and waits for it. An interrupt of the caller goes to the deputy.
    ///
    /// @param thread id of the client's thread
    /// @param work what to do
    /// @return its result
    /// @throws InterruptedException as the work throws it; others of its exceptions come as they are
    <T> T call(long thread, Callable<T> work) throws InterruptedException {
        Call<T> call = new Call<>(work);
        post(thread, call);
        while (true) {
            try {
                return call.outcome.get();
            } catch (InterruptedException e) {
                call.interrupt();                // the outcome says whether that was in time
            } catch (ExecutionException e) {
                throw Server.unchecked(e.getCause());
            }
        }
    }

    /// The same, for work that takes no interrupt.
    <T> T callUninterruptibly(long thread, Callable<T> work) {
        Call<T> call = new Call<>(work);
        post(thread, call);
        return result(call.outcome);
    }

    /// The same, if the thread has a deputy.
    ///
    /// @param otherwise the result for a thread without one, which holds nothing
    <T> T callIfPresent(long thread, Callable<T> work, T otherwise) {
        Call<T> call = new Call<>(work);
        synchronized (this) {
            if (!closed && !byThread.containsKey(thread)) {
                return otherwise;
            }
            post(thread, call);
        }
        return result(call.outcome);
    }

    private static <T> T result(CompletableFuture<T> outcome) {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            throw Server.unchecked(e.getCause());
        }
    }

    private synchronized void post(long thread, Order order) {
        if (closed) {
            throw new ClosedException("'%s': this client has left the manager, or its server ends".formatted(name));
        }
        Deputy deputy = byThread.get(thread);
        if (deputy == null) {
            deputy = new Deputy(thread);
            Transport.start("sluice-manager-deputy", deputy);
            byThread.put(thread, deputy);
        }
        deputy.orders.add(order);
    }

    /// Takes something for a thread of the client, and keeps it while the client works with it.
    ///
    /// @param hold takes it, runs its argument meanwhile, and returns whether it got it; the argument throws a
    ///     [GivenUpException] if the client's work has failed
    /// @return whether the thread has it now: [#release] gives it back
    boolean keep(long thread, Predicate<Runnable> hold) {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        Call<Boolean> call = new Call<>(() -> hold.test(() -> {
            Deputy deputy = deputy(thread);
            begun.complete(true);
            deputy.serveUntilReleased(over);
        }), over);
        var _ = over.whenComplete((held, failure) -> complete(begun, held, failure));    // if it has not begun
        post(thread, call);
        return result(begun);
    }

    private synchronized Deputy deputy(long thread) {
        return byThread.get(thread);
    }

    private static <T> void complete(CompletableFuture<T> outcome, T result, Throwable failure) {
        var _ = failure == null ? outcome.complete(result) : outcome.completeExceptionally(failure);
    }

    /// Ends a [#keep], and waits until what was kept is free. Does nothing if nothing is kept.
    ///
    /// @param done whether the client's work was done
    /// @throws RuntimeException if the end has failed, as it comes
    void release(long thread, boolean done) {
        Release release = new Release(done, new CompletableFuture<>());
        post(thread, release);
        var _ = result(release.outcome);
    }

    /// The client has not done what it kept something for.
    static final class GivenUpException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        GivenUpException(String name) {
            super("'%s': the client has not done what it took this for".formatted(name));
        }
    }

    /// Ends all deputies, at the latest when their calls end. What they hold stays held: the client's handles are
    /// closed next.
    @Override
    public synchronized void close() {
        closed = true;
        byThread.values().forEach(deputy -> deputy.orders.add(Sign.END));
    }

    private synchronized boolean leaves(Deputy deputy) {
        return deputy.orders.isEmpty() && handles.stream().noneMatch(Deputies::isHolding)
                && byThread.remove(deputy.thread, deputy);
    }

    private static boolean isHolding(Handle handle) {
        try {
            return handle.isHolding();
        } catch (RuntimeException closedHandle) {
            return false;
        }
    }

    private final class Deputy implements Runnable {
        private final long thread;
        private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();

        Deputy(long thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            boolean over = false;
            while (!over) {
                over = switch (next()) {
                    case Call<?> call -> {
                        Runnable answer = call.run();
                        boolean leaves = leaves(this);
                        answer.run();
                        yield leaves;
                    }
                    case Release ofNothing -> {
                        boolean leaves = leaves(this);
                        ofNothing.outcome.complete(null);
                        yield leaves;
                    }
                    case Sign sign -> sign == Sign.END || leaves(this);
                };
            }
        }

        private Order next() {
            while (true) {
                try {
                    return orders.take();
                } catch (InterruptedException late) {
                    // Of a call that has ended.
                }
            }
        }

        /// Does the calls of the client's thread until it releases what is kept.
        ///
        /// @param over ends when what was kept is free: then the release is answered
        private void serveUntilReleased(CompletableFuture<Boolean> over) {
            while (true) {
                switch (next()) {
                    case Call<?> call -> call.run().run();
                    case Release release -> {
                        var _ = over.whenComplete((_, failure) -> complete(
                                release.outcome, null, failure instanceof GivenUpException ? null : failure));
                        if (!release.done) {
                            throw new GivenUpException(name);
                        }
                        return;
                    }
                    case Sign.END -> {
                        orders.add(Sign.END);            // once more, for the outer loop
                        throw new GivenUpException(name);
                    }
                    case Sign.LOOK -> {
                        // It holds what is kept.
                    }
                }
            }
        }
    }

    /// What a deputy does next.
    private sealed interface Order {}

    private enum Sign implements Order { LOOK, END }

    private record Release(boolean done, CompletableFuture<Void> outcome) implements Order {}

    /// One call: its work, its outcome, and the deputy that does it.
    private static final class Call<T> implements Order {
        private final Callable<T> work;
        private final CompletableFuture<T> outcome;
        private final References caller = References.CURRENT.isBound() ? References.CURRENT.get() : null;
        private Thread runner;                   // guarded by this, as is `interrupted`
        private boolean interrupted;

        Call(Callable<T> work) {
            this(work, new CompletableFuture<>());
        }

        Call(Callable<T> work, CompletableFuture<T> outcome) {
            this.work = work;
            this.outcome = outcome;
        }

        /// @return gives the outcome to the caller
        Runnable run() {
            begin();
            try {
                T result = caller == null
                        ? work.call() : ScopedValue.where(References.CURRENT, caller).call(work::call);
                return () -> outcome.complete(result);
            } catch (Throwable thrown) {         // of user code, too: the caller gets it
                return () -> outcome.completeExceptionally(thrown);
            } finally {
                end();
            }
        }

        private synchronized void begin() {
            runner = Thread.currentThread();
            if (interrupted) {
                runner.interrupt();
            }
        }

        private synchronized void end() {
            runner = null;
            var _ = Thread.interrupted();
        }

        synchronized void interrupt() {
            interrupted = true;
            if (runner != null) {
                runner.interrupt();
            }
        }
    }
}
