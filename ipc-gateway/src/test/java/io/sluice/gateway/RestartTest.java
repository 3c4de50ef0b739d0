package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Both ends are restarted, one behind the other: what comes again is known, whatever of it came before.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartTest extends OneEnd {
    private static final UUID OBJECT = new UUID(1, 1);
    private static final long SENDER = 5;
    private static final long RECEIVER = 71;
    private static final int PACKET = 1000;

    /// Stands for the death of the process.
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @AfterEach
    void endTheScript() {
        CrashHook.script(null);
    }

    private ExclusivePublication sender() {
        return media.aeron().addExclusivePublication(endpoint.there(), 1);
    }

    private void restart() {
        closeEnd();
        connect();
        inbound();
    }

    /// Lets an earlier receiver have so many messages of the sender; each has its sequence as position.
    private void deliverBefore(int count) {
        try (LocalObject object = LocalObject.open("here", "numbers");
                Board earlier = Board.open(object, "in", 1, Ledger.ELEMENTS)) {
            Ledger ledger = new Ledger(earlier);
            ledger.adopt(SENDER, OBJECT.getMostSignificantBits(), OBJECT.getLeastSignificantBits(), 1);
            for (int position = 1; position <= count; position++) {
                ledger.deliver(position);
            }
        }
    }

    private long arrived() {
        return counter(Board.Counter.MESSAGES) + counter(Board.Counter.REPEATED);
    }

    /// The sender dies, and its successor sends again what was not acknowledged; the receiver dies in the middle of
    /// that. Its successor knows the rest.
    @Test
    void aReceiverKnowsWhatCameBeforeTheSenderWasRestarted() {
        inbound();
        try (RingConsumer consumer = ring.consumer()) {
            try (ExclusivePublication sender = sender()) {
                offer(sender, hello(SENDER, OBJECT));
                offer(sender, data(1, 8, 8, 8, 8, 8));
                await(() -> counter(Board.Counter.MESSAGES) == 5);
                offer(sender, hello(SENDER + 1, OBJECT));
                offer(sender, data(1, 8, 8));
                await(() -> counter(Board.Counter.REPEATED) == 2);
            }
            restart();
            try (ExclusivePublication sender = sender()) {
                offer(sender, hello(SENDER + 1, OBJECT));
                offer(sender, data(3, 8, 8, 8, 8));                      // three of before, and another one
                await(() -> arrived() == 4);
                assertThat(counter(Board.Counter.MESSAGES)).as("delivered").isEqualTo(1);
                assertThat(take(consumer)).isEqualTo(6);
            }
        }
    }

    /// The receiver dies between the note of a message and its commit, and the sender too: what was noted and not
    /// delivered is not taken for a message that comes again. There was more than the ledger has place for.
    @Test
    void aMessageThatWasOnlyIntendedIsDelivered() {
        deliverBefore(Ledger.SLOTS);
        number = Ledger.SLOTS;
        inbound();
        try (RingConsumer consumer = ring.consumer()) {
            try (ExclusivePublication sender = sender()) {
                offer(sender, hello(SENDER, OBJECT));
                CrashHook.script(point -> {
                    if (point == CrashPoint.GATEWAY_MESSAGE_INTENDED) {
                        throw new Death();
                    }
                });
                offer(sender, data(number + 1, 8));
                assertThatThrownBy(() -> await(() -> false)).isInstanceOf(Death.class);
            }
            CrashHook.script(null);
            restart();
            try (ExclusivePublication sender = sender()) {
                offer(sender, hello(SENDER + 1, OBJECT));
                offer(sender, dataFrom(number + 1, 1, 8));
                await(() -> arrived() == 1);
                assertThat(counter(Board.Counter.MESSAGES)).as("delivered").isEqualTo(1);
                assertThat(take(consumer)).isEqualTo(Ledger.SLOTS + 1);
            }
        }
    }

    /// The sender is restarted three times, and no acknowledgement reaches it in time: messages that come again and
    /// again push none out of the ledger.
    @Test
    void whatComesAgainTakesNoPlaceInTheLedger() {
        deliverBefore(Ledger.WINDOW);
        inbound();
        try (ExclusivePublication sender = sender()) {
            offer(sender, hello(SENDER + 1, OBJECT));
            for (int first = 1; first < Ledger.WINDOW; first += PACKET) {
                offer(sender, data(first, new int[Math.min(PACKET, Ledger.WINDOW - first)]));
            }
            await(() -> arrived() == Ledger.WINDOW - 1);
            offer(sender, hello(SENDER + 2, OBJECT));
            offer(sender, data(1, 0, 0));
            await(() -> arrived() == Ledger.WINDOW + 1);
            offer(sender, hello(SENDER + 3, OBJECT));
            offer(sender, dataFrom(Ledger.WINDOW, 1, 0));                // the others are acknowledged now
            await(() -> arrived() == Ledger.WINDOW + 2);
            assertThat(counter(Board.Counter.MESSAGES)).as("delivered").isZero();
        }
    }

    /// A sender never has more under way than the receiver knows again, however much is in its object.
    @Test
    void aSenderHoldsAsMuchAsALedgerKnows() {
        ring = space.ring("many", RingOptions.oneToOne(2 * Ledger.SLOTS).withSlotBytes(64));
        outbound("many");
        put(new int[Ledger.SLOTS + PACKET]);
        try (ExclusivePublication statuses = media.aeron().addExclusivePublication(endpoint.back(), -1);
                Subscription data = media.aeron().addSubscription(endpoint.thereIn(), 1)) {
            long incarnation = incarnation(data);
            offer(statuses, status(0, incarnation, RECEIVER, 0));
            await(() -> drain(data) == 0 && counter(Board.Counter.MESSAGES) >= Ledger.SLOTS - 1);
            for (int turns = 0; turns < 10; turns++) {
                turn();
                drain(data);
            }
            assertThat(counter(Board.Counter.MESSAGES)).isEqualTo(Ledger.SLOTS - 1);
            offer(statuses, status(0, incarnation, RECEIVER, PACKET));
            await(() -> drain(data) == 0 && counter(Board.Counter.MESSAGES) == Ledger.SLOTS - 1 + PACKET);
        }
    }

    private static int drain(Subscription data) {
        return data.poll((_, _, _, _) -> { }, PACKET);
    }
}
