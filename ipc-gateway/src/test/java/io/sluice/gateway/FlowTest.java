package io.sluice.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.ring.Claim;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One end of a gateway against frames that the test writes. The test turns it and tells it the time, so a silence of
/// ten seconds takes no time.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlowTest {
    private static final long FIRST = 71;
    private static final long SECOND = 72;
    private static final long THIRD = 73;

    private final Host host = new Host();
    private final SharedSpace space = host.space("here");
    private final Endpoint endpoint = Endpoint.parse("127.0.0.1:" + Host.freePort());
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Report report = new Report(new PrintStream(printed, true, UTF_8),
            new PrintStream(printed, true, UTF_8));
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();
    private Media media;
    private SharedRing ring;
    private Flow flow;
    private Board board;
    private LocalObject local;
    private long now = System.nanoTime();

    @BeforeEach
    void startDriver() {
        ring = space.ring("numbers", RingOptions.oneToOne(16).withSlotBytes(512));
        System.setProperty("aeron.image.liveness.timeout", "500ms");
        media = Media.embedded(host.root().resolve(".driver"), 10_000);
    }

    @AfterEach
    void closeEverything() {
        System.clearProperty("aeron.image.liveness.timeout");
        if (flow != null) {
            flow.close();
            local.close();
        }
        media.close();
        space.close();
        host.close();
    }

    private String text() {
        return printed.toString(UTF_8);
    }

    private void turn() {
        media.work();
        flow.work(now);
    }

    private void offer(ExclusivePublication publication, int length) {
        Host.await(() -> {
            turn();
            return publication.offer(frame, 0, length) > 0;
        }, this::text);
    }

    private void inbound() {
        local = LocalObject.open("here", "numbers");
        board = Board.open(local, "in", 1, Ledger.ELEMENTS);
        flow = new Inbound(new Target(local.incoming(false)), board, new Ledger(board), report, "numbers",
                endpoint.thereIn(), endpoint.back(), 1, Policy.BLOCK, true);
        flow.attach(media.aeron());
    }

    private void outbound() {
        local = LocalObject.open("here", "numbers");
        board = Board.open(local, "out", 1, Board.HEADER);
        flow = new Outbound(new Source(local.outgoing(false)), board, report, "numbers",
                endpoint.there(), endpoint.backIn(), 1, Policy.BLOCK, 1);
        flow.attach(media.aeron());
    }

    private void put(int messages) {
        Claim claim = new Claim();
        try (RingProducer producer = ring.producer()) {
            for (int i = 0; i < messages; i++) {
                assertThat(producer.tryClaim(claim, 0, 8)).isTrue();
                claim.commit();
            }
        }
    }

    /// Waits for a HELLO of the sender. @return what it calls itself
    private long incarnation(Subscription data) {
        long[] found = new long[1];
        await(() -> {
            now += TimeUnit.MILLISECONDS.toNanos(100);
            data.poll((buffer, offset, _, _) -> found[0] = Wire.incarnation(buffer, offset), 1);
            return found[0] != 0;
        });
        return found[0];
    }

    private int status(long incarnation, long receiver, long delivered) {
        Wire.putStatus(frame, 0, incarnation, receiver, delivered);
        return Wire.STATUS_BYTES;
    }

    private int hello(long incarnation, UUID object) {
        return new Wire.Hello(0, incarnation, 1, 0, 0, object.getMostSignificantBits(),
                object.getLeastSignificantBits(), Form.RING.code(), local.object().elementType()).write(frame);
    }

    private int data(long sequence, int bytes) {
        Wire.putData(frame, 0, 0, sequence, sequence);
        frame.checkLimit(Wire.DATA_BYTES + bytes);
        return Wire.DATA_BYTES + bytes;
    }

    private long counter(Board.Counter counter) {
        flow.publishCounters();
        return board.get(counter);
    }

    private void await(BooleanSupplier condition) {
        Host.await(() -> {
            turn();
            return condition.getAsBoolean();
        }, this::text);
    }

    /// A sender whose messages find no room gets no HELLO through, and is no silent one: another gateway, of another
    /// object, is refused.
    @Test
    void aSenderThatSendsDataIsHeard() {
        inbound();
        try (ExclusivePublication one = media.aeron().addExclusivePublication(endpoint.there(), 1);
                ExclusivePublication other = media.aeron().addExclusivePublication(endpoint.there(), 1);
                Subscription statuses = media.aeron().addSubscription(endpoint.backIn(), -1)) {
            offer(one, hello(1, new UUID(1, 1)));
            for (int sequence = 1; sequence <= 17; sequence++) {
                offer(one, data(sequence, 8));
            }
            await(() -> counter(Board.Counter.MESSAGES) == 16);
            for (int i = 0; i < 5; i++) {
                now += TimeUnit.SECONDS.toNanos(1);
                turn();                  // the 17th message is offered again, and finds no room
            }
            String[] refusal = new String[1];
            FragmentHandler handler = (buffer, offset, length, _) -> {
                if (Wire.kind(buffer, offset) == Wire.REFUSE) {
                    refusal[0] = Wire.reason(buffer, offset, length);
                }
            };
            await(() -> {
                other.offer(frame, 0, hello(2, new UUID(2, 2)));
                statuses.poll(handler, 10);
                return refusal[0] != null || text().split("a sender is there", -1).length > 2;
            });
            assertThat(refusal[0]).as(text()).startsWith("another gateway feeds 'numbers'");
        }
    }

    /// The parts of a long message are put together in a buffer of their session, which goes with the session.
    @Test
    void theBufferOfAnEndedSessionIsFreed() {
        inbound();
        int session;
        try (ExclusivePublication one = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
            session = one.sessionId();
            offer(one, hello(1, new UUID(1, 1)));
            offer(one, data(1, 1_900));
            await(() -> counter(Board.Counter.MESSAGES) == 1);
        }
        await(() -> counter(Board.Counter.CONNECTED) == 0);
        assertThat(((Inbound) flow).forget(session)).as("there was a buffer").isFalse();
    }

    /// A subscriber that does not fit is told so by its own end; those that fit go on. A sender that has none ends.
    @Test
    void aMisfitEndsNoSenderThatHasOtherSubscribers() {
        outbound();
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            long incarnation = incarnation(data);
            offer(statuses, status(incarnation, FIRST, 0));
            await(() -> text().contains("is there"));
            offer(statuses, Wire.putRefusal(frame, incarnation, "it is a queue"));
            await(() -> text().contains("it is a queue"));
            offer(statuses, Wire.putRefusal(frame, incarnation, "it is a queue"));
            put(1);
            await(() -> counter(Board.Counter.MESSAGES) == 1);
            offer(statuses, status(incarnation, FIRST, 1));
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 1);
            assertThat(text().split("it is a queue", -1)).as("said once").hasSize(2);
        }
    }

    /// Two subscribers are silent for longer than the limit, as when the way was cut. The first one that is back does
    /// not end what the other one still has to get; the other one is forgotten if it stays away.
    @Test
    void aCutForgetsNoSubscriber() {
        outbound();
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            long incarnation = incarnation(data);
            offer(statuses, status(incarnation, FIRST, 0));
            offer(statuses, status(incarnation, SECOND, 0));
            await(() -> counter(Board.Counter.CONNECTS) == 2);
            put(3);
            await(() -> counter(Board.Counter.MESSAGES) == 3);
            now += TimeUnit.SECONDS.toNanos(11);
            turn();
            offer(statuses, status(incarnation, FIRST, 3));
            offer(statuses, status(incarnation, THIRD, 3));
            await(() -> text().contains("receiver %016x".formatted(THIRD)));
            now += TimeUnit.SECONDS.toNanos(1);
            turn();
            assertThat(counter(Board.Counter.ACKNOWLEDGED)).as(text()).isZero();
            offer(statuses, status(incarnation, SECOND, 2));
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 2);
            for (int i = 0; i < 11; i++) {
                now += TimeUnit.SECONDS.toNanos(1);
                offer(statuses, status(incarnation, FIRST, 3));
                offer(statuses, status(incarnation, THIRD, 3));
                for (int turns = 0; turns < 10; turns++) {
                    turn();
                }
            }
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 3);
        }
    }
}
