package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Codecs that fail, elements that are too large, and what a queue says of itself.
@Timeout(60)
class SharedQueueTest {
    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// Fails for negative numbers on the way in, and for odd ones on the way out; numbers from 1000 claim to be huge.
    private record Moody() implements Codec<Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public int encode(Integer value, MutableDirectBuffer buffer, int offset) {
            if (value < 0) {
                buffer.putInt(offset, value);
                throw new IllegalStateException("cannot encode " + value);
            }
            if (value >= 1000) {
                buffer.putByte(Integer.MAX_VALUE - 1, (byte) 1);
            }
            buffer.putInt(offset, value);
            return Integer.BYTES;
        }

        @Override
        public Integer decode(DirectBuffer buffer, int offset, int length) {
            int value = buffer.getInt(offset);
            if (value % 2 != 0) {
                throw new IllegalStateException("cannot decode " + value);
            }
            return value;
        }

        @Override
        public String identity() {
            return "moody";
        }
    }

    @Test
    void aWaitForAnElementTakesNone() throws Exception {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 2);
        assertThat(queue.awaitReady(0, TimeUnit.SECONDS)).isFalse();
        assertThat(queue.awaitReady(1, TimeUnit.MILLISECONDS)).isFalse();
        CompletableFuture<Boolean> there = CompletableFuture.supplyAsync(() -> awaitReady(queue));
        queue.put(7);
        assertThat(there.get()).isTrue();
        assertThat(queue.awaitReady(0, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.take()).isEqualTo(7);
        assertThat(queue.awaitReady(0, TimeUnit.SECONDS)).isFalse();
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> awaitReady(queue));
        queue.shutdown();
        assertThat(ended.get()).isTrue();
        assertThat(queue.isEnded()).isTrue();
        queue.close();
        assertThatThrownBy(() -> queue.awaitReady(1, TimeUnit.DAYS)).isInstanceOf(ClosedException.class);
    }

    private static boolean awaitReady(SharedQueue<Integer> queue) {
        try {
            return queue.awaitReady(1, TimeUnit.DAYS);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /// An encoder that throws enqueues nothing and takes no room, by whichever method.
    @Test
    void anEncoderThatThrowsEnqueuesNothing() {
        SharedQueue<Integer> queue = space.queue("q", new Moody(), 2);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> queue.put(-1)).hasMessage("cannot encode -1");
            assertThatThrownBy(() -> queue.offer(-2)).hasMessage("cannot encode -2");
            assertThatThrownBy(() -> queue.add(-3)).hasMessage("cannot encode -3");
        }
        assertThat(queue).isEmpty();
        assertThat(queue.addAll(List.of(2, 4))).isTrue();
        assertThat(queue).containsExactly(2, 4);
    }

    /// An element that does not decode is reported to one consumer and dropped, so that the others go on.
    @Test
    void anElementThatDoesNotDecodeIsDropped() {
        SharedQueue<Integer> queue = space.queue("q", new Moody(), 2);
        queue.addAll(List.of(1, 2));
        assertThatThrownBy(queue::peek).hasMessage("cannot decode 1");
        assertThatThrownBy(queue::poll).hasMessage("cannot decode 1");
        assertThat(queue.poll()).isEqualTo(2);
        assertThat(queue.poll()).isNull();
        assertThat(queue.addAll(List.of(2, 4))).isTrue();
    }

    /// A buffer that another codec wrote is an exception of the codec, not a crash.
    @Test
    void foreignBytesAreAnExceptionOfTheCodec() {
        record Lying() implements Codec<String> {
            private static final long serialVersionUID = 1L;

            @Override
            public int encode(String value, MutableDirectBuffer buffer, int offset) {
                buffer.putByte(offset, (byte) 0xFF);
                return 1;
            }

            @Override
            public String decode(DirectBuffer buffer, int offset, int length) {
                return Codec.strings().decode(buffer, offset, length);
            }

            @Override
            public String identity() {
                return Codec.strings().identity();
            }
        }
        SharedQueue<String> queue = space.queue("q", new Lying(), QueueOptions.of(64).withSlotBytes(64));
        queue.add("x");
        assertThatThrownBy(queue::poll).isInstanceOf(CodecException.class);
        assertThat(queue.poll()).isNull();
    }

    /// A codec reads zeros after the close of the object, and says so in its own way; the cause is the close.
    @Test
    void aCloseDuringTheDecodingIsNoFailureOfTheCodec() {
        final class Closing implements Codec<Integer> {
            private static final long serialVersionUID = 1L;

            private transient SharedQueue<Integer> queue;

            @Override
            public int encode(Integer value, MutableDirectBuffer buffer, int offset) {
                return Codec.ints().encode(value, buffer, offset);
            }

            @Override
            public Integer decode(DirectBuffer buffer, int offset, int length) {
                queue.close();
                throw new CodecException("these bytes are no number");
            }

            @Override
            public String identity() {
                return Codec.ints().identity();
            }
        }
        for (boolean takes : List.of(true, false)) {
            Closing codec = new Closing();
            codec.queue = space.queue("closing" + takes, codec, 4);
            codec.queue.add(1);
            assertThatThrownBy(takes ? codec.queue::poll : codec.queue::peek).isInstanceOf(ClosedException.class);
        }
    }

    /// An element longer than any message is refused with the reason, and nothing is enqueued.
    @Test
    void anElementBeyondAllLimitsIsRefused() {
        SharedQueue<Integer> queue = space.queue("q", new Moody(), 4);
        assertThatThrownBy(() -> queue.put(1000))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("split the message");
        assertThat(queue).isEmpty();
        assertThat(queue.offer(2)).isTrue();
    }

    /// On a full `/dev/shm` a large element is refused with the reason, nothing is left of it, and small ones go on.
    @Test
    void aLargeElementThatHasNoSpaceIsRefused() throws IOException, InterruptedException {
        Path small = Files.createTempDirectory(
                Path.of("/dev/shm"), "sluice-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", small.toString());
        try {
            assumeThat(mounted).as("may mount a tmpfs").isTrue();
            try (SharedSpace own = SharedSpace.open("s", SpaceOptions.under(small));
                    SharedQueue<byte[]> queue = own.queue("q", Codec.bytes(), 4)) {
                for (int i = 0; i < 10; i++) {
                    assertThatThrownBy(() -> queue.put(new byte[4 << 20]))
                            .isInstanceOf(SystemCallException.class)
                            .hasMessageContaining("space");
                    assertThat(queue.offer(new byte[100_000])).isTrue();
                    assertThat(queue.poll()).hasSize(100_000);
                    assertThat(queue.poll()).isNull();
                }
                assertThat(own.path().toFile().list()).containsExactlyInAnyOrder(".alive", ".registry", "q");
            }
        } finally {
            if (mounted) {
                assertThat(run("umount", small.toString())).isTrue();
            }
            Files.delete(small);
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor() == 0;
    }

    /// The text for people.
    @Test
    void aQueueSaysWhatItIs() {
        SharedQueue<String> queue = space.queue("lines", Codec.strings(), 1024);
        queue.add("x");
        assertThat(queue).hasToString("SharedQueue[lines, 1 of 1,024, String]");
        queue.close();
        assertThat(queue).hasToString("SharedQueue[lines, closed]");
    }

    /// A capacity is positive; nothing is created otherwise.
    @Test
    void capacitiesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> space.queue("q", Codec.ints(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity of 0 slots is not between 1 and");
        assertThatThrownBy(() -> space.queue("q", Codec.ints(), -5)).isInstanceOf(IllegalArgumentException.class);
        assertThat(sandbox.files()).isEmpty();
    }
}
