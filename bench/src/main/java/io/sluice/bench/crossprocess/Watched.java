package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Place;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A subject whose space is looked at during each block, as `sluice top` does but more often: by a thread of this
/// process, which takes no part in the subject.
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
        Observer observer = new Observer(root, over);
        observer.start();
        Block block;
        try {
            block = subject.runBlock(millis);
        } finally {
            over.countDown();
            observer.finish();
        }
        observer.check();
        return block;
    }

    @Override
    public String description() {
        return subject.description() + "; watched every " + PERIOD_MILLIS + " ms";
    }

    @Override
    public void close() {
        subject.close();
    }

    /// Looks until the block is over; at least once.
    private static final class Observer extends Thread {
        private final SpaceRoot root;
        private final CountDownLatch over;
        /// Written by this thread, and read after its end.
        private Throwable failure;

        Observer(SpaceRoot root, CountDownLatch over) {
            super("observer");
            this.root = root;
            this.over = over;
        }

        @Override
        public void run() {
            try {
                do {
                    if (root.state(Place.SPACE).objects().isEmpty()) {
                        throw new IllegalStateException("the observer sees no object in " + root.path());
                    }
                } while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
            } catch (InterruptedException | RuntimeException | Error failed) {
                failure = failed;
            }
        }

        /// Waits for its end; an interrupt is kept for later.
        void finish() {
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        void check() {
            if (failure != null) {
                throw new IllegalStateException("the observer failed", failure);
            }
        }
    }
}
