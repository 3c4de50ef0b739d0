package io.sluice.cluster;

import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The results of [ClusterPool#imap], in the order of the elements, or of [ClusterPool#imapUnordered], as they become
/// ready. The input is read as the results are.
///
/// - **Threads:** one, which also reads the input.
/// - **Blocking:** [#next()] waits for a result, [#next(long, TimeUnit)] no longer than that; both also for the input.
/// - **Failures:** an element whose task failed throws at its position, as a `CompletionException` with the task's
///   exception as its cause, and the iteration goes on after it. The loss of a member throws for each element that it
///   had. An exception of the input throws in the same way, after the results of all elements read before, also without
///   order; then the input is read again, and its end ends the iteration. The end of the pool throws likewise for the
///   elements in flight; with elements left in the input it ends the iteration.
/// - **Interrupts:** end the timed method with `InterruptedException`; the other one goes on, and keeps the flag.
/// - **Lifetime:** ends with the last result; [#close()] ends it earlier, and cancels the elements in flight.
///
/// @param <R> type of the results
public final class ClusterResults<R> implements Iterator<R>, AutoCloseable {
    private final String name;
    private final Iterator<?> source;
    private final Function<List<?>, CompletableFuture<Object[]>> submit;
    private final int chunk;
    private final int window;
    private final boolean ordered;
    /// Whose results are not all taken, in the order of their elements.
    private final Set<Part> parts = new LinkedHashSet<>();
    /// Those that are done, in the order of that; only without the other order.
    private final LinkedBlockingQueue<Part> done = new LinkedBlockingQueue<>();
    /// The one whose results are being taken; null before the next one.
    private Part current;
    private int taken;                       // of the current part
    private int inFlight;
    /// Exception of the input after the elements in flight, until it is thrown here; usually null.
    private Throwable inputFailure;
    private boolean closed;

    /// Some elements in flight; each is equal to itself alone.
    private static final class Part {
        private final CompletableFuture<Object[]> future;
        private final int size;

        Part(CompletableFuture<Object[]> future, int size) {
            this.future = future;
            this.size = size;
        }
    }

    /// @param name of the function, for messages
    /// @param submit submits elements as one call
    ClusterResults(String name, Iterator<?> source, int chunk, int window, boolean ordered,
            Function<List<?>, CompletableFuture<Object[]>> submit) {
        this.name = name;
        this.source = source;
        this.chunk = chunk;
        this.window = Math.max(window, 2 * chunk);
        this.ordered = ordered;
        this.submit = submit;
        fill();
    }

    private void fill() {
        while (!closed && inFlight + chunk <= window) {
            List<Object> elements = read();
            if (elements.isEmpty()) {
                return;
            }
            submit(elements);
        }
    }

    /// An element that does not travel, or for which there is no memory, fails at its position, and affects no other.
    private void submit(List<?> elements) {
        try {
            add(new Part(submit.apply(elements), elements.size()));
        } catch (RejectedExecutionException shutDown) {
            close();
            throw new CompletionException(shutDown);
        } catch (RuntimeException | Error refused) {
            if (elements.size() == 1) {
                add(new Part(CompletableFuture.failedFuture(refused), 1));
            } else {
                elements.forEach(element -> submit(Collections.singletonList(element)));
            }
        }
    }

    private void add(Part part) {
        parts.add(part);
        inFlight += part.size;
        if (!ordered) {
            var _ = part.future.whenComplete((results, failure) -> done.add(part));
        }
    }

    /// Reads the next elements of the input, as many as it has. Its exception ends the reading until it is thrown here
    /// too: a caller that stops there has read nothing after it.
    private List<Object> read() {
        List<Object> elements = new ArrayList<>();       // a chunk may be larger than the input
        try {
            while (inputFailure == null && elements.size() < chunk && source.hasNext()) {
                elements.add(source.next());
            }
        } catch (Throwable thrown) {         // of any type: it has its position among the results
            inputFailure = thrown;
        }
        return elements;
    }

    /// Whether another result or failure follows; reads the input to find out.
    ///
    /// @throws CompletionException if the pool was shut down, and the input has more
    @Override
    public boolean hasNext() {
        fill();
        return inFlight > 0 || inputFailure != null;
    }

    /// The next result; waits for it.
    ///
    /// @throws NoSuchElementException at the end
    /// @throws CompletionException if its task failed, the input threw, or the pool has ended
    @Override
    public R next() {
        checkMore();
        boolean interrupted = false;
        try {
            for (;;) {
                try {
                    return take(Waiter.FOREVER);
                } catch (InterruptedException goesOn) {
                    interrupted = true;
                } catch (TimeoutException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
        try {
            return take(Waiter.deadline(unit.toNanos(timeout)));
        } catch (TimeoutException late) {
            throw new TimeoutException(("the next result of '%s' is not ready after %d %s; ask again, or close the"
                    + " iteration").formatted(name, timeout, unit));
        }
    }

    private void checkMore() {
        if (!hasNext()) {
            throw new NoSuchElementException("'%s' has no more results".formatted(name));
        }
    }

    @SuppressWarnings("unchecked") // a function to R returns Rs
    private R take(long deadline) throws InterruptedException, TimeoutException {
        if (inFlight == 0) {
            Throwable thrown = inputFailure;
            inputFailure = null;
            throw new CompletionException(thrown);
        }
        Part part = current != null ? current : awaitPart(deadline);
        Object result;
        try {
            result = part.future.get()[taken];       // is done
        } catch (ExecutionException failed) {
            result = new Failure(failed.getCause());
        } catch (CancellationException ofThePool) {
            result = new Failure(ofThePool);
        }
        current = part;
        inFlight--;
        if (++taken == part.size) {
            parts.remove(part);
            current = null;
            taken = 0;
        }
        if (result instanceof Failure(Throwable failure)) {
            throw new CompletionException(failure);
        }
        return (R) result;
    }

    /// Waits for the next part that is done.
    private Part awaitPart(long deadline) throws InterruptedException, TimeoutException {
        if (!ordered) {
            Part part = deadline == Waiter.FOREVER
                    ? done.take() : done.poll(nanosUntil(deadline), TimeUnit.NANOSECONDS);
            if (part == null) {
                throw new TimeoutException();
            }
            return part;
        }
        Part part = parts.iterator().next();
        try {
            if (deadline == Waiter.FOREVER) {
                var _ = part.future.get();
            } else {
                var _ = part.future.get(nanosUntil(deadline), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | CancellationException ended) {
            // The caller asks the future.
        }
        return part;
    }

    private static long nanosUntil(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
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
        closed = true;
        parts.forEach(part -> part.future.cancel(true));
        parts.clear();
        done.clear();
        current = null;
        taken = 0;
        inFlight = 0;
        inputFailure = null;
    }
}
