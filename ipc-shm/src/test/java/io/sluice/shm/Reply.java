package io.sluice.shm;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The result of a job, to come or there, and the events that it sends meanwhile.
///
/// @param <T> type of its answer
public final class Reply<T> {
    private static final long WATCHDOG_SECONDS = 60;

    final CompletableFuture<T> answer = new CompletableFuture<>();
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    volatile Thread thread;

    Reply() {}

    /// Waits for the answer.
    ///
    /// @return the answer
    /// @throws AssertionError if it does not come
    /// @throws RuntimeException what the job threw; checked exceptions as the cause of a [JobFailedException]
    public T get() {
        try {
            return answer.get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new JobFailedException(failed.getCause());
        } catch (TimeoutException stuck) {
            throw new AssertionError("no answer within %d s".formatted(WATCHDOG_SECONDS), stuck);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Waits until the job has thrown.
    ///
    /// @return what it threw
    public Throwable failure() {
        try {
            T unexpected = get();
            throw new AssertionError("expected a failure, got " + unexpected);
        } catch (JobFailedException failed) {
            return failed.getCause();
        } catch (RuntimeException thrown) {
            return thrown;
        }
    }

    /// Whether the job is over.
    ///
    /// @return whether
    public boolean isDone() {
        return answer.isDone();
    }

    /// Waits until the job tells something.
    ///
    /// @return what it told
    public Object told() {
        try {
            for (int second = 0; second < WATCHDOG_SECONDS; second++) {
                Object event = events.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    return event;
                }
                if (answer.isDone() && events.isEmpty()) {
                    throw new AssertionError("the job is over and told nothing: " + answer);
                }
            }
            throw new AssertionError("nothing was told within %d s".formatted(WATCHDOG_SECONDS));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Waits until the job sleeps; it has called [Desk#tellWhenWaiting].
    ///
    /// @return this
    public Reply<T> awaitWaiting() {
        Object event = told();
        if (!event.equals("waiting")) {
            throw new AssertionError("expected 'waiting', was told " + event);
        }
        return this;
    }

    /// Interrupts the thread that does the job; only within this process.
    public void interrupt() {
        thread.interrupt();
    }

    /// A checked exception or an error that ended a job.
    public static final class JobFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        JobFailedException(Throwable cause) {
            super(cause);
        }
    }
}
