package io.sluice.shm.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.object.Space;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Corrupt side files and slots: no length is trusted, no bytes of other messages are returned, every loop ends, and
/// damaged messages are dropped.
@Timeout(60)
class DamagedElementsTest {
    private static final int LARGE = 12_000;
    /// From the core's `RingLayout`: the first slot, the flag of a shutdown, and the fields of a slot.
    private static final int FIRST_SLOT = 4096;
    private static final int SHUTDOWN = 388;
    private static final int MESSAGE_LENGTH = 8;
    private static final int MESSAGE_TYPE = 12;
    private static final int PAYLOAD = 16;

    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();
    private final Space raw = Space.open(Path.of(sandbox.root()), Sandbox.SPACE);

    private interface Action {
        Object run() throws Exception;
    }

    @AfterEach
    void removeEverything() {
        raw.close();
        sandbox.close();
    }

    private long body(String name, Kind kind) {
        SharedObject object = raw.attach(name, kind);
        return object.address();
    }

    private Path sideFile() {
        List<String> names = sandbox.files().stream().filter(name -> name.startsWith(".large-")).toList();
        assertThat(names).hasSize(1);
        return raw.path().resolve(names.getFirst());
    }

    private static void resize(Path file, long length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(length);
        }
    }

    private static byte[] secret() {
        byte[] bytes = new byte[LARGE];
        Arrays.fill(bytes, (byte) 0x55);
        return bytes;
    }

    /// A side file that was cut short, emptied or lengthened: no byte of an earlier message is returned.
    @Test
    void aSideFileOfAnotherLengthIsRefused() throws Exception {
        SharedQueue<byte[]> queue = space.queue("q", Codec.bytes(), 4);
        queue.add(secret());
        assertThat(queue.poll()).hasSize(LARGE);
        List<Action> looks = List.of(queue::peek, () -> queue.iterator().next());
        List<Action> takes = List.of(queue::poll, queue::take, () -> queue.poll(1, TimeUnit.SECONDS),
                () -> queue.drainTo(new ArrayList<>()));
        for (int length : new int[] {40, 0, LARGE - 1, LARGE + 1}) {
            for (Action take : takes) {
                queue.add(new byte[LARGE]);
                resize(sideFile(), length);
                for (Action look : looks) {
                    assertThatThrownBy(look::run).isInstanceOf(CorruptObjectException.class);
                }
                assertThatThrownBy(take::run).isInstanceOf(CorruptObjectException.class)
                        .hasMessageContaining("'q': the large message at position ")
                        .hasMessageContaining("has %,d bytes by its slot and %,d in its file".formatted(LARGE, length));
                assertThat(queue).isEmpty();
                assertThat(sandbox.files()).containsExactly("q");
            }
        }
        goesRound(queue);
    }

    private static void goesRound(SharedQueue<byte[]> queue) {
        for (int i = 0; i < 3 * queue.capacity(); i++) {
            assertThat(queue.offer(new byte[i])).isTrue();
            assertThat(queue.poll()).hasSize(i);
        }
    }

    @Test
    void aTaskQueueRefusesASideFileOfAnotherLength() throws Exception {
        SharedTaskQueue<byte[]> tasks = space.taskQueue("t", Codec.bytes(), 4);
        tasks.put(new byte[LARGE]);
        resize(sideFile(), 40);
        assertThatThrownBy(tasks::take).isInstanceOf(CorruptObjectException.class);
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(sandbox.files()).containsExactly("t");
    }

    @Test
    void aPipeRefusesASideFileOfAnotherLength() throws Exception {
        SharedPipe<byte[]> pipe = space.pipe("p", Codec.bytes());
        try (Connection<byte[]> first = pipe.first(); Connection<byte[]> second = pipe.second()) {
            byte[] large = new byte[1 << 20];
            first.send(large.clone());
            assertThat(second.receive()).hasSize(large.length);
            first.send(large);
            resize(sideFile(), 40);
            assertThatThrownBy(second::receive).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("'p': the large message at position ");
            first.sendBytes(large);
            resize(sideFile(), 40);
            assertThatThrownBy(second::receiveBytes).isInstanceOf(CorruptObjectException.class);
            first.sendBytes(large);
            resize(sideFile(), large.length + 1L);
            ByteBuffer target = ByteBuffer.allocate(large.length);
            assertThatThrownBy(() -> second.receiveInto(target)).isInstanceOf(CorruptObjectException.class);
            assertThat(target.position()).isZero();
            first.sendBytes(large);
            Files.delete(sideFile());
            assertThatThrownBy(second::receiveBytes).isInstanceOf(NoSuchObjectException.class);
            first.send(new byte[3]);
            assertThat(second.receive()).hasSize(3);
            second.send(large);                          // side files of the other direction have other names
            resize(sideFile(), 40);
            assertThatThrownBy(first::receive).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("'p': the large message at position 0 has");
        }
        assertThat(sandbox.files()).containsExactly("p");
    }

    /// A side file that was removed from outside: a read reports it, and does not retry.
    @Test
    void aRemovedSideFileIsReported() throws IOException {
        SharedQueue<byte[]> queue = space.queue("q", Codec.bytes(), 4);
        queue.add(new byte[LARGE]);
        queue.add(new byte[3]);
        Files.delete(sideFile());
        assertThatThrownBy(queue::peek).isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("'q': the bytes of the large message at position 0 are gone");
        Iterator<byte[]> iterator = queue.iterator();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchObjectException.class);
        assertThat(iterator.next()).hasSize(3);
        assertThatThrownBy(queue::poll).isInstanceOf(NoSuchObjectException.class);
        assertThat(queue.poll()).hasSize(3);
        goesRound(queue);
    }

    /// Corrupt lengths and types in a slot; no memory of a corrupt length is allocated.
    @Test
    void aCorruptSlotIsRefused() {
        SharedQueue<byte[]> queue = space.queue("q", Codec.bytes(), 4);
        long slot = body("q", Kind.QUEUE) + FIRST_SLOT;
        int slotBytes = slotBytes(slot - FIRST_SLOT);
        int[][] damages = {
            {PAYLOAD, 1 << 30}, {PAYLOAD, Integer.MAX_VALUE}, {PAYLOAD, -1}, {PAYLOAD, 0}, {PAYLOAD, Integer.MIN_VALUE},
            {MESSAGE_LENGTH, -1}, {MESSAGE_LENGTH, 1 << 30}, {MESSAGE_LENGTH, 3},
            {MESSAGE_TYPE, 2}, {MESSAGE_TYPE, -1}};
        int position = 0;
        for (int[] damage : damages) {
            queue.add(new byte[LARGE]);
            Memory.putInt(slot + (long) (position++ % 4) * slotBytes + damage[0], damage[1]);
            List<Action> looks = List.of(queue::peek, () -> queue.iterator().next());
            for (Action look : looks) {
                assertThat(catchThrowable(look::run)).as("%d at %d", damage[1], damage[0])
                        .isInstanceOf(CorruptObjectException.class);
            }
            assertThat(catchThrowable(queue::poll)).as("%d at %d", damage[1], damage[0])
                    .isInstanceOf(CorruptObjectException.class).hasMessageContaining("'q'")
                    .hasMessageContaining("position " + (position - 1));
            assertThat(queue).isEmpty();
            assertThat(sandbox.files()).containsExactly("q");
        }
        goesRound(queue);
    }

    @Test
    void aCorruptMessageInAPipeIsRefused() throws Exception {
        SharedPipe<byte[]> pipe = space.pipe("p", Codec.bytes());
        try (Connection<byte[]> first = pipe.first(); Connection<byte[]> second = pipe.second()) {
            long slot = body("p", Kind.PIPE) + FIRST_SLOT;
            first.send(new byte[1 << 20]);
            Memory.putInt(slot + PAYLOAD, 1 << 30);
            assertThatThrownBy(second::receive).isInstanceOf(CorruptObjectException.class);
            first.send(new byte[4]);
            long next = slot + slotBytes(slot - FIRST_SLOT);
            assertThat(Memory.getInt(next + MESSAGE_LENGTH)).isEqualTo(4);
            Memory.putInt(next + MESSAGE_TYPE, 99);
            assertThatThrownBy(second::receive).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("pipe 'p': the message at position 1 has type 99 and length 4");
            first.send(new byte[3]);
            Memory.putInt(next + slotBytes(slot - FIRST_SLOT) + MESSAGE_TYPE, 2);
            assertThatThrownBy(second::receive).isInstanceOf(CorruptObjectException.class);
            first.send(new byte[3]);
            assertThat(second.receive()).hasSize(3);
        }
    }

    private static int slotBytes(long ring) {
        return Memory.getInt(ring + 12);
    }

    /// A pipe is never shut down as a ring is; one whose memory says so is corrupt. Messages sent before are received,
    /// a wait ends, and no later wait becomes a loop that ignores interrupts.
    @Test
    void aPipeThatSaysItWasShutDownIsDamaged() throws Exception {
        SharedPipe<byte[]> pipe = space.pipe("p", Codec.bytes());
        try (Connection<byte[]> first = pipe.first(); Connection<byte[]> second = pipe.second();
                Threads threads = Threads.platform()) {
            long flag = body("p", Kind.PIPE) + SHUTDOWN;
            Reply<byte[]> waits = threads.start(desk -> {
                desk.tellWhenWaiting();
                return second.receive();
            });
            waits.awaitWaiting();
            Memory.putIntVolatile(flag, 7);
            assertThat(waits.failure()).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("pipe 'p': its ring says that it was shut down");
            assertThatThrownBy(() -> first.send(new byte[3])).isInstanceOf(CorruptObjectException.class);
            Memory.putIntVolatile(flag, 0);
            first.send(new byte[3]);
            Memory.putIntVolatile(flag, 7);
            assertThat(second.receive()).hasSize(3);
            assertThat(second.poll(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(second::receive).isInstanceOf(CorruptObjectException.class);
        }
    }
}
