package io.sluice.pool;

import io.sluice.core.memory.StackRoom;
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

/// The results of `imap` and `imapUnordered`, as they become ready.
///
/// The input is read as the results are: at most one window of elements is in flight, so an infinite input is possible,
/// and a slow reader slows the workers down instead of filling the memory.
///
/// - **Threads:** one, which also reads the input.
/// - **Blocking:** [#next()] waits for a result, [#next(long, TimeUnit)] no longer than that; both also for the input.
/// - **Failures:** an element whose task failed throws at its position, as a `CompletionException` with the task's
///   exception as its cause, and the iteration goes on after it. An exception of the input throws in the same way,
///   after the results of all elements read before, also without order; then the input is read again, and its end ends
///   the iteration. The end of the pool throws likewise, and ends the iteration.
/// - **Interrupts:** end the timed method with `InterruptedException`; the other one goes on, and keeps the flag.
/// - **Lifetime:** ends with the last result; [#close()] ends it earlier, and cancels the elements in flight.
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
    /// Exception of the input after the elements sent, until it is thrown here; usually null.
    private Throwable inputFailure;
    /// Elements that were read for the next chunk; it is empty unless an error came in between. Its memory is there
    /// before: what the input has given must find a place.
    private final List<Object> unsent;
    /// How many of them the job has.
    private int taken;
    /// Whether the job has chunks that the scheduler does not know of; false unless an error came in between.
    private boolean unsubmitted;
    private boolean closed;

    /// @param jobs makes the job that sends its results to the receiver
    Results(
            Scheduler scheduler, ResultReader resultReader, Iterator<?> source, int chunkSize, int window,
            boolean ordered, Function<StreamJob.Receiver, StreamJob> jobs) {
        this.scheduler = scheduler;
        this.resultReader = resultReader;
        this.source = source;
        this.chunkSize = chunkSize;
        this.window = Math.max(window, 2 * chunkSize);
        this.unsent = new ArrayList<>(chunkSize);
        this.arrivals = ordered ? new Ordered(this.window + chunkSize) : new Unordered();
        this.job = jobs.apply(arrivals);
    }

    /// Results that have arrived and were not taken, in one order or the other.
    private abstract static class Arrivals implements StreamJob.Receiver, Awaited {
        /// Stands for a null result; null itself means that there is none.
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

        /// Why no more results will come, or null.
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
            if (!isDone()) {     // a result that arrives after this check sees the thread
                LockSupport.parkNanos(this, nanos);
            }
            waiting = null;
        }
    }

    private static final class Unordered extends Arrivals {
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

    /// A result waits at its index modulo the length of the array; no more elements than that are in flight.
    private static final class Ordered extends Arrivals {
        private final AtomicReferenceArray<Object> waitingResults;
        private int next;                    // grows without bound and wraps around, as the indexes do

        Ordered(int count) {
            // A power of two, so that the indexes continue across their wrap-around.
            this.waitingResults = new AtomicReferenceArray<>(Integer.highestOneBit(2 * count - 1));
        }

        @Override
        public void receive(int index, Object result) {
            waitingResults.set(index & (waitingResults.length() - 1), masked(result));
            arrived();
        }

        @Override
        boolean hasNext() {
            return waitingResults.getAcquire(next & (waitingResults.length() - 1)) != null;
        }

        @Override
        Object take() {
            Object result = waitingResults.getAndSet(next & (waitingResults.length() - 1), null);
            next++;
            return unmasked(result);
        }
    }

    /// Whether another result or failure follows; reads the input to find out.
    ///
    /// @throws CompletionException if the pool has ended
    @Override
    public boolean hasNext() {
        if (closed) {
            return false;
        }
        send();
        boolean more = sent != received || inputFailure != null;
        if (!more) {
            close();
        }
        return more;
    }

    /// Sends elements until the window is full; nothing while more than half of it is used, so that several go at once.
    /// A call that follows an error goes on where that one ended.
    private void send() {
        if (sent - received > window / 2 && unsent.isEmpty() && !unsubmitted) {
            return;
        }
        StackRoom.probeDeep();               // this thread may have to run events of the scheduler
        while (sent - received + chunkSize <= window) {
            read();
            if (unsent.isEmpty()) {
                break;
            }
            checkWorking();
            add();
        }
        if (unsubmitted) {
            scheduler.submitted(job);
            resultReader.submitted(true);
            unsubmitted = false;
        }
    }

    /// Reads the next elements of the input, as many as it has. Its exception ends the reading until it is thrown here
    /// too: a caller that stops there has read nothing after it.
    private void read() {
        try {
            while (inputFailure == null && unsent.size() < chunkSize && source.hasNext()) {
                unsent.add(source.next());
            }
        } catch (Throwable thrown) {         // of any type: it has its position among the results
            inputFailure = thrown;
        }
    }

    private void checkWorking() {
        if (scheduler.state() != Scheduler.State.RUNNING) {
            RejectedExecutionException broken = scheduler.broken();
            close();
            throw new CompletionException(broken != null ? broken : new RejectedExecutionException(
                    "the pool was shut down before the input of '%s' ended".formatted(job.name)));
        }
    }

    /// An element that does not travel, or for which there is no memory, fails at its position, and affects no other.
    private void add() {
        if (taken > 0 || !addTogether()) {
            while (taken < unsent.size()) {
                addOrFail(unsent.get(taken));
            }
        }
        unsent.clear();
        taken = 0;
    }

    private boolean addTogether() {
        try {
            job.add(sent, unsent);
        } catch (RuntimeException | Error refused) {
            return false;
        }
        unsubmitted = true;
        sent += unsent.size();
        taken = unsent.size();
        return true;
    }

    private void addOrFail(Object element) {
        try {
            job.add(sent, Collections.singletonList(element));
            unsubmitted = true;
        } catch (RuntimeException | Error culprit) {
            arrivals.receive(sent, new Failure(culprit));
        }
        sent++;
        taken++;
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
    /// @throws TimeoutException if it was not ready in time; call again to wait for the same result
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

    @SuppressWarnings("unchecked") // a function to R returns Rs
    private R take() {
        if (sent == received) {
            Throwable thrown = inputFailure;
            inputFailure = null;
            throw new CompletionException(thrown);
        }
        if (!arrivals.hasNext()) {
            close();                         // or a caller that goes on after failures would never end
            throw new CompletionException(arrivals.why());
        }
        received++;
        Object result = arrivals.take();
        if (result instanceof Failure(Throwable failure)) {
            throw new CompletionException(failure);
        }
        return (R) result;
    }

    /// The remaining results as a stream, which takes them from here. The stream's `close` closes this.
    ///
    /// @return a sequential, lazy stream
    public Stream<R> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false)
                .onClose(this::close);
    }

    /// Cancels the elements in flight, and ends the iteration. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            StackRoom.probeDeep();           // as for a cancellation
            scheduler.withdraw(job);
            closed = true;
            job.over();
            scheduler.abandoned(job, true);
        }
    }
}
