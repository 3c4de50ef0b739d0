package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Spaces that become unreachable without a close.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ForgottenSpaceTest {
    private static final String SPACE = "forgotten";
    private static final int TIMES = 3;

    private final TestRoot root = new TestRoot();

    @AfterEach
    void cleanUp() {
        root.close();
    }

    /// A part of a space that users can hold alone, and that must work as long as it is reachable.
    record Held(String what, Function<SharedSpace, Runnable> take) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Held> things() {
        return Stream.of(
                new Held("the space", space -> () -> space.longValue("late", 5).close()),
                new Held("a queue", space -> {
                    var queue = space.queue("o", Codec.longs(), 4);
                    return () -> {
                        queue.add(1L);
                        assertThat(queue.remove()).isEqualTo(1);
                    };
                }),
                new Held("an iterator of a queue", space -> {
                    var queue = space.queue("o", Codec.longs(), 4);
                    for (long i = 0; i < 4; i++) {
                        queue.add(i);
                    }
                    Iterator<Long> iterator = queue.iterator();
                    return iterator::next;
                }),
                new Held("a producer of a ring", space -> {
                    RingProducer producer = space.ring("o", RingOptions.oneToOne(16)).producer();
                    var claim = new Claim();
                    return () -> {
                        assertThat(producer.tryClaim(claim, 1, 8)).isTrue();
                        claim.commit();
                    };
                }),
                new Held("a consumer of a ring", space -> {
                    var ring = space.ring("o", RingOptions.oneToOne(16));
                    fill(ring.producer());
                    RingConsumer consumer = ring.consumer();
                    return () -> assertThat(consumer.read((type, buffer, index, length) -> {}, 1)).isEqualTo(1);
                }),
                new Held("a subscriber", space -> {
                    var ring = space.ring("o", RingOptions.broadcast(16));
                    RingConsumer consumer = ring.subscribe(SlowConsumer.BLOCK);
                    fill(ring.producer());
                    return () -> assertThat(consumer.read((type, buffer, index, length) -> {}, 1)).isEqualTo(1);
                }),
                new Held("a condition", space -> {
                    var condition = space.lock("o").newCondition();
                    return () -> assertThatThrownBy(condition::signal)
                            .isInstanceOf(IllegalMonitorStateException.class);
                }),
                new Held("a read lock", space -> {
                    var lock = space.readWriteLock("o").readLock();
                    return () -> assertThat(inside(lock)).isTrue();
                }),
                new Held("the lock of a value", space -> {
                    var lock = space.longValue("o", 1).lock();
                    return () -> assertThat(inside(lock)).isTrue();
                }),
                new Held("a semaphore", space -> {
                    var semaphore = space.semaphore("o", 1);
                    return () -> {
                        assertThat(semaphore.tryAcquire()).isTrue();
                        semaphore.release();
                    };
                }),
                new Held("a connection of a pipe", space -> {
                    var connection = space.pipe("o").first();
                    return () -> assertThat(connection.toString()).isNotEmpty();
                }),
                new Held("a value", space -> {
                    var value = space.value("o", Codec.longs(), 1L);
                    return () -> value.set(value.get() + 1);
                }),
                new Held("a segment of an array", space -> {
                    MemorySegment segment = space.longArray("o", 4).asSegment();
                    return () -> segment.setAtIndex(
                            ValueLayout.JAVA_LONG, 0, segment.getAtIndex(ValueLayout.JAVA_LONG, 0) + 1);
                }));
    }

    private static boolean inside(Lock lock) {
        lock.lock();
        try {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static void fill(RingProducer producer) {
        var claim = new Claim();
        for (int i = 0; i < TIMES; i++) {
            assertThat(producer.tryClaim(claim, 1, 8)).isTrue();
            claim.commit();
        }
    }

    /// The held part keeps the space open; when it is dropped too, the only slot becomes free.
    @ParameterizedTest
    @MethodSource("things")
    void whatUsersHoldKeepsTheSpaceOpen(Held held) throws InterruptedException {
        useWhileGarbageIsCollected(held);
        awaitNoOwner();
        try (SharedSpace again = SharedSpace.open(SPACE, SpaceOptions.under(root.path()))) {
            assertThat(again.list()).as("persistent objects stay").isNotEmpty();
        }
    }

    private void useWhileGarbageIsCollected(Held held) throws InterruptedException {
        Runnable use = held.take.apply(SharedSpace.open(SPACE, SpaceOptions.under(root.path()).withMaxProcesses(1)));
        for (int i = 0; i < TIMES; i++) {
            collectGarbage();
            use.run();
            assertThat(owners()).as("owners of the space while a user holds " + held).isEqualTo(1);
        }
    }

    private static void collectGarbage() throws InterruptedException {
        var canary = new WeakReference<>(new Object());
        while (canary.get() != null) {
            System.gc();
            Thread.sleep(1);     // the collector runs in its own time
        }
    }

    private int owners() {
        return SpaceView.of(root.path(), SPACE).owners().size();
    }

    private void awaitNoOwner() throws InterruptedException {
        while (owners() != 0) {
            collectGarbage();
        }
    }

    /// The lock is poisoned as by a death, so that the next holder learns of it; the element that was put is there.
    @Test
    void whatWasHeldIsGivenBackAndWhatWasDoneStays() throws InterruptedException {
        holdAndForget();
        awaitNoOwner();
        try (SharedSpace space = SharedSpace.open(SPACE, SpaceOptions.under(root.path()))) {
            assertThat(space.queue("q", Codec.longs(), 4).poll()).isEqualTo(7);
            assertThat(space.semaphore("s", 1).tryAcquire()).isTrue();
            assertThat(space.lock("l").isPoisoned()).isTrue();
        }
    }

    private void holdAndForget() {
        SharedSpace space = SharedSpace.open(SPACE, SpaceOptions.under(root.path()));
        space.queue("q", Codec.longs(), 4).add(7L);
        assertThat(space.semaphore("s", 1).tryAcquire()).isTrue();
        space.lock("l").lock();
    }

    /// Without waiting for the cleaner of the process: the opener leaves the old life itself.
    @Test
    void aForgottenSpaceCanBeOpenedAgainAtOnce() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            openAndForget(i);
        }
        awaitNoOwner();
    }

    private void openAndForget(int round) throws InterruptedException {
        SharedSpace space = SharedSpace.open(SPACE, SpaceOptions.under(root.path()).withMaxProcesses(1));
        assertThat(space.longValue("n", 0).getAndAdd(1)).isEqualTo(round);
        if (round % 2 == 1) {
            space = null;
            collectGarbage();
        }
    }

    @Test
    void aForgottenTemporarySpaceIsRemoved() throws IOException, InterruptedException {
        openTemporaryAndForget();
        while (!isEmpty(root.path())) {      // the space, and then its note
            collectGarbage();
        }
        assertThat(root.space(SPACE)).doesNotExist();
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private void openTemporaryAndForget() {
        Space space = Space.open(SPACE, SpaceOptions.under(root.path()).withTemporary(true));
        assertThat(space.open(TestRoot.temporary("o")).name()).isEqualTo("o");
    }
}
