package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A file that is truncated while it is open: one exception names the object, and a close still closes
/// everything else.
class TruncationTest {
    private static final Map<String, Function<SharedSpace, ObjectHandle>> KINDS = Map.ofEntries(
            Map.entry("queue", space -> space.queue("x", Codec.longs(), 8)),
            Map.entry("task-queue", space -> {
                var queue = space.taskQueue("x", Codec.longs(), 8);
                queue.offer(1L);
                queue.poll();
                return queue;
            }),
            Map.entry("ring", space -> {
                var ring = space.ring("x", RingOptions.oneToOne(8));
                assertThat(ring.producer()).isNotNull();
                return ring;
            }),
            Map.entry("pipe", space -> {
                var pipe = space.pipe("x");
                assertThat(pipe.first().isClosed()).isFalse();
                return pipe;
            }),
            Map.entry("lock", space -> space.lock("x")),
            Map.entry("read-write-lock", space -> space.readWriteLock("x")),
            Map.entry("semaphore", space -> space.semaphore("x", 2)),
            Map.entry("event", space -> space.event("x")),
            Map.entry("latch", space -> space.countDownLatch("x", 2)),
            Map.entry("barrier", space -> space.barrier("x", 2)),
            Map.entry("number", space -> space.longValue("x", 2)),
            Map.entry("value", space -> space.value("x", Codec.longs(), 2L)),
            Map.entry("array", space -> space.longArray("x", 10_000)));

    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    static Stream<String> kinds() {
        return KINDS.keySet().stream().sorted();
    }

    private static void truncate(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    /// The close of a space names the truncated object, and leaves every other object and the space.
    @ParameterizedTest
    @MethodSource("kinds")
    void closingNamesTheObjectAndGoesOn(String kind) throws IOException {
        SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()));
        var before = space.longValue("before", 1);
        ObjectHandle truncated = KINDS.get(kind).apply(space);
        var after = space.longValue("y-after", 1);
        truncate(space.path().resolve("x"));
        assertThatThrownBy(space::close)
                .isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("'x' was truncated while it was open: it was created with")
                .hasCauseInstanceOf(InternalError.class)
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .allSatisfy(also -> assertThat(also).isInstanceOf(CorruptObjectException.class)));
        assertThat(List.of(before.isClosed(), after.isClosed())).containsOnly(true);
        SpaceInfo outside = SpaceView.of(root.path(), "s");
        assertThat(outside.owners()).noneMatch(SpaceInfo.Owner::alive);
        assertThat(outside.objects()).extracting(ObjectInfo::live).containsExactly(0, 0);
        assertThat(outside.unreadable()).containsOnlyKeys("x");
        truncated.close();
        assertThat(openFiles()).noneMatch(file -> file.startsWith(root.path().toString()));
    }

    /// A handle that is closed alone says the same, and a second close does nothing.
    @ParameterizedTest
    @MethodSource("kinds")
    void closingOneHandleNamesTheObject(String kind) throws IOException {
        try (SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()))) {
            ObjectHandle truncated = KINDS.get(kind).apply(space);
            truncate(space.path().resolve("x"));
            assertThatThrownBy(truncated::close)
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("'x' was truncated while it was open");
            truncated.close();
            assertThat(space.unlink("x")).isTrue();
        }
        assertThat(root.space("s")).doesNotExist();
    }

    /// A lister and an attacher in this process see what is wrong; nothing crashes.
    @Test
    void listersAndAttachersAreTold() throws IOException {
        try (Space space = root.open("s")) {
            SharedObject object = space.open(TestRoot.persistent("x"));
            truncate(object.file());
            assertThat(SpaceView.of(root.path(), "s").unreadable()).containsOnlyKeys("x");
            assertThatThrownBy(object::close)
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("'x' was truncated");
            assertThatThrownBy(() -> space.attach("x", Kind.QUEUE)).isInstanceOf(CorruptObjectException.class);
            space.unlink("x");
        }
    }

    /// The death of a process that had a truncated object open is cleaned up after in all others.
    @Test
    void recoveryGoesOn() throws IOException {
        try (Space space = root.open("s")) {
            SharedObject truncated = space.open(TestRoot.persistent("x"));
            SharedObject healthy = space.open(TestRoot.persistent("y"));
            Child victim = root.child().does("space s", "persistent x", "persistent y");
            victim.kill();
            truncate(truncated.file());
            space.sweep();
            assertThat(SpaceView.of(root.path(), "s").objects()).extracting(ObjectInfo::dead).containsExactly(0);
            assertThat(healthy.isClosed()).isFalse();
            assertThatThrownBy(truncated::close).isInstanceOf(CorruptObjectException.class);
            space.unlink("x");
            space.unlink("y");
        }
    }

    private static List<String> openFiles() throws IOException {
        try (var all = java.nio.file.Files.list(Path.of("/proc/self/fd"))) {
            return all.map(TruncationTest::target).toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return java.nio.file.Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
