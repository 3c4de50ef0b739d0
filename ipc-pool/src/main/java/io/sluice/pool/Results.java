package io.sluice.pool;

import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The results of `imap` and `imapUnordered`, while they become ready.
///
/// The input is read as the results are: never more than a window of elements is on its way, so an endless input is
/// welcome, and a slow reader holds up the workers instead of filling the memory.
///
/// - **Threads:** one, which also reads the input.
/// - **Blocking:** [#next()] waits for a result, [#next(long, TimeUnit)] no longer than that; both also for the input.
/// - **Failures:** an element whose task failed throws at its place, as a `CompletionException` with what the task
///   threw as its cause, and the iteration goes on behind it. What the input throws does the same: behind the results
///   of all elements read before, also without order; the input is read again after that, and ends the iteration where
///   it ends itself. The end of the pool throws likewise, and ends the iteration.
/// - **Interrupts:** end the timed method with `InterruptedException`; the other one goes on, and keeps the flag.
/// - **Lifetime:** ends with the last result; [#close()] ends it before, and cancels what is on its way.
///
/// @param <R> type of the results
public final class Results<R> implements Iterator<R>, AutoCloseable {
    private final Scheduler scheduler;
    private final ResultReader resultReader;
    private final Iterator<?> source;
    private final int chunkSize;
    private final int window;
    private final StreamJob job;
    private final Arrivals arrivals;
    private int sent;
    private int received;
    /// What the input threw behind the elements sent, until it is thrown here; null mostly.
    private Throwable ofTheInput;
    private boolean closed;

    /// @param jobs makes the job that sends its results to the receiver
    Results(
            Scheduler scheduler, ResultReader resultReader, Iterator<?> source, int chunkSize, int window, boolean ordered,
            Function<StreamJob.Receiver, StreamJob> jobs) {
        this.scheduler = scheduler;
        this.resultReader = resultReader;
        this.source = source;
        this.chunkSize = chunkSize;
        this.window = Math.max(window, 2 * chunkSize);
        this.arrivals = ordered ? new InOrder(this.window + chunkSize) : new AsTheyCome();
        this.job = jobs.apply(arrivals);
    }

    /// What has come and was not taken, in one order or the other.
    private abstract static class Arrivals implements StreamJob.Receiver, Awaited {
        /// Stands for null, which means that nothing is there.
        private static final Object NULL = new Object();

        private volatile Thread waiting;
        private volatile Throwable why;

        static Object masked(Object result) {
            return result == null ? NULL : result;
        }

        @SuppressWarnings("ReferenceEquality")
        static Object unmasked(Object result) {
            return result == NULL ? null : result;
        }

        abstract Object take();

        abstract boolean hasNext();

        final void arrived() {
            Thread sleeper = waiting;
            if (sleeper != null) {
                LockSupport.unpark(sleeper);
            }
        }

        @Override
        public final void broken(Throwable cause) {
            why = cause;
            arrived();
        }

        /// Why nothing more will come, or null.
        final Throwable why() {
            return why;
        }

        @Override
        public final boolean isDone() {
            return why != null || hasNext();
        }

        @Override
        public final void pause(long nanos) {
            waiting = Thread.currentThread();
            if (!isDone()) {     // who arrives after this look sees the thread
                LockSupport.parkNanos(this, nanos);
            }
            waiting = null;
        }
    }

    private static final class AsTheyCome extends Arrivals {
        private final ConcurrentLinkedQueue<Object> results = new ConcurrentLinkedQueue<>();

        @Override
        public void receive(int index, Object result) {
            results.add(masked(result));
            arrived();
        }

        @Override
        boolean hasNext() {
            return !results.isEmpty();
        }

        @Override
        Object take() {
            return unmasked(results.poll());
        }
    }

    /// A result waits at its index modulo the number of places; no more elements are on their way than there are.
    private static final class InOrder extends Arrivals {
        private final AtomicReferenceArray<Object> places;
        private int next;                    // grows without end, as the indexes do

        InOrder(int count) {
            // A power of two, so that the indexes go on at their wrap-around.
            this.places = new AtomicReferenceArray<>(Integer.highestOneBit(2 * count - 1));
        }

        @Override
        public void receive(int index, Object result) {
            places.set(index & (places.length() - 1), masked(result));
            arrived();
        }

        @Override
        boolean hasNext() {
            return places.getAcquire(next & (places.length() - 1)) != null;
        }

        @Override
        Object take() {
            Object result = places.getAndSet(next & (places.length() - 1), null);
            next++;
            return unmasked(result);
        }
    }

    /// Whether a result is to come, or a failure; reads the input to know.
    ///
    /// @throws CompletionException if the pool has ended
    @Override
    public boolean hasNext() {
        if (closed) {
            return false;
        }
        send();
        boolean more = sent != received || ofTheInput != null;
        if (!more) {
            close();
        }
        return more;
    }

    /// Sends elements until the window is full. It waits until half of it is free, so that several go at once.
    private void send() {
        if (sent - received > window / 2) {
            return;
        }
        boolean any = false;
        while (sent - received + chunkSize <= window) {
            List<Object> chunk = read();
            if (chunk.isEmpty()) {
                break;
            }
            checkWorking();
            add(chunk);
            any = true;
        }
        if (any) {
            scheduler.submitted(job);
            resultReader.submitted(true);
        }
    }

    /// Reads the next elements of the input, as far as it gives them. What it throws ends the reading until it was
    /// thrown here, too: who stops there has read nothing behind it.
    private List<Object> read() {
        List<Object> chunk = new ArrayList<>(chunkSize);
        try {
            while (ofTheInput == null && chunk.size() < chunkSize && source.hasNext()) {
                chunk.add(source.next());
            }
        } catch (Throwable thrown) {         // whatever it is: it has its place among the results
            ofTheInput = thrown;
        }
        return chunk;
    }

    private void checkWorking() {
        if (scheduler.state() != Scheduler.State.RUNNING) {
            RejectedExecutionException broken = scheduler.broken();
            close();
            throw new CompletionException(broken != null ? broken : new RejectedExecutionException(
                    "the pool was shut down before the input of '%s' was at its end".formatted(job.name)));
        }
    }

    /// An element that does not travel, or for which there is no memory, fails at its place, and spoils no other.
    private void add(List<?> chunk) {
        try {
            job.add(sent, chunk);
            sent += chunk.size();
        } catch (RuntimeException | Error refused) {
            for (Object element : chunk) {
                addOrFail(element);
            }
        }
    }

    private void addOrFail(Object element) {
        try {
            job.add(sent, Collections.singletonList(element));
        } catch (RuntimeException | Error culprit) {
            arrivals.receive(sent, new Failure(culprit));
        }
        sent++;
    }

    /// The next result; waits for it.
    ///
    /// @throws NoSuchElementException at the end
    /// @throws CompletionException if its task failed, the input threw, or the pool has ended
    @Override
    public R next() {
        checkMore();
        if (sent != received) {
            resultReader.awaitUninterruptibly(arrivals);
        }
        return take();
    }

    /// The next result; waits for it no longer than this.
    ///
    /// @param timeout longest wait
    /// @param unit of the time-out
    /// @return the result
    /// @throws TimeoutException if it was not ready in time; it can be asked for again
    /// @throws InterruptedException if interrupted while waiting
    /// @throws NoSuchElementException at the end
    /// @throws CompletionException if its task failed, the input threw, or the pool has ended
    public R next(long timeout, TimeUnit unit) throws TimeoutException, InterruptedException {
        checkMore();
        if (sent != received && !resultReader.await(arrivals, Waiter.deadline(unit.toNanos(timeout)))) {
            throw new TimeoutException(("the next result of '%s' is not ready after %d %s; ask again, or close the"
                    + " iteration").formatted(job.name, timeout, unit));
        }
        return take();
    }

    private void checkMore() {
        if (!hasNext()) {
            throw new NoSuchElementException("'%s' has no more results".formatted(job.name));
        }
    }

    @SuppressWarnings("unchecked") // the function answers with what it is a function to
    private R take() {
        if (sent == received) {
            Throwable thrown = ofTheInput;
            ofTheInput = null;
            throw new CompletionException(thrown);
        }
        if (!arrivals.hasNext()) {
            close();                         // or whoever goes on behind a failure would go on for ever
            throw new CompletionException(arrivals.why());
        }
        received++;
        Object result = arrivals.take();
        if (result instanceof Failure(Throwable failure)) {
            throw new CompletionException(failure);
        }
        return (R) result;
    }

    /// The results as a stream, which takes them from here. The stream's close closes this.
    ///
    /// @return a sequential, lazy stream
    public Stream<R> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false)
                .onClose(this::close);
    }

    /// Cancels what is on its way, and ends the iteration. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            job.over();
            scheduler.abandoned(job, true);
        }
    }
}
