package io.sluice.shm;

/// The test's own thread: `start` does the job before it returns.
public final class SameThread implements Party {
    private final Desk desk = new Desk();

    /// The party.
    public SameThread() {}

    @Override
    public <T> Reply<T> start(Job<T> job) {
        Reply<T> reply = new Reply<>();
        try {
            Desk.EVENTS.set(reply.events::add);
            reply.answer.complete(job.run(desk));
        } catch (Exception thrown) {
            reply.answer.completeExceptionally(thrown);
        } finally {
            Points.forget(Thread.currentThread());
        }
        return reply;
    }

    @Override
    public void close() {
        desk.close();
    }
}
