package io.sluice.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.ShutdownException;
import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.linux.SignalCalls;
import io.sluice.shm.queue.SharedQueue;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The main of a worker process: take a task, run it, send its result, until the queue ends.
final class WorkerMain implements Action {
    private static final long serialVersionUID = 1L;

    /*
     * What a death leaves at each step:
     *
     *   take, before begin      the word of the task is QUEUED: the pool gives it to another worker
     *   begin, before send      the word is BEGUN and there is no result: the task fails, or is retried if it may be
     *   send                    the result is in the queue as a whole, or not at all
     *   after send              nothing is lost
     *
     * The task is decoded after it is begun, so that bytes that kill their decoder kill one worker and not all.
     */
    static final int OUT_OF_MEMORY = 3;

    private static final long IDLE_MILLIS = 100;
    private static final int SIGTERM = 15;
    /// Among the numbers of tasks to be interrupted: end in order, as by SIGTERM.
    static final long END = -1;

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
    public void act() throws InterruptedException {
        // Ctrl-C signals every process of the terminal; only the pool ends a worker.
        JavaProcess.ignoreInterruptSignal();
        // Likewise SIGTERM, which a service manager may send to all processes of a service: the pool drains then.
        SignalCalls.discard(SIGTERM);
        if (core >= 0) {
            Cpus.pin(core);
        }
        SharedSpace space = SharedSpace.openTemporary(options.space());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(space)));
        Channels channels = new Channels(space, options.strategy());
        SharedQueue<Message> results = channels.results();
        TaskRunner runner = new TaskRunner(number, options.allowed(), results);
        if (initialize(runner)) {
            Interrupter.start(channels.interrupts(number), runner);
            results.put(Message.of(Message.READY, number));
            serve(channels, runner);
        }
        runner.leave();
        System.exit(0);      // also if a task has left threads behind
    }

    private static void leave(SharedSpace space) {
        try {
            var _ = space.sweep();     // the pool may be dead; then the last worker leaves nothing behind
            space.close();
        } catch (RuntimeException | Error leftInDisorder) {
            // The next process that opens a space under this root completes the cleanup.
        }
    }

    private boolean initialize(TaskRunner runner) throws InterruptedException {
        Throwable failure = null;
        try {
            runner.initialize(options.initializer());
        } catch (Throwable thrown) {
            failure = thrown;
        }
        var _ = Thread.interrupted();        // the initializer may have set the flag, and a message must be sent
        if (failure != null) {
            runner.sendFailure(Message.of(Message.NOT_READY, number), failure);
        }
        return failure == null;
    }

    private void serve(Channels channels, TaskRunner runner) throws InterruptedException {
        SharedQueue<Message> tasks = channels.tasks(number);
        TaskWords words = new TaskWords(channels.taskWords(number));
        try {
            for (;;) {
                Message task = next(tasks, runner);
                CrashPoint.POOL_TASK_TAKEN.reached();
                if (words.begin(task.wordIndex, task.task)) {
                    CrashPoint.POOL_TASK_BEGUN.reached();
                    runner.execute(task);
                }
                task.done();
            }
        } catch (ShutdownException end) {
            // Every task was taken.
        } catch (OutOfMemoryError error) {
            // The state of this JVM is unknown; the pool starts another one.
            Runtime.getRuntime().halt(OUT_OF_MEMORY);
        }
    }

    /// The next task. While there is none, the worker releases what only the last one needed.
    private static Message next(SharedQueue<Message> tasks, TaskRunner runner) throws InterruptedException {
        Message task = tasks.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (task == null) {
            runner.idle();
            task = tasks.take();
        }
        return task;
    }

    /// One exit code for a worker that ran out of memory, also when the JVM itself ends it; and a heap that one large
    /// task has grown shrinks with the next collection, not with the fourth.
    static List<String> jvmOptions() {
        return List.of("-XX:+ExitOnOutOfMemoryError", "-XX:-ShrinkHeapInSteps");
    }

    /// Interrupts tasks that the pool has cancelled.
    private record Interrupter(SharedQueue<Long> tasks, TaskRunner runner) {
        static void start(SharedQueue<Long> tasks, TaskRunner runner) {
            Thread.ofPlatform().daemon().name("sluice-interrupter").start(new Interrupter(tasks, runner)::run);
        }

        private void run() {
            try {
                for (;;) {
                    interruptNext();
                }
            } catch (InterruptedException | IllegalStateException end) {
                // The queue or this process ends.
            }
        }

        @SuppressWarnings("SystemExitOutsideMain") // what the pool has asked for
        private void interruptNext() throws InterruptedException {
            try {
                long task = tasks.take();
                if (task == END) {
                    System.exit(128 + SIGTERM);
                }
                runner.interrupt(task);
            } catch (CodecException noNumber) {
                // The damaged element is consumed; the next one may be a number.
            }
        }
    }
}
