package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingConsumer;
import io.sluice.shm.object.Kind;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several messages in one frame: how a sender packs them, and what a receiver does with all of them, with a part, and
/// with lengths that are wrong.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PackingTest extends OneEnd {
    private static final UUID OBJECT = new UUID(1, 1);
    private static final long SENDER = 5;
    private static final long RECEIVER = 71;
    private static final int MTU = 1408 - 32;    // Aeron's default, without its header

    private final List<String> frames = new ArrayList<>();
    private final FragmentAssembler frameReader = new FragmentAssembler((buffer, offset, length, _) -> {
        if (Wire.isData(buffer, offset, length)) {
            frames.add("%d+%d of %d bytes".formatted(
                    Wire.sequence(buffer, offset), Wire.count(buffer, offset), length));
        }
    });

    /// Waits for as many frames as are expected. It is just these that the sender has sent.
    private void awaitFrames(Subscription data, String... expected) {
        await(() -> {
            data.poll(frameReader, 10);
            return frames.size() >= expected.length;
        });
        assertThat(frames).containsExactly(expected);
    }

    private static String packet(long first, int... lengths) {
        int bytes = Wire.DATA_BYTES + lengths.length * Wire.MESSAGE_BYTES + Arrays.stream(lengths).sum();
        return "%d+%d of %d bytes".formatted(first, lengths.length, bytes);
    }

    private static int rest(int... lengths) {
        return MTU - Wire.DATA_BYTES - (lengths.length + 1) * Wire.MESSAGE_BYTES - Arrays.stream(lengths).sum();
    }

    /// What waits goes in as few frames as it fits into, up to the last byte; a longer message goes alone, and one that
    /// comes alone waits for no other.
    @Test
    void aFrameTakesWhatIsThereAndFits() {
        outbound();
        int full = rest(500, 0);
        put(500, 0, full, 500, 0, full + 1, 1_400, 8, 0, 0);
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            long incarnation = incarnation(data);
            offer(statuses, status(0, incarnation, RECEIVER, 0));
            awaitFrames(data, packet(1, 500, 0, full), packet(4, 500, 0), packet(6, full + 1), packet(7, 1_400),
                    packet(8, 8, 0, 0));
            offer(statuses, status(0, incarnation, RECEIVER, 10));
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 10);
            put(8);
            awaitFrames(data, packet(1, 500, 0, full), packet(4, 500, 0), packet(6, full + 1), packet(7, 1_400),
                    packet(8, 8, 0, 0), packet(11, 8));
            assertThat(counter(Board.Counter.MESSAGES)).isEqualTo(11);
            assertThat(counter(Board.Counter.BYTES)).isEqualTo(500 + full + 500 + full + 1 + 1_400 + 8 + 8);
        }
    }

    /// The sender goes back into the middle of a frame, and packs anew: what was sent before is counted as repeated.
    @Test
    void aSenderGoesBackIntoAFrame() {
        outbound();
        put(8, 8, 8, 8);
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            long incarnation = incarnation(data);
            offer(statuses, status(0, incarnation, RECEIVER, 0));
            awaitFrames(data, packet(1, 8, 8, 8, 8));
            put(16);
            awaitFrames(data, packet(1, 8, 8, 8, 8), packet(5, 16));
            offer(statuses, status(Wire.RESUME, incarnation, RECEIVER, 2));
            awaitFrames(data, packet(1, 8, 8, 8, 8), packet(5, 16), packet(3, 8, 8, 16));
            assertThat(counter(Board.Counter.REPEATED)).isEqualTo(3);
            assertThat(counter(Board.Counter.BYTES)).isEqualTo(4 * 8 + 16);
            offer(statuses, status(0, incarnation, RECEIVER, 3));      // in the middle of a frame
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 3);
        }
        closeEnd();                      // a death: the next one begins behind what was acknowledged
        connect();
        frames.clear();
        put(24);
        outbound();
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            offer(statuses, status(0, incarnation(data), RECEIVER, 0));
            awaitFrames(data, packet(1, 8, 16, 24));
        }
    }

    /// A frame is lost, its messages come again in another packing, and each is delivered once. The same from a sender
    /// that was restarted, and to a receiver that was.
    @Test
    void eachMessageOfAFrameIsDeliveredOnce() {
        inbound();
        try (RingConsumer consumer = ring.consumer()) {
            try (ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
                offer(sender, hello(SENDER, OBJECT));
                offer(sender, data(1, 8, 0, 300));
                offer(sender, data(7, 8, 8));                            // 4 to 6 are missing
                await(() -> counter(Board.Counter.MESSAGES) == 3);
                offer(sender, data(3, 300, 8, 0, 8, 8));
                await(() -> counter(Board.Counter.MESSAGES) == 7);
                assertThat(counter(Board.Counter.REPEATED)).isEqualTo(1);
                assertThat(take(consumer)).isEqualTo(7);
                offer(sender, hello(SENDER + 1, OBJECT));                // restarted: it numbers anew
                offer(sender, dataFrom(6, 1, 8, 8, 0, 8));               // 6 and 7 of before, and two more
                await(() -> counter(Board.Counter.MESSAGES) == 9);
                assertThat(counter(Board.Counter.REPEATED)).isEqualTo(3);
            }
            closeEnd();                                                  // the receiver is restarted
            connect();
            inbound();
            try (ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
                offer(sender, hello(SENDER + 1, OBJECT));
                offer(sender, dataFrom(8, 3, 0, 8, 16, 8));
                await(() -> counter(Board.Counter.MESSAGES) == 2);       // of this process
                assertThat(counter(Board.Counter.REPEATED)).isEqualTo(2);
                assertThat(take(consumer)).isEqualTo(11);
            }
        }
    }

    /// The object is full in the middle of a frame: the rest is delivered when there is room, and nothing twice.
    @Test
    void aFrameWaitsForRoomInItsMiddle() {
        inbound();
        try (RingConsumer consumer = ring.consumer();
                ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
            offer(sender, hello(SENDER, OBJECT));
            offer(sender, data(1, new int[40]));
            for (int room = 16; room <= 32; room += 16) {
                int most = room;
                await(() -> counter(Board.Counter.MESSAGES) == most);
                for (int i = 0; i < 5; i++) {
                    turn();
                }
                assertThat(take(consumer)).isEqualTo(room);
            }
            await(() -> counter(Board.Counter.MESSAGES) == 40);
            assertThat(take(consumer)).isEqualTo(40);
            assertThat(counter(Board.Counter.REPEATED)).isZero();
        }
    }

    /// The sender pays for each status. So there is one for many frames while they come, and one soon after the last.
    @Test
    void aReceiverAcknowledgesManyFramesAtOnce() {
        inbound();
        try (ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1);
                Subscription statuses = media.aeron().addSubscription(endpoint.backIn(), -1)) {
            List<Long> acknowledged = new ArrayList<>();
            FragmentHandler handler = (buffer, offset, _, _) -> acknowledged.add(Wire.delivered(buffer, offset));
            offer(sender, hello(SENDER, OBJECT));
            await(() -> statuses.poll(handler, 10) > 0);
            for (int first = 1; first <= 10; first += 3) {
                offer(sender, data(first, 8, 8, 8));
                int delivered = first + 2;
                await(() -> counter(Board.Counter.MESSAGES) == delivered);
            }
            now += TimeUnit.MICROSECONDS.toNanos(50);
            await(() -> statuses.poll(handler, 10) > 0);
            assertThat(acknowledged).containsExactly(0L, 12L);
        }
    }

    /// A frame whose lengths do not add up is not looked at, as if it were lost: nothing of it is delivered, and the
    /// receiver asks for it.
    @Test
    void aDamagedFrameIsAsGoodAsLost() {
        inbound();
        try (RingConsumer consumer = ring.consumer();
                ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1);
                Subscription statuses = media.aeron().addSubscription(endpoint.backIn(), -1)) {
            offer(sender, hello(SENDER, OBJECT));
            offer(sender, data(1, 8, 8));
            int second = Wire.DATA_BYTES + Wire.MESSAGE_BYTES + 8;
            for (int wrong : new int[] {-1, 0, 7, 9, 24, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                int length = data(3, 8, 8, 8);
                frame.putInt(second, wrong);
                offer(sender, length);
            }
            for (int wrong : new int[] {-1, 0, 2, 4, Integer.MAX_VALUE}) {
                int length = data(3, 8, 8, 8);
                frame.putInt(4, wrong);              // the count
                offer(sender, length);
            }
            offer(sender, data(3, 8, 8, 8) - 1);     // cut
            offer(sender, hello(SENDER, OBJECT, 1, 5));
            boolean[] asked = new boolean[1];
            await(() -> {
                now += TimeUnit.MILLISECONDS.toNanos(10);
                statuses.poll((buffer, offset, _, _) -> asked[0] |=
                        (Wire.flags(buffer, offset) & Wire.RESUME) != 0 && Wire.delivered(buffer, offset) == 2, 10);
                return asked[0];
            });
            offer(sender, data(3, 8, 8, 8));
            await(() -> counter(Board.Counter.MESSAGES) == 5);
            assertThat(take(consumer)).isEqualTo(5);
        }
    }

    /// The type of a queue's message says at the receiver whether a file there holds it. A sender has no say in that.
    @Test
    void aTypeThatClaimsAFileIsNotBelieved() {
        try (SharedQueue<byte[]> queue = space.queue("elements", Codec.bytes(), 16)) {
            inbound("elements");
            try (ExclusivePublication sender = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
                offer(sender, hello(SENDER, OBJECT));
                int length = data(1, 8);
                Wire.putMessage(frame, Wire.DATA_BYTES, 8, Kind.ELEMENT_IN_FILE, 1);
                offer(sender, length);
                await(() -> counter(Board.Counter.MESSAGES) == 1);
                assertThat(queue.poll()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1);
            }
        }
    }

    /// Random damage, in a buffer that throws beyond its end: what passes the check can be walked through to its end.
    @Test
    void whatPassesTheCheckCanBeRead() {
        Random random = new Random(67);
        MemoryBuffer damaged = new MemoryBuffer();
        int passed = 0;
        for (int round = 0; round < 200_000; round++) {
            int[] lengths = random.ints(1 + random.nextInt(5), 0, 20).toArray();
            int length = data(1, lengths);
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                int at = random.nextInt(length);
                frame.putByte(at, (byte) (random.nextBoolean() ? random.nextInt() : frame.getByte(at) ^ 1 << damage));
            }
            length -= random.nextInt(4) == 0 ? random.nextInt(length + 1) : 0;
            damaged.wrap(frame, 0, length);
            if (Wire.isOurs(damaged, 0, length) && Wire.isData(damaged, 0, length)) {
                int end = Wire.DATA_BYTES;
                for (int i = 0; i < Wire.count(damaged, 0); i++) {
                    end += Wire.MESSAGE_BYTES + Wire.messageLength(damaged, end);
                }
                assertThat(end).isEqualTo(length);
                passed++;
            }
        }
        assertThat(passed).isPositive();
    }
}
