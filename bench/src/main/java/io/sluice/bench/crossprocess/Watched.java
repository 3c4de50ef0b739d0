package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Place;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A subject whose space is looked at during each block, by [SpaceRoot#state], which maps the objects anew each time and
/// so costs more than `sluice top`: by a thread of this process, which takes no part in the subject.
final class Watched implements RunningSubject {
    private static final long PERIOD_MILLIS = 100;

    private final RunningSubject subject;
    private final SpaceRoot root;

    /// @param subject what is watched
    /// @param directory of the subject
    Watched(RunningSubject subject, Path directory) {
        this.subject = subject;
        this.root = new SpaceRoot(directory);
    }

    @Override
    public long probe() {
        return subject.probe();
    }

    @Override
    public Block runBlock(long millis) {
        CountDownLatch over = new CountDownLatch(1);
        try (ExecutorService observer = Executors.newSingleThreadExecutor()) {
            Future<Void> looks = observer.submit(() -> look(over));
            Block block;
            try {
                block = subject.runBlock(millis);
            } finally {
                over.countDown();
            }
            looks.get();
            return block;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the observer failed", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the observer ends", interrupted);
        }
    }

    /// Looks until the block is over; at least once.
    private Void look(CountDownLatch over) throws InterruptedException {
        do {
            if (root.state(Place.SPACE).objects().isEmpty()) {
                throw new IllegalStateException("the observer sees no object in " + root.path());
            }
        } while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
        return null;
    }

    @Override
    public String description() {
        return subject.description() + "; watched every " + PERIOD_MILLIS + " ms";
    }

    @Override
    public void close() {
        subject.close();
    }
}
