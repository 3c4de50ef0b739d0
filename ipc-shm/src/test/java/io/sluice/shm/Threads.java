package io.sluice.shm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A party of threads of this process, one for each job, with a space handle of its own.
public final class Threads implements Party {
    private final Thread.Builder builder;
    private final Desk desk = new Desk();
    private final List<Thread> started = new CopyOnWriteArrayList<>();

    private Threads(Thread.Builder builder) {
        this.builder = builder;
    }

    /// Threads of the kernel.
    ///
    /// @return the party
    public static Threads platform() {
        return new Threads(Thread.ofPlatform().daemon());
    }

    /// Virtual threads.
    ///
    /// @return the party
    public static Threads virtual() {
        return new Threads(Thread.ofVirtual());
    }

    @Override
    public <T> Reply<T> start(Job<T> job) {
        Reply<T> reply = new Reply<>();
        reply.thread = builder.unstarted(() -> perform(job, reply));
        started.add(reply.thread);
        reply.thread.start();
        return reply;
    }

    private <T> void perform(Job<T> job, Reply<T> reply) {
        try {
            Desk.EVENTS.set(reply.events::add);
            reply.answer.complete(job.run(desk));
        } catch (Throwable thrown) {
            reply.answer.completeExceptionally(thrown);
        } finally {
            Points.forget(Thread.currentThread());
        }
    }

    @Override
    public void close() {
        started.forEach(Thread::interrupt);
        desk.close();
        for (Thread thread : started) {
            try {
                if (!thread.join(java.time.Duration.ofSeconds(TimeUnit.MINUTES.toSeconds(1)))) {
                    throw new AssertionError(thread + " does not end");
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }
}
