package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.logging.Logged;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.Progress;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.submission.ProgressReports;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.Triple;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pool of two members in this JVM, each with a worker. Tests that end a pool, or need another one, join one of
/// another name with the same members.
@Timeout(300)            // a pool whose test has failed may be full, and its close waits
class ClusterPoolTest {
    private static final int BACKLOG = 65_536;

    private static Members members;
    private static HazelcastInstance first;
    private static HazelcastInstance second;
    private static ClusterPool pool;
    private static ClusterPool otherMember;

    @BeforeAll
    static void join() {
        members = new Members(3);
        first = Hazelcast.newHazelcastInstance(members.config(0));
        second = Hazelcast.newHazelcastInstance(members.config(1));
        pool = ClusterPool.join(first, options("usual"));
        otherMember = ClusterPool.join(second, options("usual"));
    }

    @AfterAll
    static void leave() throws Exception {
        pool.close();
        otherMember.close();
        second.shutdown();
        first.shutdown();
        members.close();
    }

    private static ClusterOptions options(String name) {
        return ClusterOptions.of(name).withWorkers(workers());
    }

    private static ProcessPoolBuilder workers() {
        return ProcessPool.builder().workers(1).jvmOptions("-XX:TieredStopAtLevel=1", "-Xmx64m");
    }

    private static String address(HazelcastInstance instance) {
        return Dispatcher.addressOf(instance.getCluster().getLocalMember());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void bothMembersKnowBothAndTheirWorkers() {
        Members.await(() -> pool.size() == 2 && otherMember.size() == 2, () -> pool + ", " + otherMember);
        assertThat(pool.members()).containsOnlyKeys(address(first), address(second));
        assertThat(pool.toString()).startsWith("ClusterPool[usual, ")
                .endsWith(" calls unfinished, 2 members with workers, running]");
    }

    @Test
    void callsGiveWhatAProcessPoolGives() throws Exception {
        List<Integer> numbers = IntStream.range(0, 500).boxed().toList();
        assertThat(get(pool.submit(() -> 6 * 7))).isEqualTo(42);
        assertThat(get(otherMember.submit(() -> "other"))).isEqualTo("other");
        assertThat(pool.apply(String::length, "four")).isEqualTo(4);
        assertThat(pool.map(i -> i + 1, numbers)).isEqualTo(numbers.stream().map(i -> i + 1).toList());
        assertThat(pool.map(i -> i + 1, numbers, 7)).hasSize(500).endsWith(500);
        assertThat(pool.starmap((a, b) -> a * b, List.of(new Pair<>(2, 3), new Pair<>(4, 5)))).containsExactly(6, 20);
        assertThat(pool.starmap((a, b, c) -> a + b + c, List.of(new Triple<>("x", "y", "z")))).containsExactly("xyz");
        assertThat(pool.map(i -> i, List.of())).isEmpty();
        List<Integer> streamed = new ArrayList<>();
        pool.imap(i -> -i, numbers, TaskOptions.defaults().withChunkSize(3), 10).forEachRemaining(streamed::add);
        assertThat(streamed).isEqualTo(numbers.stream().map(i -> -i).toList());
        ExecutorService service = pool;
        assertThat(service.invokeAny(List.<Task<String>>of(() -> "any"))).isEqualTo("any");
        for (Future<Integer> each : service.invokeAll(List.<Task<Integer>>of(() -> 1, () -> 1))) {
            assertThat(each.resultNow()).isEqualTo(1);
        }
    }

    @Test
    void anInfiniteInputIsReadAsTheResultsAre() {
        Iterable<Integer> endless = () -> IntStream.iterate(0, i -> i + 1).boxed().iterator();
        try (ClusterResults<Integer> results = pool.imap(i -> 2 * i, endless)) {
            assertThat(results.stream().limit(100).toList()).hasSize(100).endsWith(198);
        }
    }

    /// The first element waits for a file, which is there once the second one's result is.
    @Test
    void unorderedResultsComeAsTheyAreReady() throws Exception {
        String gate = members.root().resolve("gate.text").toString();
        try (ClusterResults<Integer> results = pool.imapUnordered(i -> {
            if (i == 0) {
                awaitFile(Path.of(gate));
            }
            return i;
        }, List.of(0, 1))) {
            assertThat(results.next()).isEqualTo(1);
            assertThatThrownBy(() -> results.next(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("is not ready after 1 MILLISECONDS");
            Files.createFile(Path.of(gate));
            assertThat(results.next(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS)).isZero();
            assertThat(results.hasNext()).isFalse();
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
        List<Integer> numbers = IntStream.range(0, 200).boxed().toList();
        List<Integer> streamed = new ArrayList<>();
        pool.imapUnordered(i -> -i, numbers, TaskOptions.defaults().withChunkSize(3), 10)
                .forEachRemaining(streamed::add);
        assertThat(streamed).containsExactlyInAnyOrderElementsOf(numbers.stream().map(i -> -i).toList());
    }

    /// Each at its position, and nothing else is lost: what the input throws, and what does not travel.
    @Test
    void theInputOfAStreamMayFail() {
        Iterator<Integer> failing = new Iterator<>() {
            private int count;

            @Override
            public boolean hasNext() {
                return count < 4;
            }

            @Override
            public Integer next() {
                if (count++ == 2) {
                    throw new IllegalStateException("no such line");
                }
                return count;
            }
        };
        for (boolean ordered : List.of(true, false)) {
            try (ClusterResults<Object> results = ordered ? pool.imap(o -> o, List.of(1, new Object(), 3),
                            TaskOptions.defaults().withChunkSize(3), 10)
                    : pool.imapUnordered(o -> o, List.of(1, new Object(), 3),
                            TaskOptions.defaults().withChunkSize(3), 10)) {
                List<Object> all = new ArrayList<>();
                while (results.hasNext()) {
                    try {
                        all.add(results.next());
                    } catch (CompletionException refused) {
                        assertThat(refused).hasCauseInstanceOf(CodecException.class);
                        all.add("refused");
                    }
                }
                assertThat(all).containsExactlyInAnyOrder(1, "refused", 3);
            }
        }
        try (ClusterResults<Integer> results = pool.imapUnordered(i -> i, () -> failing)) {
            assertThat(List.of(results.next(), results.next())).containsExactlyInAnyOrder(1, 2);
            assertThatThrownBy(results::next).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("no such line");
            assertThat(results.next()).isEqualTo(4);
            assertThat(results.hasNext()).isFalse();
        }
    }

    @Test
    void callbacksGetTheResultOrTheFailureInAVirtualThread() throws Exception {
        CompletableFuture<Object> told = new CompletableFuture<>();
        CompletableFuture<Integer> single = pool.applyAsync(() -> 42, told::complete, told::completeExceptionally);
        assertThat(get(told)).isEqualTo(42);
        assertThat(get(single)).isEqualTo(42);
        for (List<Integer> elements : List.of(List.of(1, 2, 3), List.<Integer>of())) {
            CompletableFuture<Object> all = new CompletableFuture<>();
            CompletableFuture<Boolean> inVirtual = new CompletableFuture<>();
            var _ = pool.mapAsync(i -> 2 * i, elements, results -> {
                inVirtual.complete(Thread.currentThread().isVirtual());
                all.complete(results);
            }, all::completeExceptionally);
            assertThat(get(all)).isEqualTo(elements.stream().map(i -> 2 * i).toList());
            assertThat(get(inVirtual)).isTrue();
        }
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        var _ = pool.mapAsync(i -> 10 / i, List.of(1, 0), results -> failure.cancel(false), failure::complete);
        assertThat(get(failure)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> pool.applyAsync(() -> 42, null, told::completeExceptionally))
                .isInstanceOf(NullPointerException.class).hasMessage("callback");
    }

    @Test
    void aListenerGetsProgressInOrderAndTheEndLast() {
        List<Progress> heard = new CopyOnWriteArrayList<>();
        List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
        assertThat(pool.mapAsync(i -> {
            Thread.sleep(5);
            return i;
        }, numbers, TaskOptions.defaults().withName("counted").withChunkSize(2).withProgress(heard::add)).join())
                .isEqualTo(numbers);
        Members.await(() -> !heard.isEmpty() && heard.getLast().done() == 100, () -> "the end: " + heard);
        assertThat(heard).hasSizeGreaterThan(1).extracting(Progress::done).isSorted().doesNotHaveDuplicates();
        assertThat(heard).allMatch(progress -> progress.job().equals("counted") && progress.total() == 100);
    }

    /// What no caller can receive is logged with the name of the pool.
    @Test
    void failuresOfUserCodeAreLogged() {
        try (Logged logged = new Logged("io.sluice.pool")) {
            List<String> messages = logged.messages();
            RuntimeException ofTheUser = new IllegalStateException("of the user");
            pool.execute(() -> {
                throw ofTheUser;
            });
            var _ = pool.applyAsync(() -> 1, result -> {
                throw ofTheUser;
            }, failure -> {});
            assertThat(pool.mapAsync(i -> i, List.of(1, 2), TaskOptions.defaults().withName("reported")
                    .withProgress(progress -> {
                        throw ofTheUser;
                    })).join()).containsExactly(1, 2);
            Members.await(() -> messages.size() == 3, messages::toString);
            assertThat(messages).containsExactlyInAnyOrder("cluster pool 'usual': a task of execute() failed",
                    "cluster pool 'usual': a callback failed",
                    "cluster pool 'usual': the progress listener of 'reported' failed");
        }
    }

    /// Submits an action, and waits for it. @return its future; what is to become garbage is in `garbage`
    private static CompletableFuture<Void> done(List<WeakReference<?>> garbage) throws Exception {
        List<Integer> captured = new ArrayList<>(List.of(1));
        Action action = captured::clear;
        CompletableFuture<Void> future = pool.submit(
                action, TaskOptions.defaults().withDeadline(Duration.ofHours(1)));
        assertThat(get(future)).isNull();
        garbage.add(new WeakReference<>(action));
        return future;
    }

    private static void awaitGarbage(List<WeakReference<?>> garbage) {
        Members.await(() -> {
            System.gc();
            return garbage.stream().allMatch(each -> each.refersTo(null));
        }, () -> "kept: " + garbage.stream().map(WeakReference::get).toList());
    }

    /// A future that is kept keeps no task, and a timer keeps no future.
    @Test
    void aDoneFutureIsKeptByNothingAndKeepsNoTask() throws Exception {
        List<WeakReference<?>> garbage = new ArrayList<>();
        CompletableFuture<Void> kept = done(garbage);
        try {
            awaitGarbage(garbage);
        } finally {
            Reference.reachabilityFence(kept);
        }
        garbage.add(new WeakReference<>(done(garbage)));
        awaitGarbage(garbage);
    }

    private static void awaitFile(Path file) throws Exception {
        while (!Files.exists(file)) {
            Thread.sleep(1);
        }
    }

    /// One element fails once its map has a stage, and the others wait until the map has failed.
    @Test
    void aMapThatFailsBeginsNothingWhileItsStagesRun() throws Exception {
        String root = members.root().toString();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<List<Integer>> map = pool.mapAsync(i -> {
            Files.createFile(Path.of(root, "element-" + i + ".text"));
            awaitFile(Path.of(root, "has-a-stage.text"));
            if (Path.of(root, "fails.text").toFile().createNewFile()) {
                throw new IllegalStateException("element " + i);
            }
            awaitFile(Path.of(root, "has-failed.text"));
            return i;
        }, IntStream.range(0, 20).boxed().toList(), TaskOptions.defaults().withChunkSize(1));
        CompletableFuture<?> stage = map.whenComplete((results, failure) ->
                Members.await(() -> end.getCount() == 0, () -> "the end of the test"));
        try {
            Files.createFile(Path.of(root, "has-a-stage.text"));
            Members.await(map::isDone, pool::toString);
            Files.createFile(Path.of(root, "has-failed.text"));
            assertThat(get(pool.submit(() -> 1))).as("was submitted after all of them").isEqualTo(1);
            try (Stream<Path> files = Files.list(Path.of(root))) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith("element-")).count())
                        .as("of 20 elements").isLessThan(10);
            }
        } finally {
            end.countDown();
        }
        assertThatThrownBy(() -> get(stage)).hasCauseInstanceOf(IllegalStateException.class);
    }

    /// A member decodes no task, whatever its local pool does when its backlog is full.
    @Test
    void onlyWorkersRunTasks() {
        long member = ProcessHandle.current().pid();
        List<CompletableFuture<Long>> calls = new ArrayList<>();
        try (ClusterPool full = ClusterPool.join(first, ClusterOptions.of("rooms").withWorkers(
                        workers().backlog(1, WhenFull.CALLER_RUNS)));
                ClusterPool other = ClusterPool.join(second, ClusterOptions.of("rooms").withoutWorkers())) {
            for (int i = 0; i < 100; i++) {
                calls.add(full.submit(() -> ProcessHandle.current().pid()));
                calls.add(other.submit(() -> ProcessHandle.current().pid()));
            }
            assertThat(calls).extracting(CompletableFuture::join).doesNotContain(member);
        }
    }

    /// A configuration of the caller may contradict the pool's own.
    @Test
    void aPoolThatCannotJoinLeavesNoWorker() {
        Config config = members.alone(2);
        config.addExecutorConfig(new ExecutorConfig("sluice.refused.control").setPoolSize(1));
        long before = ProcessHandle.current().children().count();
        assertThatThrownBy(() -> ClusterPool.join(config, options("refused")))
                .isInstanceOf(InvalidConfigurationException.class);
        Members.await(() -> ProcessHandle.current().children().count() == before, () -> "its worker ends");
        assertThat(members.root().toFile().list()).noneMatch(name -> name.contains("refused"));
    }

    /// As from a member of another build whose release has no number.
    @Test
    void anAnswerWithTooFewResultsFailsItsMap() {
        Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
        ClusterFuture<List<Object>> map = new ClusterFuture<>(dispatcher(wire, answer -> {}));
        MapResults<Object> results = new MapResults<>(map, 2, wire, new ProgressReports("pool", "map", 2, null));
        Call call = new Call(map, "map", new byte[0], new byte[0], false, TaskOptions.defaults(), map,
                (answer, member) -> results.arrived(0, 2, answer, member));
        call.done(wire.results(new Object[] {1}, "there"), second.getCluster().getLocalMember());
        assertThat(map.isDone()).isTrue();
        assertThatThrownBy(map::get).cause().isInstanceOf(CodecException.class).hasMessage(("member %s answered with 1"
                + " results, expected 2; start all members with the same release and class files").formatted(
                        address(second)));
    }

    /// As with every other executor: only a future that was cancelled reports a cancellation.
    @Test
    void aTaskThatThrowsACancellationHasFailed() {
        Task<Integer> task = () -> {
            throw new CancellationException("thrown by the task");
        };
        CompletableFuture<Integer> single = pool.submit(task);
        CompletableFuture<List<Integer>> map = pool.mapAsync(i -> task.call(), List.of(1, 2));
        for (CompletableFuture<?> future : List.of(single, map)) {
            assertThatThrownBy(() -> get(future)).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOf(CancellationException.class).hasMessage("thrown by the task");
            assertThat(future.isCancelled()).isFalse();
        }
        assertThatThrownBy(() -> pool.invokeAny(List.of(task))).isInstanceOf(ExecutionException.class);
    }

    private static String context() {
        return ProcessPool.taskContext().orElse("none");
    }

    @Test
    void theContextOfATaskTravelsWithIt() throws Exception {
        List<Integer> numbers = IntStream.range(0, 20).boxed().toList();
        TaskOptions own = TaskOptions.defaults().withContext("own").withChunkSize(1);
        assertThat(get(pool.submit(ClusterPoolTest::context))).isEqualTo("none");
        assertThat(get(pool.submit(ClusterPoolTest::context, own))).isEqualTo("own");
        assertThat(pool.map(i -> context() + ProcessHandle.current().pid(), numbers, own))
                .allMatch(text -> text.startsWith("own")).as("ran in both members")
                .satisfies(texts -> assertThat(Set.copyOf(texts)).hasSize(2));
        assertThat(get(pool.submit(ClusterPoolTest::context))).as("the last one is over").isEqualTo("none");
        AtomicReference<String> current = new AtomicReference<>("span");
        try (ClusterPool traced = ClusterPool.join(first,
                        ClusterOptions.of("traced").withoutWorkers().withTaskContext(current::get));
                ClusterPool working = ClusterPool.join(second, options("traced"))) {
            assertThat(working.size()).isEqualTo(1);
            assertThat(traced.submit(ClusterPoolTest::context).get()).isEqualTo("span");
            assertThat(traced.submit(ClusterPoolTest::context, own).get()).isEqualTo("own");
            try (ClusterResults<String> results = traced.imap(i -> context(), numbers)) {
                current.set("changed meanwhile");
                assertThat(results.stream().distinct().toList()).containsExactly("span");
            }
            current.set(null);
            assertThat(traced.submit(ClusterPoolTest::context).get()).isEqualTo("none");
        }
    }

    /// Without memory for the thread that sends it, a call fails: neither it nor its place stays open.
    @Test
    void aCallForWhichThereIsNoThreadFails() throws Exception {
        OutOfMemoryError full = new OutOfMemoryError("unable to create a thread");
        Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
        Dispatcher dispatcher = new Dispatcher("threads", first, first.getExecutorService("threads"), wire, call -> {
            throw full;
        }, silent -> {});
        dispatcher.joined(first.getCluster().getLocalMember(), 1);
        for (int i = 0; i < 5; i++) {
            ClusterFuture<Object> future = submitted(dispatcher, wire);
            assertThatThrownBy(() -> get(future)).isInstanceOf(ExecutionException.class).cause().isSameAs(full);
        }
        assertThat(dispatcher).hasToString("0 calls unfinished, 1 members with workers, running");
        dispatcher.left(first.getCluster().getLocalMember().getUuid());
        ClusterFuture<Object> waiting = submitted(dispatcher, wire);
        dispatcher.lostInstance();
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(RejectedExecutionException.class);
        dispatcher.awaitEnd();
    }

    private static ClusterFuture<Object> submitted(Dispatcher dispatcher, Wire wire) {
        return submitted(dispatcher, wire, 1);
    }

    private static ClusterFuture<Object> submitted(Dispatcher dispatcher, Wire wire, int calls) {
        ClusterFuture<Object> future = new ClusterFuture<>(dispatcher);
        dispatcher.submit(future, Stream.generate(() -> call(future, wire)).limit(calls).toList());
        return future;
    }

    private static Call call(ClusterFuture<?> owner, Wire wire) {
        return new Call(owner, "task", wire.value((Task<Integer>) () -> 1), null, false, TaskOptions.defaults(), owner,
                (bytes, member) -> {});
    }

    /// A dispatcher whose calls run in the workers of the usual pool, once the test runs what waits for their answers.
    private static Dispatcher dispatcher(Wire wire, Executor threads) {
        Dispatcher dispatcher = new Dispatcher(
                "usual", first, first.getExecutorService("sluice.usual.calls"), wire, threads, silent -> {});
        dispatcher.joined(first.getCluster().getLocalMember(), 1);
        return dispatcher;
    }

    /// As after a merge of the two parts of a cluster.
    @Test
    void aMemberThatComesBackWithAnotherIdIsKnownOnce() {
        Dispatcher dispatcher = dispatcher(new Wire(List.of(), ClusterOptions.ALLOW), call -> {});
        Member member = first.getCluster().getLocalMember();
        dispatcher.joined(new MemberImpl.Builder(member.getAddress()).version(member.getVersion())
                .uuid(UUID.randomUUID()).build(), 1);
        assertThat(dispatcher).hasToString("0 calls unfinished, 1 members with workers, running");
    }

    /// Memory ends between two calls of a map: none of them is begun, and nothing waits for their ends.
    @Test
    void callsForWhichThereIsNoMemoryAreNotTaken() {
        OutOfMemoryError full = new OutOfMemoryError("no room for another call");
        Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
        List<Runnable> given = new ArrayList<>();
        Dispatcher dispatcher = dispatcher(wire, given::add);
        ClusterFuture<Object> map = new ClusterFuture<>(dispatcher);
        List<Call> calls = List.of(call(map, wire), call(map, wire));
        List<Call> failing = new AbstractList<>() {
            @Override
            public Iterator<Call> iterator() {
                return calls.stream().peek(call -> {
                    if (call.equals(calls.getLast())) {
                        throw full;
                    }
                }).iterator();
            }

            @Override
            public Call get(int index) {
                return calls.get(index);
            }

            @Override
            public int size() {
                return calls.size();
            }
        };
        assertThatThrownBy(() -> dispatcher.submit(map, failing)).isSameAs(full);
        assertThat(dispatcher).hasToString("0 calls unfinished, 1 members with workers, running");
        var _ = submitted(dispatcher, wire);
        assertThat(given).as("the later one alone").hasSize(1);
    }

    /// A call in flight ends while the first future is cancelled: its place is given to nothing.
    @Test
    void whatShutdownNowReturnsNeverBegins() throws Exception {
        Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
        List<Runnable> given = new ArrayList<>();
        Dispatcher dispatcher = dispatcher(wire, given::add);
        AtomicBoolean ended = new AtomicBoolean();
        List<ClusterFuture<Object>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ClusterFuture<Object> future = submitted(dispatcher, wire);
            futures.add(future);
            var _ = future.whenComplete((result, failure) -> {
                if (!ended.getAndSet(true)) {
                    given.getFirst().run();
                }
            });
        }
        assertThat(dispatcher.shutdownNow()).containsExactlyElementsOf(futures.subList(2, 5));
        assertThat(given).as("two calls for a worker").hasSize(2);
        given.getLast().run();
        assertThat(futures).allMatch(CompletableFuture::isCancelled);
        dispatcher.awaitEnd();
    }

    /// Of its three calls, two were given to a member.
    @Test
    void shutdownNowDoesNotReturnAMapThatWasBegun() throws Exception {
        Wire wire = new Wire(List.of(), ClusterOptions.ALLOW);
        List<Runnable> given = new ArrayList<>();
        Dispatcher dispatcher = dispatcher(wire, given::add);
        ClusterFuture<Object> map = submitted(dispatcher, wire, 3);
        assertThat(dispatcher.shutdownNow()).isEmpty();
        assertThat(map.isCancelled()).isTrue();
        assertThat(given).hasSize(2);
        given.forEach(Runnable::run);
        dispatcher.awaitEnd();
    }

    @Test
    void whatATaskThrowsArrivesAndFailsNothingElse() throws Exception {
        CompletableFuture<Object> failed = pool.submit((Task<Object>) () -> {
            throw new IllegalArgumentException("no such book");
        });
        assertThatThrownBy(() -> get(failed)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(IllegalArgumentException.class).hasMessage("no such book")
                .rootCause().hasMessageContaining("member 127.0.0.1:");
        ClusterResults<Integer> results = pool.imap(i -> 10 / i, List.of(1, 0, 2));
        assertThat(results.next()).isEqualTo(10);
        assertThatThrownBy(results::next).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ArithmeticException.class);
        assertThat(results.next()).isEqualTo(5);
        assertThat(results.hasNext()).isFalse();
        assertThatThrownBy(() -> pool.map(i -> 10 / i, List.of(1, 0, 2))).hasCauseInstanceOf(ArithmeticException.class);
    }

    /// The worker dies, and no member.
    @Test
    void aTaskThatEndsItsWorkerFailsOrIsBegunAgainAsItsOptionsSay() throws Exception {
        CompletableFuture<?> died = pool.submit(
                () -> Runtime.getRuntime().halt(3), TaskOptions.defaults().withName("end"));
        assertThatThrownBy(() -> get(died)).cause().isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining("while it ran task 'end'");
        String marker = members.root().resolve("begun.text").toString();
        assertThat(get(pool.submit(() -> {
            Path begun = Path.of(marker);
            if (!Files.exists(begun)) {
                Files.createFile(begun);
                Runtime.getRuntime().halt(3);
            }
            return "again";
        }, TaskOptions.defaults().withRetries(1)))).isEqualTo("again");
        assertThat(pool.map(i -> i, List.of(1, 2, 3))).containsExactly(1, 2, 3);
        assertThat(pool.size()).isEqualTo(2);
    }

    @Test
    void aHandleOfSharedMemoryDoesNotTravel() {
        try (SharedSpace space = SharedSpace.openTemporary("handles");
                SharedQueue<Integer> queue = space.queue("queue", Codec.of(Integer.class), 8)) {
            assertThatThrownBy(() -> pool.submit(() -> queue.size())).isInstanceOf(CodecException.class)
                    .hasMessageContaining("does not travel to another host");
        }
    }

    /// Both workers are interrupted, as otherwise the last call would wait.
    @Test
    void aCancelledTaskIsInterruptedWhereverItRuns() throws Exception {
        Task<Object> sleep = () -> {
            Thread.sleep(Long.MAX_VALUE);
            return null;
        };
        List<CompletableFuture<Object>> sleeping = List.of(pool.submit(sleep), pool.submit(sleep));
        CompletableFuture<Object> late = pool.submit(
                sleep, TaskOptions.defaults().withName("late").withDeadline(Duration.ofMillis(50)));
        assertThatThrownBy(() -> get(late)).hasCauseInstanceOf(TimeoutException.class).hasMessageContaining("'late'");
        sleeping.forEach(future -> assertThat(future.cancel(true)).isTrue());
        assertThat(pool.map(i -> i, IntStream.range(0, 100).boxed().toList(), 1)).hasSize(100);
    }

    @Test
    void aPoolThatWasShutDownEndsItsTasksAndRefusesOthers() throws Exception {
        ClusterPool ending = ClusterPool.join(first, options("ending"));
        CompletableFuture<Integer> last = ending.submit(() -> 1);
        ending.close();
        assertThat(last.isDone()).isTrue();
        assertThat(get(last)).isEqualTo(1);
        assertThat(ending.isTerminated()).isTrue();
        assertThatThrownBy(() -> ending.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class)
                .hasMessage("cluster pool 'ending' was shut down");
    }

    /// Without a worker anywhere, no call begins.
    @Test
    void shutdownNowReturnsWhatWasNeverBegun() throws Exception {
        try (ClusterPool waiting = ClusterPool.join(first, ClusterOptions.of("waiting").withoutWorkers())) {
            CompletableFuture<Integer> never = waiting.submit(() -> 1);
            assertThat(waiting.shutdownNow()).hasSize(1);
            assertThat(never.isCancelled()).isTrue();
        }
    }

    /// A pool without workers whose backlog is full.
    private static ClusterPool full(String name) {
        ClusterPool full = ClusterPool.join(first, ClusterOptions.of(name).withoutWorkers());
        for (int i = 0; i < BACKLOG; i++) {
            var _ = full.submit(() -> {});
        }
        return full;
    }

    /// What a call throws in a thread of its own, once that waits.
    private static FutureTask<Throwable> failureOf(Callable<?> call, Consumer<Thread> whileItWaits) {
        FutureTask<Throwable> failure = new FutureTask<>(() -> catchThrowable(call::call));
        Thread caller = Thread.ofPlatform().daemon().start(failure);
        Members.await(() -> caller.getState() == Thread.State.WAITING
                || caller.getState() == Thread.State.TIMED_WAITING, () -> "" + caller.getState());
        whileItWaits.accept(caller);
        return failure;
    }

    /// A call that cannot throw `InterruptedException` is refused, and keeps the flag.
    @Test
    void aFullBacklogMakesTheSubmitterWait() throws Exception {
        try (ClusterPool full = full("full")) {
            Throwable interrupted = get(failureOf(() -> {
                try {
                    return full.submit(() -> 1).isDone();
                } finally {
                    assertThat(Thread.interrupted()).isTrue();
                }
            }, Thread::interrupt));
            assertThat(interrupted).isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("cluster pool 'full': interrupted while waiting for room in its backlog")
                    .hasCauseInstanceOf(InterruptedException.class);
            Throwable refused = get(failureOf(() -> full.submit(() -> 1).isDone(), submitter -> full.shutdown()));
            assertThat(refused).isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("cluster pool 'full' was shut down");
            assertThat(full.shutdownNow()).hasSize(BACKLOG);
        }
    }

    /// After a time-out, tasks without room are cancelled futures; after an interrupt, all throw
    /// `InterruptedException`.
    @Test
    void bulkCallsWaitForRoomNoLongerThanTheirTimeOut() throws Exception {
        List<Task<Integer>> tasks = List.of(() -> 1, () -> 2);
        try (ClusterPool full = full("bulk")) {
            FutureTask<List<Future<Integer>>> all = start(() -> full.invokeAll(tasks, 20, TimeUnit.MILLISECONDS));
            assertThat(get(all)).hasSize(2).allMatch(Future::isCancelled);
            FutureTask<Integer> any = start(() -> full.invokeAny(tasks, 20, TimeUnit.MILLISECONDS));
            assertThatThrownBy(() -> get(any)).cause().isInstanceOf(TimeoutException.class).hasMessage(
                    "cluster pool 'bulk': no room in its backlog in time, 65,536 calls are unfinished");
            for (Callable<?> call : List.<Callable<?>>of(() -> full.invokeAll(tasks), () -> full.invokeAny(tasks),
                    () -> full.apply(() -> 1))) {
                assertThat(get(failureOf(call, Thread::interrupt))).isInstanceOf(InterruptedException.class);
            }
            assertThat(full.shutdownNow()).as("none was added").hasSize(BACKLOG);
        }
    }

    @Test
    void furtherClassesOfTheJdkTravelIfAllowed() throws Exception {
        CompletableFuture<Object> refused = pool.submit((Task<Object>) () -> new PriorityQueue<>(List.of(2, 1)));
        assertThatThrownBy(() -> get(refused)).cause().isInstanceOf(CodecException.class)
                .hasMessageContaining("ClusterOptions.withAllowed(\"java.util.PriorityQueue\")");
        try (ClusterPool allowing = ClusterPool.join(
                first, options("allowing").withAllowed("java.util.PriorityQueue"))) {
            PriorityQueue<Integer> queue = allowing.apply(() -> new PriorityQueue<>(List.of(2, 1)));
            assertThat(queue.poll()).isEqualTo(1);
        }
    }

    /// The second member leaves while the first one has calls there: they are answered, or go elsewhere.
    @Test
    void aMemberThatLeavesInOrderFailsNoCall() throws Exception {
        try (ClusterPool staying = ClusterPool.join(first, options("staying"))) {
            List<CompletableFuture<Integer>> calls;
            try (ClusterPool leaving = ClusterPool.join(second, options("staying"))) {
                assertThat(leaving.size()).isEqualTo(2);
                Members.await(() -> staying.size() == 2, staying::toString);
                calls = IntStream.range(0, 40).mapToObj(i -> staying.submit(() -> i)).toList();
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(get(calls.get(i))).isEqualTo(i);
            }
            assertThat(staying.size()).isEqualTo(1);
        }
    }

    /// Calls that it had are begun again, and it is given no others.
    @Test
    void aMemberWhoseInitializerFailsTakesNoCallsAway() throws Exception {
        List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
        try (Logged logged = new Logged("io.sluice.pool");
                ClusterPool healthy = ClusterPool.join(first, options("licensed"));
                ClusterPool broken = ClusterPool.join(second, ClusterOptions.of("licensed").withWorkers(
                        workers().initializer(() -> {
                            throw new IllegalStateException("no licence");
                        })))) {
            assertThat(healthy.size()).isEqualTo(2);
            assertThat(healthy.map(i -> i, numbers, TaskOptions.defaults().withChunkSize(1).withRetries(1)))
                    .isEqualTo(numbers);
            assertThat(healthy.map(i -> -i, numbers, 1)).hasSize(100).endsWith(-99);
            assertThat(healthy.members()).containsOnlyKeys(address(first));
            assertThat(broken.submit(() -> 1).get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(logged.messages()).containsExactly(("cluster pool 'licensed': member %s takes no calls any more,"
                    + " as it cannot have workers").formatted(address(second)));
        }
    }

    /// A pool whose member is terminated loses what that member had.
    @Test
    void aMemberThatIsTerminatedIsNamed() throws Exception {
        try (ClusterPool staying = ClusterPool.join(first, ClusterOptions.of("lost").withoutWorkers());
                ClusterPool ended = ClusterPool.join(second, options("lost"))) {
            String marker = members.root().resolve("running.text").toString();
            CompletableFuture<?> lost = staying.submit(() -> {
                Files.createFile(Path.of(marker));
                Thread.sleep(Long.MAX_VALUE);
            }, TaskOptions.defaults().withName("long"));
            Members.await(() -> Files.exists(Path.of(marker)), staying::toString);
            ended.terminate();
            assertThatThrownBy(() -> get(lost)).cause().isInstanceOf(MemberDiedException.class).hasMessage(
                    "cluster pool 'lost': member %s was lost while it had task 'long'; the pool goes on with the others"
                            .formatted(address(second)));
        }
    }

    /// Its call is cancelled, so the only worker is free again; and its own futures fail.
    @Test
    void theCallsOfASubmitterThatDiesAreCancelled() throws Exception {
        HazelcastInstance third = Hazelcast.newHazelcastInstance(members.config(2));
        try (ClusterPool staying = ClusterPool.join(first, options("orphans"));
                ClusterPool dying = ClusterPool.join(third, ClusterOptions.of("orphans").withoutWorkers())) {
            String marker = members.root().resolve("orphan.text").toString();
            CompletableFuture<?> orphan = dying.submit(() -> {
                Files.createFile(Path.of(marker));
                Thread.sleep(Long.MAX_VALUE);
            });
            Members.await(() -> Files.exists(Path.of(marker)), staying::toString);
            third.getLifecycleService().terminate();
            assertThatThrownBy(() -> get(orphan)).cause().isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("of this member has ended; join again");
            assertThatThrownBy(() -> dying.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("of this member has ended; join again");
            assertThat(get(staying.submit(() -> 1))).isEqualTo(1);
        } finally {
            third.getLifecycleService().terminate();
        }
    }

    /// A stage may block, and Hazelcast's threads must not.
    @Test
    void theEndOfAMemberFailsItsCallsInVirtualThreads() throws Exception {
        HazelcastInstance third = Hazelcast.newHazelcastInstance(members.config(2));
        try (ClusterPool dying = ClusterPool.join(third, ClusterOptions.of("unsent").withoutWorkers())) {
            CompletableFuture<Boolean> inVirtual = dying.submit(() -> 1)
                    .handle((result, failure) -> failure != null && Thread.currentThread().isVirtual());
            third.getLifecycleService().terminate();
            assertThat(get(inVirtual)).isTrue();
        } finally {
            third.getLifecycleService().terminate();
        }
    }

    @Test
    void aMemberOfAnotherReleaseIsRefused() {
        try (ClusterPool old = ClusterPool.join(first, ClusterOptions.of("release").withoutWorkers(), false, "1.0")) {
            assertThat(old.name()).isEqualTo("release");
            assertThatThrownBy(() -> ClusterPool.join(
                    second, ClusterOptions.of("release").withoutWorkers(), false, "2.0"))
                    .isInstanceOf(IllegalStateException.class).hasMessage(("cluster pool 'release': member %s runs"
                            + " Sluice 1.0, and this one 2.0; start all members with one release").formatted(
                                    address(first)));
        }
    }

    @Test
    void aMemberWithOtherClassesIsNamed() {
        String without = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(path -> !path.endsWith("ipc-cluster/target/test-classes")).collect(Collectors.joining(":"));
        try (ClusterPool submitter = ClusterPool.join(first, ClusterOptions.of("classes").withoutWorkers());
                ClusterPool other = ClusterPool.join(second, ClusterOptions.of("classes").withWorkers(
                        workers().classPath(without)))) {
            assertThat(other.size()).isEqualTo(1);
            CompletableFuture<Integer> failed = submitter.submit(() -> 1);
            assertThatThrownBy(() -> get(failed)).cause().isInstanceOf(CodecException.class)
                    .hasMessageStartingWith("member %s cannot decode the task: ".formatted(address(second)))
                    .hasMessageContaining(getClass().getName())
                    .hasMessageEndingWith("; start all members with the same class files");
        }
    }

    @Test
    void anInstanceJoinsAPoolOnce() {
        assertThatThrownBy(() -> ClusterPool.join(first, ClusterOptions.of("usual").withoutWorkers()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("is in it already");
    }

    @Test
    void telemetryIsOff() {
        assertThat(ClusterPool.config("quiet").getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    }
}
