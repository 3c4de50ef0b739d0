package io.sluice.pool.pool;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.ShutdownException;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessTask;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.List;

/// What a worker process does: take a task, run it, send its result, until its queue ends.
final class WorkerMain implements ProcessTask {
    private static final long serialVersionUID = 1L;

    /*
     * What a death leaves behind, step by step:
     *
     *   take, before begin      the word of the task says QUEUED: the pool gives it to another worker
     *   begin, before send      the word says BEGUN and there is no result: the task fails, or is tried again if it may
     *   send                    the result is in the queue as a whole, or not at all
     *   after send              nothing is lost
     *
     * The task is decoded after it is begun, so that bytes that kill whoever decodes them kill one worker and not all.
     */
    static final int OUT_OF_MEMORY = 3;

    private final WorkerOptions options;
    private final int number;
    private final int core;

    /// @param core to run on, or -1 for any
    WorkerMain(WorkerOptions options, int number, int core) {
        this.options = options;
        this.number = number;
        this.core = core;
    }

    @Override
    @SuppressWarnings("SystemExitOutsideMain") // this is the main of a process
    public void run() throws InterruptedException {
        // Ctrl-C tells every process of the terminal; that it ends is for the pool to say.
        JavaProcess.ignoreInterruptSignal();
        if (core >= 0) {
            Cpus.pin(core);
        }
        SharedSpace space = SharedSpace.openTemporary(options.space());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            var _ = space.sweep();     // the pool, perhaps, so that the last one out leaves nothing behind
            space.close();
        }));
        Channels channels = new Channels(space, options.strategy());
        SharedQueue<Message> results = channels.results();
        TaskRunner runner = new TaskRunner(number, options.allowed(), results);
        if (initialize(runner)) {
            Interrupter.start(channels.interrupts(number), runner);
            results.put(Message.of(Message.READY, number));
            serve(channels, runner);
        }
        System.exit(0);      // also if a task has left threads behind
    }

    private boolean initialize(TaskRunner runner) throws InterruptedException {
        try {
            options.initializer().run();
            return true;
        } catch (Throwable failure) {
            runner.sendFailure(Message.of(Message.NOT_READY, number), failure);
            return false;
        }
    }

    private void serve(Channels channels, TaskRunner runner) throws InterruptedException {
        SharedQueue<Message> tasks = channels.tasks(number);
        Places places = new Places(channels.places(number));
        for (;;) {
            Message task;
            try {
                task = tasks.take();
            } catch (ShutdownException end) {
                return;
            }
            CrashPoint.POOL_TASK_TAKEN.reached();
            if (places.begin(task.place, task.task)) {
                CrashPoint.POOL_TASK_BEGUN.reached();
                try {
                    runner.execute(task);
                } catch (OutOfMemoryError error) {
                    // What else broke in this JVM, nobody knows; the pool starts another one.
                    Runtime.getRuntime().halt(OUT_OF_MEMORY);
                }
            }
        }
    }

    /// The exit code of a worker that ran out of memory, also when the JVM itself ended it.
    static List<String> jvmOptions() {
        return List.of("-XX:+ExitOnOutOfMemoryError");
    }

    /// Interrupts tasks that the pool has cancelled.
    private record Interrupter(SharedQueue<Long> tasks, TaskRunner runner) {
        static void start(SharedQueue<Long> tasks, TaskRunner runner) {
            Thread.ofPlatform().daemon().name("sluice-interrupter").start(new Interrupter(tasks, runner)::run);
        }

        private void run() {
            try {
                for (;;) {
                    runner.interrupt(tasks.take());
                }
            } catch (InterruptedException | IllegalStateException end) {
                // The queue, or this process, has come to its end.
            }
        }
    }
}
