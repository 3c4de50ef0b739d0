package io.sluice.bench.start;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.util.function.Supplier;

/// Children and pools of one context, started by this warm JVM.
final class Children implements Starter {
    private static final int STOCK = 2;

    private final Supplier<ProcessContext> maker;
    private final What what;
    private ProcessContext context;
    private SharedSpace space;
    private SharedQueue<Integer> queue;

    /// What is started.
    enum What {
        /// A child, until its first element has come through a queue.
        ELEMENT,
        /// A child with an empty task, until it was joined.
        EMPTY,
        /// A pool of two, until its first result.
        POOL
    }

    Children(What what, Supplier<ProcessContext> maker) {
        this.what = what;
        this.maker = maker;
    }

    /// The stock of the contexts with standby JVMs.
    static ProcessContext standby() {
        return ProcessContext.standby(STOCK);
    }

    @Override
    public void open() throws Exception {
        context = maker.get();
        space = SharedSpace.openTemporary();
        queue = space.queue(Codec.ints(), 4);
        var _ = start();
    }

    @Override
    public double start() throws Exception {
        awaitStock();
        long start = System.nanoTime();
        switch (what) {
            case ELEMENT -> {
                SharedQueue<Integer> answers = queue;
                try (JavaProcess child = context.start(() -> answers.put(42))) {
                    var _ = answers.take();
                    double millis = millisSince(start);
                    var _ = child.join();
                    return millis;
                }
            }
            case EMPTY -> {
                try (JavaProcess child = context.start(() -> {})) {
                    var _ = child.join();
                }
            }
            case POOL -> {
                try (ProcessPool pool = ProcessPool.builder().workers(2).context(context).build()) {
                    var _ = pool.apply(() -> 42);
                    return millisSince(start);
                }
            }
        }
        return millisSince(start);
    }

    /// Standby JVMs come up between the starts that are measured.
    private void awaitStock() throws InterruptedException {
        while (context.method() == StartMethod.STANDBY && context.ready() < STOCK) {
            Thread.sleep(5);
        }
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    @Override
    public void close() {
        try (SharedSpace _ = space; SharedQueue<Integer> _ = queue; ProcessContext _ = context) {
            // Closes them all.
        }
    }
}
