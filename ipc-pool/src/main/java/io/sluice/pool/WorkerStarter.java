package io.sluice.pool;

import io.sluice.pool.log.Log;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Starts worker processes, each in the background, and reports their ends.
final class WorkerStarter {
    private static final Executor THREAD_EACH = WorkerStarter::inAThread;
    private static final long RETRY_NANOS = 1_000_000;

    private final String poolName;
    private final ProcessContext context;
    private final List<String> jvmOptions;
    private final String classPath;
    private final WorkerOptions options;
    private final boolean pinned;
    private final SharedSpace space;
    private final Channels channels;
    private final SharedQueue<Message> results;

    WorkerStarter(String poolName, ProcessContext context, List<String> jvmOptions, String classPath,
            WorkerOptions options, boolean pinned, SharedSpace space, Channels channels, SharedQueue<Message> results) {
        this.poolName = poolName;
        this.context = context;
        this.jvmOptions = jvmOptions;
        this.classPath = classPath;
        this.options = options;
        this.pinned = pinned;
        this.space = space;
        this.channels = channels;
        this.results = results;
    }

    /// Starts a worker.
    ///
    /// @param number of the worker
    /// @param started gets the worker once its process is started
    /// @param refused gets the failure if it could not be started
    void start(int number, Consumer<Worker> started, Consumer<Throwable> refused) {
        Thread.ofVirtual().name("sluice-worker-starter-" + number).start(() -> {
            JavaProcess process;
            Worker worker = null;
            try {
                process = builder(number).build();
                worker = new Worker(number, channels, process);
                process.start();
            } catch (RuntimeException | Error failure) {
                close(worker, failure);
                report(refused, failure);
                return;
            }
            report(started, worker);
            report(exited -> {
                var _ = exited.onExit().thenRunAsync(() -> ended(number), THREAD_EACH);
            }, process);
        });
    }

    /// No other report will tell the same: without memory for it, this waits.
    private static <T> void report(Consumer<T> target, T what) {
        for (;;) {
            try {
                target.accept(what);
                return;
            } catch (OutOfMemoryError noMemory) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /// Closes a worker that did not start.
    private static void close(Worker worker, Throwable failure) {
        try {
            if (worker != null) {
                worker.close();
            }
        } catch (RuntimeException | Error another) {
            failure.addSuppressed(another);
        }
    }

    private JavaProcess.Builder builder(int number) {
        List<Integer> cores = pinned ? Cpus.usable() : List.of();
        int core = cores.isEmpty() ? -1 : cores.get(number % cores.size());
        JavaProcess.Builder builder = builder(context, classPath, new WorkerMain(options, number, core))
                .name("%s-worker-%s".formatted(poolName, number))
                .daemon(true)
                .endedByOwner(true);
        if (context.method() == StartMethod.SPAWN) {
            builder.jvmOptions(jvmOptions.toArray(String[]::new));
        }
        return builder;
    }

    /// @param classPath replaces that of the context unless null
    static JavaProcess.Builder builder(ProcessContext context, String classPath, WorkerMain worker) {
        JavaProcess.Builder builder = context.builder(worker);
        return classPath == null ? builder : builder.classPath(classPath);
    }

    /// Runs an action in a new thread; in the calling one if there is no memory for a thread, since the action must
    /// run.
    private static void inAThread(Runnable action) {
        try {
            Thread.ofVirtual().start(action);
        } catch (OutOfMemoryError noThread) {
            action.run();
        }
    }

    /// Reports a dead worker behind its last result: the sweep closes a claim that the death may have left open, then
    /// the message follows.
    private void ended(int number) {
        try {
            var _ = space.sweep();
        } catch (RuntimeException | Error failure) {
            Log.debug("pool: could not sweep after the death of worker " + number, failure);
        }
        report(died -> {
            try {
                results.put(Message.of(Message.DIED, died));
            } catch (InterruptedException | IllegalStateException over) {
                // The pool is closed: no thread reads results.
            }
        }, number);
    }
}
