package io.sluice.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// One end of a gateway against frames that the test writes. The test turns it and tells it the time, so a silence of
/// ten seconds takes no time.
abstract class OneEnd {
    final Host host = new Host();
    final SharedSpace space = host.space("here");
    final Endpoint endpoint = Endpoint.parse("127.0.0.1:" + Host.freePort());
    final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    final Report report = new Report(new PrintStream(printed, true, UTF_8),
            new PrintStream(printed, true, UTF_8));
    final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();
    Media media;
    SharedRing ring;
    Flow flow;
    Board board;
    LocalObject local;
    long now;
    int number;                      // of the last message that was put, or taken

    @BeforeEach
    void startDriver() {
        ring = space.ring("numbers", RingOptions.oneToOne(16).withSlotBytes(512));
        System.setProperty("aeron.image.liveness.timeout", "500ms");
        connect();
    }

    void connect() {
        media = Media.embedded(host.root().resolve(".driver"), 10_000);
    }

    @AfterEach
    void closeEverything() {
        System.clearProperty("aeron.image.liveness.timeout");
        closeEnd();
        space.close();
        host.close();
    }

    /// Ends this end and its driver; the object and the ledger stay.
    void closeEnd() {
        if (flow != null) {
            flow.close();
            local.close();
            flow = null;
        }
        media.close();
    }

    String text() {
        return printed.toString(UTF_8);
    }

    void turn() {
        media.work();
        flow.work(now);
    }

    void offer(ExclusivePublication publication, int length) {
        Host.await(() -> {
            turn();
            return publication.offer(frame, 0, length) > 0;
        }, this::text);
    }

    void inbound() {
        inbound("numbers");
    }

    void inbound(String object) {
        local = LocalObject.open("here", object);
        board = Board.open(local, "in", 1, Ledger.ELEMENTS);
        flow = new Inbound(new Target(local.incoming(false)), board, new Ledger(board), report, object,
                endpoint.thereIn(), endpoint.back(), 1, Policy.BLOCK, true);
        begin();
    }

    private void begin() {
        flow.attach(media.aeron());
        now = System.nanoTime();         // not before the flow was made
    }

    void outbound() {
        outbound("numbers");
    }

    void outbound(String object) {
        local = LocalObject.open("here", object);
        board = Board.open(local, "out", 1, Board.HEADER);
        flow = new Outbound(new Source(local.outgoing(false)), board, report, object,
                endpoint.there(), endpoint.backIn(), 1, Policy.BLOCK, 1);
        begin();
    }

    void replayer() {
        local = LocalObject.open("here", "numbers");
        board = Board.open(local, "in", 1, Ledger.ELEMENTS);
        flow = new Replayer(new Target(local.incoming(false)), board, new Ledger(board), report, "numbers",
                endpoint.thereIn(), endpoint.back(), 1, 0, true);
        begin();
    }

    /// Puts messages of these lengths; the type of each is its number, counted from 1.
    void put(int... lengths) {
        Claim claim = new Claim();
        try (RingProducer producer = ring.producer()) {
            for (int length : lengths) {
                assertThat(producer.tryClaim(claim, ++number, length)).as("room for message %d", number).isTrue();
                claim.buffer().setMemory(0, length, (byte) number);
                claim.commit();
            }
        }
    }

    /// Takes what was delivered, which must be whole and go on in order. @return the number of the last message
    int take(RingConsumer consumer) {
        consumer.read((type, buffer, index, length) -> {
            assertThat(type).isEqualTo(++number);
            for (int i = 0; i < length; i++) {
                assertThat(buffer.getByte(index + i)).as("message %d", number).isEqualTo((byte) number);
            }
        }, Integer.MAX_VALUE);
        return number;
    }

    /// Waits for a HELLO of the sender. @return what it calls itself
    long incarnation(Subscription data) {
        long[] found = new long[1];
        await(() -> {
            now += TimeUnit.MILLISECONDS.toNanos(100);
            data.poll((buffer, offset, _, _) -> found[0] = Wire.incarnation(buffer, offset), 1);
            return found[0] != 0;
        });
        return found[0];
    }

    int status(int flags, long incarnation, long receiver, long delivered) {
        Wire.putStatus(frame, flags, incarnation, receiver, delivered);
        return Wire.STATUS_BYTES;
    }

    int hello(long incarnation, UUID object) {
        return hello(incarnation, object, 1, 0);
    }

    int hello(long incarnation, UUID object, long first, long sent) {
        return hello(0, incarnation, object, first, sent);
    }

    int hello(int flags, long incarnation, UUID object, long first, long sent) {
        return new Wire.Hello(flags, incarnation, first, sent, 0, object.getMostSignificantBits(),
                object.getLeastSignificantBits(), local.form().code(), local.object().elementType()).write(frame);
    }

    /// Messages in one frame; each has its sequence as position and type, and in all its bytes.
    int data(long sequence, int... lengths) {
        return dataFrom(sequence, sequence, lengths);
    }

    /// The same with other positions, as of a sender that numbers anew.
    int dataFrom(long position, long sequence, int... lengths) {
        Wire.putData(frame, lengths.length, sequence);
        int end = Wire.DATA_BYTES;
        for (int i = 0; i < lengths.length; i++) {
            Wire.putMessage(frame, end, lengths[i], (int) position + i, position + i);
            frame.setMemory(end + Wire.MESSAGE_BYTES, lengths[i], (byte) (position + i));
            end += Wire.MESSAGE_BYTES + lengths[i];
        }
        return end;
    }

    long counter(Board.Counter counter) {
        flow.publishCounters();
        return board.get(counter);
    }

    void await(BooleanSupplier condition) {
        Host.await(() -> {
            turn();
            return condition.getAsBoolean();
        }, this::text);
    }
}
