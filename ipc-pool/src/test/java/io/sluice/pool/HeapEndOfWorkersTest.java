package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.HeapEnd;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.codec.Values;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.submission.MustRun;
import io.sluice.pool.task.Task;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.object.KeptObjects;
import java.lang.reflect.Field;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The memory of the pool's JVM ends at each allocation of what happens to its workers in turn: no worker is missing,
/// or counted twice, and no chunk of theirs is lost.
@Timeout(600)
class HeapEndOfWorkersTest {
    @Test
    void noMessageOfAWorkerIsLost() throws Exception {
        HeapEnd.run(Child.class);
    }

    /// The JVM of the test. The pool's one worker is a real one but for its process, which has ended.
    static final class Child {
        private static final HeapEnd HEAP = new HeapEnd();
        private static final int ELEMENTS = 3;
        /// Of the worker: too large for the boxes that the JDK keeps.
        private static final int NUMBER = 1000;

        private final Process dead = new ProcessBuilder("true").start();
        private final Values values = new Values(List.of());
        private final Task<Integer> task = () -> 1;
        private SharedSpace space;
        private Channels channels;
        private Scheduler scheduler;
        private Worker worker;
        private PoolFuture<Integer> future;
        private CallJob<Integer> job;
        private StreamJob stream;
        private Results<Integer> results;
        // What the scheduler has asked for.
        private int starts;
        private Consumer<Worker> started;
        private Consumer<Throwable> refused;
        // What the stream has received.
        private final ConcurrentLinkedQueue<Object> received = new ConcurrentLinkedQueue<>();
        private Throwable broken;
        private boolean more;

        private Child() throws Exception {
            dead.waitFor();
        }

        public static void main(String[] arguments) throws Exception {
            MustRun.repeat(loaded -> {}, "by the start of the first worker");
            Child child = new Child();
            child.starts();
            child.chunks();
            child.streams();
            child.leave();
            System.out.println("all done");
        }

        private void leave() {
            if (space != null) {
                worker.close();
                space.close();
            }
        }

        /// A pool of one worker, which is started, and not reported.
        private void begin() throws Exception {
            leave();
            space = SharedSpace.openTemporary();
            channels = new Channels(space, WaitStrategy.PARK);
            Admission admission = new Admission("heap", 100, WhenFull.BLOCK);
            starts = 0;
            scheduler = new Scheduler("heap", 1, 0, TimeUnit.HOURS.toNanos(1), Policy.FIRST_COME, admission,
                    (number, whenStarted, whenRefused) -> {
                        starts++;
                        started = whenStarted;
                        refused = whenRefused;
                    });
            scheduler.start();
            ResultReader reader = new ResultReader("heap", scheduler, channels.results(), values, () -> {});
            future = new PoolFuture<>(scheduler, reader);
            job = new CallJob<>(TaskOptions.defaults(), "task", task, new byte[0], new KeptObjects(), null, values,
                    future);
            assertThat(admission.enter(0)).isTrue();
            received.clear();
            broken = null;
            stream = stream(new StreamJob.Receiver() {
                @Override
                public void receive(int index, Object result) {
                    received.add(result);
                }

                @Override
                public void broken(Throwable why) {
                    broken = why;
                }
            });
            var input = List.of(1, 2).iterator();
            results = new Results<>(scheduler, reader, input, 1, 2, false, this::stream);
            worker = new Worker(NUMBER, channels, ended());
        }

        private StreamJob stream(StreamJob.Receiver receiver) {
            Set<KeptObjects> open = ConcurrentHashMap.newKeySet();
            return new StreamJob(TaskOptions.defaults(), "stream", new byte[0], Cost.of(Child.class), new KeptObjects(),
                    values, open, receiver);
        }

        /// A process that has ended, without the start of a JVM for each of many hundred rounds.
        private JavaProcess ended() throws Exception {
            JavaProcess process = JavaProcess.builder(() -> {}).build();
            field("process").set(process, dead);
            @SuppressWarnings("unchecked")
            var exit = (CompletableFuture<Exit>) field("exit").get(process);
            exit.complete(new Exit.Returned(1));
            return process;
        }

        private static Field field(String name) throws NoSuchFieldException {
            Field field = JavaProcess.class.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        }

        private void beginReady() throws Exception {
            begin();
            started.accept(worker);
            scheduler.ready(NUMBER);
        }

        /// The worker has begun its first chunk.
        private void beginChunk() {
            Chunk chunk = worker.chunkAt(0);
            assertThat(new TaskWords(channels.taskWords(NUMBER)).begin(0, chunk.number)).isTrue();
        }

        /// Repeats a report until it does not throw, as its sender does.
        private static void again(Throwable thrown, Runnable report) {
            if (thrown != null) {
                report.run();
            }
        }

        private void awaitStarts(int count) {
            HeapEndTest.await(() -> {
                scheduler.noResults();       // as the thread that reads results does
                return starts >= count;
            });
            assertThat(starts).isEqualTo(count);
        }

        private void starts() throws Exception {
            HeapEndTest.failsAtSome(HEAP, "ready", this::begin, () -> scheduler.ready(NUMBER), thrown -> {
                again(thrown, () -> scheduler.ready(NUMBER));
                started.accept(worker);
                scheduler.submitted(job);
                assertThat(worker.count()).isEqualTo(1);
            });
            HeapEndTest.failsAtSome(HEAP, "started", () -> {
                begin();
                scheduler.ready(NUMBER);
            }, () -> started.accept(worker), thrown -> {
                again(thrown, () -> started.accept(worker));
                scheduler.shutdown();
                scheduler.died(NUMBER);
                assertThat(scheduler.isOver()).isTrue();
            });
            var failure = new IllegalStateException("x");
            HeapEndTest.failsAtSome(HEAP, "not started", this::begin, () -> refused.accept(failure), thrown -> {
                again(thrown, () -> refused.accept(failure));
                awaitStarts(2);
            });
        }

        private void chunks() throws Exception {
            HeapEndTest.failsAtSome(HEAP, "completed", () -> {
                beginReady();
                scheduler.submitted(job);
                beginChunk();
                assertThat(scheduler.shutdownNow()).isEmpty();
                assertThat(worker.chunkAt(0).grace).isNotNull();
                job.over();
            }, () -> scheduler.completed(worker, worker.chunkAt(0), 1), thrown -> {
                again(thrown, () -> scheduler.completed(worker, worker.chunkAt(0), 1));
                assertThat(scheduler.hasWork()).isFalse();
            });
        }

        private void streams() throws Exception {
            HeapEndTest.failsAtSome(HEAP, "died within a stream", () -> {
                beginReady();
                stream.add(0, List.of(1, 2, 3));
                scheduler.submitted(stream);
                beginChunk();
            }, () -> scheduler.died(NUMBER), thrown -> {
                again(thrown, () -> scheduler.died(NUMBER));
                assertThat(broken != null || received.size() == ELEMENTS).isTrue();
                assertThat(scheduler.hasWork()).isFalse();
            });
            HeapEndTest.failsAtSome(HEAP, "hasNext", this::beginReady, () -> more = results.hasNext(), thrown -> {
                assertThat(more || thrown != null).isTrue();
                assertThat(results.hasNext()).isTrue();
                scheduler.noResults();
                int failed = failedResults();
                assertThat(worker.count() + failed == 2 || (failed > 0 && !results.hasNext())).isTrue();
                results.close();
                HeapEndTest.await(Child::noKeeper);
            });
        }

        /// The thread that keeps the JVM alive would give memory back at its end.
        private static boolean noKeeper() {
            return Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("heap-keeper"));
        }

        /// Reads the results that are there: failures. A failure of the whole ends the iteration.
        private int failedResults() throws InterruptedException {
            int failed = 0;
            for (;;) {
                try {
                    results.next(1, TimeUnit.NANOSECONDS);
                } catch (CompletionException failure) {
                    failed++;
                } catch (TimeoutException | NoSuchElementException end) {
                    return failed;
                }
            }
        }
    }
}
