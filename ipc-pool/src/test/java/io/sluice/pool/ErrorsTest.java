package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.CodecException;
import io.sluice.core.logging.Logged;
import io.sluice.pool.task.Task;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Errors in user code: they fail one task, or are logged, and everything else goes on.
class ErrorsTest extends PoolTest {
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(1).name("errors").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})   // any Throwable, as user code throws it
    private static <T extends Throwable> T sneaky(Throwable any) throws T {
        throw (T) any;
    }

    private static long pid() throws Exception {
        return pool.apply(() -> ProcessHandle.current().pid());
    }

    /// Throws an error when it is written, or when it is read.
    private static final class Faulty implements Serializable {
        private static final long serialVersionUID = 1L;

        private final boolean out;

        Faulty(boolean out) {
            this.out = out;
        }

        private void writeObject(ObjectOutputStream stream) throws IOException {
            if (out) {
                throw new AssertionError("out");
            }
            stream.defaultWriteObject();
        }

        private void readObject(ObjectInputStream stream) throws IOException, ClassNotFoundException {
            stream.defaultReadObject();
            throw new NoClassDefFoundError("in");
        }
    }

    @SuppressWarnings("InfiniteRecursion")   // the test needs the overflow
    private static int dive(int depth) {
        return dive(depth + 1) + 1;
    }

    private static Object nested(int depth) {
        Object inner = "core";
        for (int i = 0; i < depth; i++) {
            inner = new ArrayList<>(List.of(inner));
        }
        return inner;
    }

    @Test
    void anErrorFailsItsTaskAndTheWorkerLives() throws Exception {
        long worker = pid();
        assertThat(failureOf(pool.submit(() -> dive(0)))).isInstanceOf(StackOverflowError.class);
        assertThat(failureOf(pool.submit(() -> nested(100_000)))).isInstanceOf(CodecException.class);
        assertThat(failureOf(pool.submit(() -> new Faulty(true)))).hasStackTraceContaining("AssertionError: out");
        assertThat(failureOf(pool.submit(() -> new Faulty(false)))).hasStackTraceContaining("NoClassDefFoundError: in");
        assertThat(failureOf(pool.submit((Task<Integer>) () -> ErrorsTest.<RuntimeException>sneaky(
                new NoClassDefFoundError("x")).hashCode()))).isInstanceOf(NoClassDefFoundError.class);
        assertThat(pid()).isEqualTo(worker);
    }

    /// A listener that throws, whatever it is, gets the next report all the same.
    @Test
    void aProgressListenerThatThrowsIsCalledAgain() throws Exception {
        var last = new CountDownLatch(1);
        var calls = new AtomicInteger();
        try (Logged logged = new Logged("io.sluice.pool")) {
            Progress.Listener listener = progress -> {
                if (progress.done() == progress.total()) {
                    last.countDown();
                }
                var _ = calls.incrementAndGet();
                throw ErrorsTest.<RuntimeException>sneaky(new IOException("of the listener"));
            };
            List<Integer> elements = IntStream.range(0, 8).boxed().toList();
            var _ = pool.map((Integer x) -> {
                Thread.sleep(50);
                return x;
            }, elements, TaskOptions.defaults().withChunkSize(1).withProgress(listener));
            assertThat(last.await(WATCHDOG_SECONDS / 4, TimeUnit.SECONDS)).isTrue();
            awaitUntil(() -> logged.failures().size() == calls.get());
            assertThat(calls.get()).isGreaterThan(1);
        }
    }

    @Test
    void anyThrowableOfACallbackIsLogged() throws Exception {
        try (Logged logged = new Logged("io.sluice.pool")) {
            var done = pool.applyAsync(() -> 1, value -> {
                throw ErrorsTest.<RuntimeException>sneaky(new IOException("of the callback"));
            }, failure -> {});
            assertThat(resultOf(done)).isEqualTo(1);
            awaitUntil(() -> !logged.failures().isEmpty());
            assertThat(logged.failures().getFirst()).isInstanceOf(IOException.class);
        }
    }

    /// Uses the pool while it is encoded, as an object may do that logs.
    private static final class Talkative implements Serializable {
        private static final long serialVersionUID = 1L;

        private final int depth;
        private final String text;
        private transient int inner;

        Talkative(int depth) {
            this.depth = depth;
            this.text = "depth " + depth;
        }

        private void writeObject(ObjectOutputStream stream) throws IOException {
            stream.defaultWriteObject();
            if (depth > 0 && pool != null) {
                var talkative = new Talkative(depth - 1);
                inner = pool.submit(() -> talkative.text.length()).join();
            }
        }
    }

    @Test
    void aTaskMaySubmitOthersWhileItIsEncoded() throws Exception {
        var talkative = new Talkative(3);
        assertThat(resultOf(pool.submit(() -> talkative.text + talkative.depth))).isEqualTo("depth 33");
        assertThat(talkative.inner).isEqualTo(7);
    }

    /// Each worker would run out of memory when it takes the task, and the next worker would get it, without end.
    @Test
    void aTaskThatNoWorkerCanTakeFails() throws Exception {
        try (ProcessPool small = ProcessPool.builder().workers(1)
                .jvmOptions("-XX:MaxDirectMemorySize=4m", "-XX:TieredStopAtLevel=1").build()) {
            byte[] large = new byte[8_000_000];
            CompletableFuture<Integer> task = small.submit(() -> large.length);
            CompletableFuture<Integer> next = small.submit(() -> 1);
            assertThat(failureOf(task)).isInstanceOf(WorkerDiedException.class).hasMessageContaining("out of memory");
            assertThat(resultOf(next)).isEqualTo(1);
        }
    }

    /// Submits and waits at each depth of a stack, down to its end.
    @SuppressWarnings("InfiniteRecursion")   // as above
    private static void submitBelow(ProcessPool own, List<CompletableFuture<Integer>> futures, boolean wait) {
        CompletableFuture<Integer> future = own.submit(() -> 1);
        futures.add(future);
        if (wait) {
            var _ = future.join();
        }
        submitBelow(own, futures, wait);
    }

    /// A thread whose stack overflows in the middle of a submission, or of a wait, leaves the pool in order.
    @Test
    void aStackOverflowInThePoolAffectsNoOtherTask() throws Exception {
        try (ProcessPool own = ProcessPool.builder().workers(1).name("deep").build();
                Logged logged = new Logged("io.sluice.pool")) {
            for (int round = 0; round < 40; round++) {
                boolean wait = round % 2 == 0;
                List<CompletableFuture<Integer>> futures = new ArrayList<>();
                var overflow = new CompletableFuture<Void>();
                Thread.ofPlatform().stackSize(200_000 + 1000 * round).start(() -> {
                    try {
                        submitBelow(own, futures, wait);
                    } catch (StackOverflowError expected) {
                        overflow.complete(null);
                    } catch (Throwable other) {
                        overflow.completeExceptionally(other);
                    }
                });
                resultOf(overflow);
                for (CompletableFuture<Integer> future : futures) {
                    assertThat(future.get(WATCHDOG_SECONDS / 8, TimeUnit.SECONDS)).isEqualTo(1);
                }
                assertThat(own.submit(() -> 2).get(WATCHDOG_SECONDS / 8, TimeUnit.SECONDS)).isEqualTo(2);
            }
            assertThat(logged.failures()).isEmpty();
        }
    }
}
