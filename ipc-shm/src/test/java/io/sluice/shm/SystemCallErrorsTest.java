package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.CallFaults;
import io.sluice.shm.linux.CallFaults.Call;
import io.sluice.shm.linux.CallFaults.Operation;
import io.sluice.shm.object.SpaceView;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each system call of each operation fails, with the error numbers that it can have when memory, space or descriptors
/// are short, the medium fails or a signal comes: with one of them in every build, with each in the long form. Either
/// the operation does without the call, or it throws an exception that names call, object and error. Then no
/// descriptor, no mapping and no file is left, and this process and another one use the space as before.
@Tag(Campaign.TAG)
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SystemCallErrorsTest {
    private static final int LARGE = 200_000;

    private static Campaign campaign;
    private static CallFaults faults;

    private final Sandbox sandbox = new Sandbox();
    private final Path root = Path.of(sandbox.root());
    private SharedSpace space;
    private Peer peer;
    private int places;

    @BeforeAll
    static void filter() throws Exception {
        campaign = Campaign.begin("sluice.call.errors", 1, 5);
        try {
            faults = new CallFaults();
        } catch (UnsupportedOperationException refused) {
            assumeTrue(false, refused.getMessage());
        }
    }

    @AfterAll
    static void end() {
        if (faults != null) {
            faults.close();
        }
    }

    @BeforeEach
    void open() {
        space = sandbox.open();
        peer = sandbox.peer();
    }

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private SpaceOptions here() {
        return SpaceOptions.under(root);
    }

    /// What an operation must leave as it was. The file of a large message that was taken, and could not be removed,
    /// goes when its object is closed. The error log of the space may tell of the refusal.
    private record State(int descriptors, long mappings, List<String> files) {
        static State of(Path root) {
            try (var descriptors = Files.list(Path.of("/proc/self/fd"));
                    var mappings = Files.lines(Path.of("/proc/self/maps"));
                    var files = Files.walk(root)) {
                return new State((int) descriptors.count(),
                        mappings.filter(line -> line.contains(root.toString())).count(),
                        files.map(Path::toString).filter(file -> !file.contains("/.large-") && !file.endsWith("/.errors"))
                                .sorted().toList());
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        /// Waits until nothing is here that was not there before. Other threads of the JVM have descriptors for
        /// moments, and the collector of the JVM closes what earlier tests have dropped; what leaks stays.
        static void assertNoMoreThan(State before, Path root, String place) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            State now = of(root);
            while (!now.isWithin(before) && System.nanoTime() - end < 0) {
                Thread.sleep(10);
                now = of(root);
            }
            assertThat(now.isWithin(before)).as("%s: %s, before %s", place, now, before).isTrue();
        }

        State withFiles(List<String> others) {
            return new State(descriptors, mappings, others);
        }

        private boolean isWithin(State before) {
            return descriptors <= before.descriptors && mappings <= before.mappings && files.equals(before.files);
        }
    }

    /// Lets each call of an operation fail in turn.
    ///
    /// @param before brings about the state that the operation needs
    /// @param after checks what the operation has left, and brings back the state from before `before`
    private void failEachCall(String name, Operation before, Operation operation, Operation after) throws Exception {
        before.run();
        operation.run();                 // loads the classes
        after.run();
        before.run();
        List<Call> first = faults.calls(operation);      // of another thread: it shares the ends of the rings
        assertThat(first).isNotEmpty();
        after.run();
        before.run();
        List<Call> calls = faults.calls(operation);
        after.run();
        State state = State.of(root);
        for (int round = 0; campaign.goesOn(round); round++) {
            for (int nth = 1; nth <= calls.size(); nth++) {
                int[] errors = CallFaults.errors(calls.get(nth - 1));
                if (round < errors.length) {
                    String place = "%s, call %d of %d, %s".formatted(name, nth, calls.size(), calls.get(nth - 1));
                    failOnce(place, nth, errors[(nth + round) % errors.length], before, operation, after);
                    State.assertNoMoreThan(state, root, place);
                }
            }
        }
    }

    private void failOnce(String call, int nth, int error, Operation before, Operation operation, Operation after)
            throws Exception {
        String place = "%s, error %d".formatted(call, error);
        before.run();
        Throwable thrown = faults.fails(nth, error, operation);
        try {
            if (thrown != null) {
                assertThat(thrown).as(place).isInstanceOf(SystemCallException.class)
                        .hasMessageMatching("(?s).+ of '.+' failed, E[A-Z]+: .+");
                assertThat(((SystemCallException) thrown).errno()).as(place).isEqualTo(error);
            }
            after.run();
        } catch (Exception | AssertionError failure) {
            if (thrown != null) {
                failure.addSuppressed(thrown);
            }
            throw new AssertionError(place, failure);
        }
        places += faults.hit() ? 1 : 0;
    }

    private void failEachCall(String name, Operation operation, Operation after) throws Exception {
        failEachCall(name, () -> {}, operation, after);
    }

    @Test
    void anOpeningOfASpaceIsDoneOrUndone() throws Exception {
        failEachCall("open", () -> SharedSpace.open("fresh", here()).close(), () -> {
            SpaceView.clean(root);
            SharedSpace.open("fresh", here()).close();
            assertThat(root.resolve("fresh")).doesNotExist();
        });
        failEachCall("open temporary", () -> SharedSpace.open("brief", here().withTemporary(true)).close(), () -> {
            SpaceView.clean(root);
            assertThat(root.resolve("brief")).doesNotExist();
        });
        assertThat(places).isGreaterThan(60);
    }

    private static Map<String, Operation> openings(SharedSpace space) {
        Map<String, Operation> all = new LinkedHashMap<>();
        all.put("queue", () -> space.queue("x", Codec.bytes(), 4).close());
        all.put("task queue", () -> space.taskQueue("x", Codec.bytes(), 4).close());
        all.put("ring", () -> space.ring("x", RingOptions.oneToOne(8)).close());
        all.put("pipe", () -> space.pipe("x").close());
        all.put("lock", () -> space.lock("x").close());
        all.put("read-write lock", () -> space.readWriteLock("x").close());
        all.put("semaphore", () -> space.semaphore("x", 1).close());
        all.put("event", () -> space.event("x").close());
        all.put("latch", () -> space.countDownLatch("x", 1).close());
        all.put("barrier", () -> space.barrier("x", 2).close());
        all.put("long", () -> space.longValue("x", 1).close());
        all.put("value", () -> space.value("x", Codec.longs(), 1L).close());
        all.put("array", () -> space.longArray("x", 8).close());
        return all;
    }

    @Test
    void aCreationIsDoneOrUndone() throws Exception {
        String home = sandbox.root();
        for (var opening : openings(space).entrySet()) {
            failEachCall("create " + opening.getKey(), opening.getValue(), () -> {
                space.unlink("x");
                assertThat(peer.<Boolean>call(desk -> {
                    try (var queue = desk.space(home).queue("x", Codec.longs(), 2)) {
                        return queue.offer(1L) && queue.poll() == 1 && desk.space(home).unlink("x");
                    }
                })).isTrue();
            });
        }
    }

    @Test
    void anAttachIsDoneOrUndone() throws Exception {
        String home = sandbox.root();
        peer.call(desk -> {
            desk.keep("x", desk.space(home).queue("x", Codec.longs(), 4));
            return null;
        });
        failEachCall("attach", () -> space.queue("x", Codec.longs(), 4).close(), () -> {
            try (var queue = space.queue("x", Codec.longs(), 4)) {
                assertThat(queue.offer(1L)).isTrue();
            }
            assertThat(peer.<Boolean>call(desk -> desk.kept("x", SharedQueue.class).poll().equals(1L))).isTrue();
        });
    }

    /// A put is done or refused, and a take too: no large element is lost for want of a resource.
    @Test
    void largeElementsArePutAndTakenOrStay() throws Exception {
        byte[] large = new byte[LARGE];
        large[LARGE - 1] = 7;
        try (var queue = space.queue("q", Codec.bytes(), 4);
                var tasks = space.taskQueue("t", Codec.bytes(), 4);
                var pipe = space.pipe("p");
                var first = pipe.first();
                var second = pipe.second()) {
            failEachCall("put", () -> queue.put(large), () -> {
                byte[] taken = queue.poll();
                assertThat(taken == null || taken[LARGE - 1] == 7).isTrue();
                assertThat(queue.poll()).isNull();
                assertThat(queue.offer(large)).isTrue();
                assertThat(queue.poll()).isEqualTo(large);
            });
            failEachCall("take", () -> queue.put(large), queue::take, () -> {
                byte[] taken = queue.poll();
                assertThat(taken == null || taken[LARGE - 1] == 7).isTrue();
                assertThat(queue.poll()).isNull();
            });
            failEachCall("peek", () -> queue.put(large), queue::peek, () -> assertThat(queue.poll()).isEqualTo(large));
            failEachCall("task", () -> tasks.put(large), () -> {
                tasks.take();
                tasks.taskDone();
            }, () -> {
                if (tasks.poll() != null) {
                    tasks.taskDone();
                }
                assertThat(tasks.leased()).isZero();
                assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
            });
            byte[] last = {9};
            Operation receiveTheRest = () -> {
                first.send(last);
                byte[] received = second.receive();
                if (received.length == LARGE) {
                    assertThat(received).isEqualTo(large);
                    received = second.receive();
                }
                assertThat(received).isEqualTo(last);
            };
            failEachCall("send", () -> first.send(large), receiveTheRest);
            failEachCall("receive", () -> first.send(large), second::receive, receiveTheRest);
        }
        assertThat(sandbox.files()).containsExactly("p", "q", "t");
    }

    @Test
    void waitsGoOn() throws Exception {
        String home = sandbox.root();
        try (var lock = space.lock("l"); var event = space.event("e"); var semaphore = space.semaphore("m", 0)) {
            peer.call(desk -> {
                var held = desk.space(home).lock("l");
                held.lock();
                desk.keep("l", held);
                return null;
            });
            failEachCall("lock", () -> assertThat(lock.tryLock(30, TimeUnit.MILLISECONDS)).isFalse(), () -> {});
            failEachCall("event", () -> assertThat(event.await(30, TimeUnit.MILLISECONDS)).isFalse(), () -> {});
            failEachCall("semaphore", () -> assertThat(semaphore.tryAcquire(30, TimeUnit.MILLISECONDS)).isFalse(),
                    () -> {});
            assertThat(places).isPositive();
        }
    }

    @Test
    void listsUnlinksAndSweepsAreDoneOrFail() throws Exception {
        space.queue("x", Codec.longs(), 4).close();
        failEachCall("list", () -> space.list(), () -> assertThat(space.list()).hasSize(1));
        failEachCall("view", () -> SpaceView.of(root, Sandbox.SPACE), () -> {});
        failEachCall("sweep", () -> space.sweep(), () -> space.sweep());
        failEachCall("unlink", () -> space.queue("y", Codec.bytes(), 4).close(), () -> space.unlink("y"),
                () -> space.unlink("y"));
        failEachCall("clean", () -> SharedSpace.open("fresh", here()).close(), () -> SpaceView.clean(root),
                () -> SpaceView.clean(root));
        assertThat(places).isGreaterThan(15);
    }

    /// An opening recovers what a dead process held. If it fails, the next one does it.
    @Test
    void aRecoveryIsDoneOrLeftToTheNextProcess() throws Exception {
        int spaces = 120;
        String home = sandbox.root();
        Peer victim = sandbox.peer();
        victim.call(desk -> {
            for (int i = 0; i < spaces; i++) {
                SharedSpace own = SharedSpace.open("d" + i, SpaceOptions.under(Path.of(home)));
                SharedTaskQueue<byte[]> tasks = own.taskQueue("t", Codec.bytes(), 4);
                tasks.put(new byte[LARGE]);
                tasks.take();
                var semaphore = own.semaphore("m", 1);
                semaphore.acquire();
                desk.keep("d" + i, List.of(own, tasks, semaphore));
            }
            return null;
        });
        victim.kill();
        victim.awaitDeath();
        assertRecovered("d0");
        State before = State.of(root);
        List<Call> calls = faults.calls(() -> SharedSpace.open("d1", here()).close());
        int used = 2;
        List<Integer> missed = new ArrayList<>();
        for (int nth = 1; nth <= calls.size(); nth++) {
            int[] errors = CallFaults.errors(calls.get(nth - 1));
            if (errors.length > 0) {
                String own = "d" + used++;
                String place = "call %d of %d, %s, error %d in %s".formatted(
                        nth, calls.size(), calls.get(nth - 1), errors[0], own);
                Throwable thrown = faults.fails(nth, errors[0], () -> SharedSpace.open(own, here()).close());
                try {
                    assertThat(thrown == null || thrown instanceof SystemCallException).as(place).isTrue();
                    assertRecovered(own);
                } catch (Exception | AssertionError failure) {
                    if (thrown != null) {
                        failure.addSuppressed(thrown);
                    }
                    throw new AssertionError(place, failure);
                }
                State.assertNoMoreThan(before.withFiles(State.of(root).files()), root, place);
                if (!faults.hit()) {
                    missed.add(nth);
                }
            }
        }
        assertThat(missed).hasSizeLessThan(calls.size() / 4);
    }

    private void assertRecovered(String name) throws Exception {
        try (SharedSpace own = SharedSpace.open(name, here());
                var tasks = own.taskQueue("t", Codec.bytes(), 4);
                var semaphore = own.semaphore("m", 1)) {
            assertThat(semaphore.tryAcquire()).as("permit").isTrue();
            semaphore.release();
            assertThat(tasks.poll()).as("task").hasSize(LARGE);
            tasks.taskDone();
            assertThat(tasks.join(0, TimeUnit.SECONDS)).as("join").isTrue();
            own.unlink("t");
            own.unlink("m");
        }
        assertThat(root.resolve(name)).doesNotExist();
    }
}
