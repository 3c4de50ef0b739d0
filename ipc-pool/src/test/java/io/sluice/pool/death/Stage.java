package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The pools of one test, and cells of shared memory by which test and tasks communicate. `close` ends the pools, and
/// checks that nothing of theirs is left in `/dev/shm`.
final class Stage implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long WATCHDOG_SECONDS = 120;

    private final String name = "deaths%d-%d".formatted(NUMBERS.incrementAndGet(), ProcessHandle.current().pid());
    private final SharedSpace space = SharedSpace.openTemporary(name);
    private final SharedLongArray cells;
    private final List<ProcessPool> pools = new ArrayList<>();

    Stage(long cellCount) {
        this.cells = space.longArray("cells", cellCount);
    }

    Stage() {
        this(4096);
    }

    /// Prefix of the names of its space and of its pools.
    String name() {
        return name;
    }

    /// Initially zero.
    SharedLongArray cells() {
        return cells;
    }

    /// A pool with quiet deaths. Its workers live for about a second, in which the optimizing compiler would cost a
    /// third of the processor time without benefit.
    ProcessPoolBuilder builder(int workers) {
        return ProcessPool.builder().workers(workers).name(name).jvmOptions(Deaths.QUIET)
                .jvmOptions("-XX:TieredStopAtLevel=1");
    }

    ProcessPool pool(int workers) {
        return with(builder(workers).build());
    }

    /// A pool that ends with the stage.
    ProcessPool with(ProcessPool pool) {
        pools.add(pool);
        return pool;
    }

    /// The remaining files of the pools and the space, by name.
    private List<String> left() {
        Path root = space.path().getParent();
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (var files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.startsWith(name)).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public void close() {
        List<ProcessPool> stuck = new ArrayList<>();
        pools.forEach(ProcessPool::shutdown);
        for (ProcessPool pool : pools) {
            if (!awaitEnd(pool)) {
                stuck.add(pool);
                pool.terminate();
                var _ = awaitEnd(pool);
            }
        }
        cells.close();
        space.close();
        assertThat(stuck).as("pools that do not end").isEmpty();
        assertThat(left()).as("names left in /dev/shm").isEmpty();
    }

    private static boolean awaitEnd(ProcessPool pool) {
        try {
            return pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
