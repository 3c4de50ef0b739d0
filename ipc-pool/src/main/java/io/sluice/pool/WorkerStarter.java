package io.sluice.pool;

import io.sluice.pool.log.Log;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import io.sluice.pool.submission.MustRun;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Starts worker processes, each in the background, and reports their ends.
final class WorkerStarter {
    private static final BiConsumer<WorkerStarter, Worker> WATCH = WorkerStarter::watch;
    private static final BiConsumer<WorkerStarter, Worker> REPORT_END = WorkerStarter::reportEnd;

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

    /// As [Scheduler.Starter] says. What it reports must arrive: no other report will tell the same.
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
                MustRun.repeat(refused, failure);
                return;
            }
            MustRun.repeat(started, worker);
            MustRun.repeat(WATCH, this, worker);
        });
    }

    private void watch(Worker worker) {
        Runnable end = () -> ended(worker);
        var _ = worker.onExit().thenRun(() -> MustRun.inAThread(end));
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

    /// Reports a dead worker behind its last result: the sweep closes a claim that the death may have left open, then
    /// the message follows.
    private void ended(Worker worker) {
        try {
            var _ = space.sweep();
        } catch (RuntimeException | Error failure) {
            Log.debug("pool: could not sweep after the death of a worker", failure);
        }
        MustRun.repeat(REPORT_END, this, worker);
    }

    private void reportEnd(Worker worker) {
        try {
            results.put(Message.of(Message.DIED, worker.number));
        } catch (InterruptedException | IllegalStateException over) {
            // The pool is closed: no thread reads results.
        }
    }
}
