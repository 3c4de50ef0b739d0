package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.MismatchException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a caller chooses at the door: the options of an object, and how one handle is opened.
class DoorTest {
    private SharedSpace space;

    @BeforeEach
    void open() {
        space = SharedSpace.openTemporary();
    }

    @AfterEach
    void close() {
        space.close();
    }

    /// A factory method for each kind of handle.
    static List<Function<SharedSpace, ObjectHandle>> kinds() {
        return List.of(
                space -> space.queue("o", Codec.ints(), 4),
                space -> space.taskQueue("o", Codec.ints(), 4),
                space -> space.ring("o", RingOptions.oneToOne(4)),
                space -> space.pipe("o"),
                space -> space.service("o", Codec.ints(), Codec.longs()),
                space -> space.lock("o"),
                space -> space.reentrantLock("o"),
                space -> space.readWriteLock("o"),
                space -> space.semaphore("o", 1),
                space -> space.event("o"),
                space -> space.countDownLatch("o", 1),
                space -> space.barrier("o", 2),
                space -> space.longValue("o", 1),
                space -> space.intValue("o", 1),
                space -> space.doubleValue("o", 1),
                space -> space.booleanValue("o", true),
                space -> space.value("o", Codec.ints(), 1),
                space -> space.recordArray("o", Codec.ints(), 4, 1),
                space -> space.byteArray("o", 4),
                space -> space.shortArray("o", 4),
                space -> space.charArray("o", 4),
                space -> space.intArray("o", 4),
                space -> space.longArray("o", 4),
                space -> space.floatArray("o", 4),
                space -> space.doubleArray("o", 4));
    }

    /// The object is the same for handles that wait differently, and a sent handle waits as its original.
    @ParameterizedTest
    @MethodSource("kinds")
    void eachHandleWaitsAsItsDoorSaysWhereverItTravels(Function<SharedSpace, ObjectHandle> kind) throws Exception {
        for (WaitStrategy waiting : WaitStrategy.values()) {
            try (ObjectHandle handle = kind.apply(space.with(waiting)); ObjectHandle sent = copied(handle)) {
                assertThat(((NamedHandle) handle).reference().waiting()).isEqualTo(waiting);
                assertThat(((NamedHandle) sent).reference().waiting()).isEqualTo(waiting);
            }
        }
        try (ObjectHandle usual = kind.apply(space)) {
            assertThat(((NamedHandle) usual).reference().waiting()).isEqualTo(WaitStrategy.ADAPTIVE);
        }
    }

    private static ObjectHandle copied(ObjectHandle handle) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(handle);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (ObjectHandle) in.readObject();
        }
    }

    @Test
    void theChoicesAtTheDoorAddUp() {
        SharedSpace creating = space.with(OpenMode.CREATE).with(WaitStrategy.PARK);
        try (SharedQueue<Integer> queue = creating.queue("q", Codec.ints(), 4);
                SharedQueue<Integer> nameless = space.with(WaitStrategy.PARK).queue(Codec.ints(), 4)) {
            assertThat(queue.reference().waiting()).isEqualTo(WaitStrategy.PARK);
            assertThat(nameless.reference().waiting()).isEqualTo(WaitStrategy.PARK);
            assertThatThrownBy(() -> creating.queue("q", Codec.ints(), 4)).isInstanceOf(ObjectExistsException.class);
        }
    }

    @Test
    void aQueueHasTheSlotsOfItsOptions() {
        try (var queue = space.queue("q", Codec.ints(), QueueOptions.of(5).withSlotBytes(1024));
                var tasks = space.taskQueue("t", Codec.strings(), QueueOptions.of(5));
                var pipe = space.pipe("p", Codec.ints(), PipeOptions.simplex().withCapacity(8).withSlotBytes(256))) {
            assertThat(queue.capacity()).isEqualTo(5);
            assertThat(tasks.capacity()).isEqualTo(5);
            assertThat(pipe.isDuplex()).isFalse();
            var parameters = space.list().stream().map(object -> object.name() + object.parameters()).toList();
            assertThat(parameters).containsExactly(
                    "p{capacity=8, slotBytes=256, producers=1, consumers=1, duplex=0}",
                    "q{capacity=5, slotBytes=1024, producers=2, consumers=2}",
                    "t{capacity=5, slotBytes=%d, producers=2, consumers=2}".formatted(
                            QueueOptions.of(5).ring(Codec.strings()).slotBytes()));
        }
    }

    /// Wrong numbers are refused when the options are made, before a name is taken.
    @Test
    void optionsRefuseWrongNumbers() {
        assertThatThrownBy(() -> QueueOptions.of(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("queue: capacity of 0 slots is not between 1 and 1,073,741,824");
        assertThatThrownBy(() -> QueueOptions.of(1).withSlotBytes(100)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slot of 100 bytes");
        assertThatThrownBy(() -> PipeOptions.defaults().withCapacity(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PipeOptions.defaults().withSlotBytes(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpaceOptions.defaults().withMaxProcesses(0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 processes");
        assertThatThrownBy(() -> SpaceOptions.defaults().withMaxProcesses(1024))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Each difference by its name and with its meaning.
    @Test
    void aMismatchSaysWhatDiffers() {
        try (var _ = space.pipe("p", Codec.ints(), PipeOptions.simplex()); var _ = space.lock("l");
                var _ = space.recordArray("a", Codec.ints(), 4, 1)) {
            assertThatThrownBy(() -> space.pipe("p", Codec.ints())).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("(duplex: expected true, found false; body bytes: expected ");
            assertThatThrownBy(() -> space.lock("l", LockOptions.ignore())).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("(onOwnerDeath: expected IGNORE, found POISON)");
            assertThatThrownBy(() -> space.event("l")).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("(kind: expected EVENT, found LOCK; body bytes: expected ");
        }
        assertThatThrownBy(() -> space.recordArray("b", Codec.ints(), Long.MAX_VALUE / 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'b': 1,152,921,504,606,846,975 values of 4 bytes are impossible");
    }

    /// Messages that do not fit into a slot.
    @Test
    void aSmallPipePassesMessages() throws Exception {
        try (SharedPipe<String> pipe = space.pipe("p", Codec.strings(), PipeOptions.defaults().withCapacity(4));
                var first = pipe.first(); var second = pipe.second()) {
            for (int i = 0; i < 10; i++) {
                first.send("a message of more than one slot, since a slot of a cache line has 48 bytes: " + i);
                assertThat(second.receive()).endsWith(": " + i);
            }
        }
    }

    @Test
    void aRootShowsItsSpacesFromOutside() {
        Path path = space.path().getParent();
        assertThat(SpaceRoot.usual().path()).isEqualTo(path);
        try (SharedSpace other = SharedSpace.open(
                space.name() + "-under", SpaceOptions.under(path).withTemporary(true));
                var _ = other.event("e")) {
            SpaceRoot root = new SpaceRoot(path);
            assertThat(root.spaces()).contains(space.name(), other.name());
            assertThat(root.info(other.name()).objects()).extracting("name").containsExactly("e");
            assertThat(root.unlink(other.name(), "e")).isTrue();
            assertThat(root.unlink(other.name(), "e")).isFalse();
        }
        assertThat(SpaceRoot.usual().spaces()).doesNotContain(space.name() + "-under");
    }
}
