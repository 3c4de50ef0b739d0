package io.sluice.cluster;

import io.sluice.pool.codec.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The results of [ClusterPool#imap], in the order of the elements. The input is read as the results are.
///
/// - **Threads:** one, which also reads the input.
/// - **Blocking:** [#next()] waits for a result; it goes on if interrupted, and keeps the flag.
/// - **Failures:** an element whose task failed throws at its position, as a `CompletionException` with the task's
///   exception as its cause, and the iteration goes on after it. The loss of a member throws for each element that it
///   had. What the input throws is thrown at once.
/// - **Lifetime:** ends with the last result; [#close()] ends it earlier, and cancels the elements in flight.
///
/// @param <R> type of the results
public final class ClusterResults<R> implements Iterator<R>, AutoCloseable {
    private final Iterator<?> source;
    private final Function<List<?>, ClusterFuture<Object[]>> submit;
    private final int chunk;
    private final int window;
    private final Deque<Part> parts = new ArrayDeque<>();
    private int inFlight;
    private int taken;                       // of the first part
    private boolean closed;

    private record Part(ClusterFuture<Object[]> future, int size) {}

    ClusterResults(
            Iterator<?> source, int chunk, int window, Function<List<?>, ClusterFuture<Object[]>> submit) {
        this.source = source;
        this.chunk = chunk;
        this.window = Math.max(window, 2 * chunk);
        this.submit = submit;
        fill();
    }

    private void fill() {
        while (!closed && inFlight + chunk <= window && source.hasNext()) {
            List<Object> elements = new ArrayList<>(chunk);
            while (elements.size() < chunk && source.hasNext()) {
                elements.add(source.next());
            }
            parts.add(new Part(submit.apply(elements), elements.size()));
            inFlight += elements.size();
        }
    }

    /// Whether another result or failure follows; reads the input to find out.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException if the pool was shut down, and the input has more
    @Override
    public boolean hasNext() {
        fill();
        return !parts.isEmpty();
    }

    /// The next result; waits for it.
    ///
    /// @throws NoSuchElementException at the end
    /// @throws CompletionException if its task failed, or was cancelled by the end of the pool
    /// @throws java.util.concurrent.RejectedExecutionException if the pool was shut down, and the input has more
    @Override
    @SuppressWarnings("unchecked") // a function to R returns Rs
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Part part = parts.getFirst();
        Object result;
        try {
            result = await(part.future)[taken];
        } catch (ExecutionException failed) {
            result = new Failure(failed.getCause());
        } catch (CancellationException ofThePool) {
            result = new Failure(ofThePool);
        }
        inFlight--;
        if (++taken == part.size) {
            parts.removeFirst();
            taken = 0;
        }
        if (result instanceof Failure(Throwable failure)) {
            throw new CompletionException(failure);
        }
        return (R) result;
    }

    private static Object[] await(ClusterFuture<Object[]> future) throws ExecutionException {
        boolean interrupted = false;
        try {
            for (;;) {
                try {
                    return future.get();
                } catch (InterruptedException goesOn) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
        taken = 0;
        inFlight = 0;
    }
}
