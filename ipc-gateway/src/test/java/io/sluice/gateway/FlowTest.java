package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an end makes of frames, of silence and of refusals.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlowTest extends OneEnd {
    private static final long FIRST = 71;
    private static final long SECOND = 72;
    private static final long THIRD = 73;

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
            offer(statuses, status(0, incarnation, FIRST, 0));
            await(() -> text().contains("is there"));
            offer(statuses, Wire.putRefusal(frame, incarnation, "it is a queue"));
            await(() -> text().contains("it is a queue"));
            offer(statuses, Wire.putRefusal(frame, incarnation, "it is a queue"));
            put(8);
            await(() -> counter(Board.Counter.MESSAGES) == 1);
            offer(statuses, status(0, incarnation, FIRST, 1));
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
            offer(statuses, status(0, incarnation, FIRST, 0));
            offer(statuses, status(0, incarnation, SECOND, 0));
            await(() -> counter(Board.Counter.CONNECTS) == 2);
            put(8, 8, 8);
            await(() -> counter(Board.Counter.MESSAGES) == 3);
            now += TimeUnit.SECONDS.toNanos(11);
            turn();
            offer(statuses, status(0, incarnation, FIRST, 3));
            offer(statuses, status(0, incarnation, THIRD, 3));
            await(() -> text().contains("receiver %016x".formatted(THIRD)));
            now += TimeUnit.SECONDS.toNanos(1);
            turn();
            assertThat(counter(Board.Counter.ACKNOWLEDGED)).as(text()).isZero();
            offer(statuses, status(0, incarnation, SECOND, 2));
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 2);
            for (int i = 0; i < 11; i++) {
                now += TimeUnit.SECONDS.toNanos(1);
                offer(statuses, status(0, incarnation, FIRST, 3));
                offer(statuses, status(0, incarnation, THIRD, 3));
                for (int turns = 0; turns < 10; turns++) {
                    turn();
                }
            }
            await(() -> counter(Board.Counter.ACKNOWLEDGED) == 3);
        }
    }

    /// No replay begins, as beyond the limit of the archive. The user of the subscriber is told, and told once.
    @Test
    void aSubscriberThatGetsNoReplaySaysSo() {
        replayer();
        try (ExclusivePublication recorder = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
            offer(recorder, hello(Wire.RECORDED, 1, new UUID(1, 1), 1, 10));
            await(() -> text().contains("a recording is there"));
            for (int i = 0; i < 35; i++) {
                now += TimeUnit.SECONDS.toNanos(1);
                turn();
            }
            assertThat(counter(Board.Counter.CONNECTS)).as("asked again").isGreaterThan(2);
            assertThat(text().split("no replay has begun within 10 s", -1)).as(text()).hasSize(2);
        }
    }

    /// A subscriber has no replay any more, and what it needs next is not kept any more.
    @Test
    void aSubscriberWhoseNextMessageIsGoneEnds() {
        replayer();
        try (ExclusivePublication recorder = media.aeron().addExclusivePublication(endpoint.there(), 1)) {
            offer(recorder, hello(Wire.RECORDED, 1, new UUID(1, 1), 1, 10));
            await(() -> text().contains("a recording is there"));
            int length = hello(Wire.RECORDED, 1, new UUID(1, 1), 5, 20);
            assertThatThrownBy(() -> await(() -> {
                now += TimeUnit.SECONDS.toNanos(1);
                recorder.offer(frame, 0, length);
                return false;
            })).isInstanceOf(GatewayException.class).hasMessageContaining(
                    "has the messages 5 to 20, and 1 is asked for, behind what was delivered");
        }
    }
}
