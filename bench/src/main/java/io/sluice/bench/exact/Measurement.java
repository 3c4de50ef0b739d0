package io.sluice.bench.exact;

import io.sluice.bench.exact.SystemCalls.Counted;
import io.sluice.bench.exact.SystemCalls.Refused;
import io.sluice.core.codec.Codec;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures operations in a JVM of their own, which compiles in the foreground, so that warm code is compiled.
public final class Measurement {
    /// Runs of an operation in each round; use fewer for an operation that makes system calls, which are slow here.
    public static final int OPERATIONS = 100_000;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    /// Objects have headers of 12 bytes, also on a later JDK whose default is smaller.
    private static final String[] JVM_OPTIONS = {"-Xbatch", "-XX:-UseCompactObjectHeaders"};
    private static final long WATCHDOG_SECONDS = 120;

    private Measurement() {}

    /// Measures operations.
    ///
    /// - **Blocking:** a second, and a fraction of one for each operation; after two minutes the process is killed.
    /// - **Interrupts:** end the wait; the process is killed.
    ///
    /// @param operations to be measured; their names differ
    /// @param times runs of each operation in a round, positive
    /// @return the figures, in the same order
    /// @throws InterruptedException if the thread is interrupted while it waits
    /// @throws IllegalStateException if an operation failed; its trace is on standard error
    public static List<Figure> of(List<? extends Operation> operations, int times) throws InterruptedException {
        String name = "exact-%s-%s".formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet());
        try (SharedSpace space = SharedSpace.openTemporary(name)) {
            SharedDoubleArray bytes = space.doubleArray("bytes-per-operation", operations.size());
            bytes.fill(0, operations.size(), Double.NaN);
            SharedQueue<Counted> calls =
                    space.queue("system-calls", Codec.ofRecord(Counted.class), operations.size());
            var task = new MeasuredTask(
                    name, List.copyOf(operations), times, CallCounts.create(space), bytes, calls);
            Optional<SystemCalls> refused = run(task).map(Refused::new);
            List<Figure> figures = new ArrayList<>();
            for (Operation operation : operations) {
                figures.add(new Figure(
                        operation.name(), bytes.get(figures.size()), refused.orElseGet(calls::remove)));
            }
            return figures;
        }
    }

    /// @return why the calls were not counted; empty if they were
    private static Optional<String> run(MeasuredTask task) throws InterruptedException {
        try (JavaProcess process =
                JavaProcess.builder(task).name(task.space()).daemon(true).jvmOptions(JVM_OPTIONS).start()) {
            CompletableFuture<Void> supervision = CompletableFuture.runAsync(
                    () -> supervise(process, task.counts()), Thread.ofPlatform().daemon().name("supervisor")::start);
            try {
                if (!process.join(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(
                            "the measured process did not end in %,d s".formatted(WATCHDOG_SECONDS));
                }
                supervision.join();
                return refusal(process.join());
            } catch (CompletionException failure) {
                return refusal(failure.getCause());
            } finally {
                process.kill();
                var _ = process.onExit().join();
                supervision.exceptionally(_ -> null).join();   // it writes to the space that is closed next
            }
        }
    }

    /// Kills the process if supervision fails: its thread would wait for answers without end.
    private static void supervise(JavaProcess process, CallCounts counts) {
        try {
            new CallSupervisor(process.handle(), counts).run();
        } catch (RuntimeException | Error failure) {
            process.kill();
            throw failure;
        }
    }

    private static Optional<String> refusal(Throwable ofSupervisor) {
        if (ofSupervisor instanceof RefusedException refused) {
            return Optional.of(refused.getMessage());
        }
        throw new IllegalStateException("the supervisor failed", ofSupervisor);
    }

    private static Optional<String> refusal(Exit exit) {
        return switch (exit) {
            case Exit.Failed failed when failed.type().equals(RefusedException.class.getName()) ->
                Optional.of(failed.message());
            case Exit.Returned _ when exit.isSuccess() -> Optional.empty();
            case Exit.Failed _, Exit.Returned _, Exit.Killed _ ->
                throw new IllegalStateException("the measured process " + exit);
        };
    }
}
