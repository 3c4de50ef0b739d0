package io.sluice.pool.manager;

import io.sluice.core.error.ClosedException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/// Threads of the server that stand for threads of one client: what the library counts for the calling thread, as the
/// hold of a lock, is counted for the deputy, whichever connection a call has come by.
///
/// - **Threads:** any. The calls of one thread of the client are done one after the other.
/// - **Lifetime:** a deputy lives from a call until its thread of the client holds nothing any more, or [#close].
final class Deputies implements AutoCloseable {
    /*
     * A client's thread waits for the answer of a call before it makes the next one. So a deputy decides whether it
     * ends before the answer goes out, and the next call finds either the deputy, or none and makes one. A call whose
     * connection has failed may still be under way when the next one comes: that one waits in the queue, and a deputy
     * with a call in its queue does not end. Both decisions are made under the lock of this object.
     */
    private final LongPredicate holds;
    private final Map<Long, Deputy> byThread = new HashMap<>();      // guarded by this, as is `closed`
    private boolean closed;

    /// @param holds whether a thread of the client, given by its id, holds something; asked in its deputy
    Deputies(LongPredicate holds) {
        this.holds = holds;
    }

    /// Does a call in the deputy of a thread, and waits for it. An interrupt of the caller goes to the deputy.
    ///
    /// @param thread id of the client's thread
    /// @param work what to do
    /// @return its result
    /// @throws InterruptedException as the work throws it; others of its exceptions come as they are
    <T> T call(long thread, Callable<T> work) throws InterruptedException {
        return order(thread, new Order<>(work)).await();
    }

    /// The same, for work that takes no interrupt.
    <T> T callUninterruptibly(long thread, Callable<T> work) {
        return order(thread, new Order<>(work)).awaitUninterruptibly();
    }

    private <T> Order<T> order(long thread, Order<T> order) {
        synchronized (this) {
            if (closed) {
                throw new ClosedException("this handle was closed");
            }
            Deputy deputy = byThread.get(thread);
            if (deputy == null) {
                deputy = new Deputy(thread);
                Transport.start("sluice-manager-deputy", deputy);
                byThread.put(thread, deputy);
            }
            deputy.orders.add(order);
        }
        return order;
    }

    /// Takes something for a thread of the client, and keeps it while the client works with it.
    ///
    /// @param hold takes it, runs its argument meanwhile, and returns whether it got it; the argument throws a
    ///     [GivenUpException] if the client's work has failed
    /// @return whether the thread has it now: [#release] gives it back
    boolean keep(long thread, Predicate<Runnable> hold) {
        Order<Boolean> begin = new Order<>(null);
        Order<Boolean> keeping = new Order<>(() -> {
            Deputy deputy = deputy(thread);
            boolean held = hold.test(() -> {
                begin.complete(true);
                deputy.serveUntilReleased();
            });
            begin.complete(held);
            return held;
        });
        keeping.first = begin;
        var _ = order(thread, keeping);
        return begin.awaitUninterruptibly();
    }

    private synchronized Deputy deputy(long thread) {
        return byThread.get(thread);
    }

    /// Ends a [#keep].
    ///
    /// @param done whether the client's work was done
    void release(long thread, boolean done) {
        Order<Boolean> release = new Order<>(null);
        release.releases = true;
        release.done = done;
        var _ = order(thread, release).awaitUninterruptibly();
    }

    /// The client has not done what it kept something for.
    static final class GivenUpException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GivenUpException() {
            super("the client has not done it");
        }
    }

    /// Ends all deputies, at the latest when their calls end. What they hold stays held: its handle is closed next.
    @Override
    public synchronized void close() {
        closed = true;
        byThread.values().forEach(deputy -> deputy.orders.add(Order.end()));
    }

    private final class Deputy implements Runnable {
        private final long thread;
        private final LinkedBlockingQueue<Order<?>> orders = new LinkedBlockingQueue<>();

        Deputy(long thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            boolean over = false;
            while (!over) {
                Order<?> order = next();
                over = order.ends || (order.run() && !holds() && leaves());
                order.finish();
            }
        }

        private Order<?> next() {
            while (true) {
                try {
                    return orders.take();
                } catch (InterruptedException late) {
                    // Of a call that has ended.
                }
            }
        }

        private boolean holds() {
            try {
                return holds.test(thread);
            } catch (RuntimeException closedHandle) {
                return false;
            }
        }

        private boolean leaves() {
            synchronized (Deputies.this) {
                return orders.isEmpty() && byThread.remove(thread, this);
            }
        }

        /// Does the calls of the client's thread until it releases what is kept.
        private void serveUntilReleased() {
            Order<?> order = next();
            while (!order.ends && !order.releases) {
                var _ = order.run();
                order.finish();
                order = next();
            }
            if (order.ends) {
                orders.add(order);               // once more, for the outer loop
                throw new GivenUpException();
            }
            Order.release(order, orders);
            if (!order.done) {
                throw new GivenUpException();
            }
        }
    }

    /// One call: its work, its outcome, and the deputy that does it.
    private static final class Order<T> {
        private final Callable<T> work;
        private final References caller = References.CURRENT.isBound() ? References.CURRENT.get() : null;
        private final CountDownLatch finished = new CountDownLatch(1);
        private Order<?> first;                  // ends before this one
        private boolean ends;
        private boolean releases;
        private boolean done;
        private T result;
        private Throwable failure;
        private Thread runner;                   // guarded by this, as is `interrupted`
        private boolean interrupted;

        /// @param work null for a sign alone
        Order(Callable<T> work) {
            this.work = work;
        }

        static Order<?> end() {
            Order<Void> end = new Order<>(null);
            end.ends = true;
            return end;
        }

        /// Puts a release back, whose caller waits until what was kept is free: the outer loop finishes it.
        static void release(Order<?> order, LinkedBlockingQueue<Order<?>> orders) {
            order.releases = false;
            orders.add(order);
        }

        /// @return true
        boolean run() {
            if (work == null) {
                return true;
            }
            synchronized (this) {
                runner = Thread.currentThread();
                if (interrupted) {
                    runner.interrupt();
                }
            }
            try {
                result = caller == null ? work.call() : ScopedValue.where(References.CURRENT, caller).call(work::call);
            } catch (Throwable thrown) {         // of user code, too: the caller gets it
                failure = thrown;
                if (first != null) {
                    first.fail(thrown);
                }
            } finally {
                synchronized (this) {
                    runner = null;
                    var _ = Thread.interrupted();
                }
            }
            return true;
        }

        @SuppressWarnings("unchecked")           // of a Boolean
        void complete(boolean value) {
            if (finished.getCount() > 0) {
                result = (T) (Boolean) value;
                finish();
            }
        }

        private void fail(Throwable thrown) {
            if (finished.getCount() > 0) {
                failure = thrown;
                finish();
            }
        }

        void finish() {
            finished.countDown();
        }

        private synchronized void interrupt() {
            interrupted = true;
            if (runner != null) {
                runner.interrupt();
            }
        }

        /// Of work that throws no `InterruptedException`.
        T awaitUninterruptibly() {
            try {
                return await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        T await() throws InterruptedException {
            boolean over = false;
            while (!over) {
                try {
                    finished.await();
                    over = true;
                } catch (InterruptedException e) {
                    interrupt();                 // the outcome says whether that was in time
                }
            }
            if (failure instanceof InterruptedException) {
                throw (InterruptedException) failure;
            }
            if (failure != null) {
                throw Server.unchecked(failure);
            }
            return result;
        }
    }
}
