package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import org.junit.jupiter.api.Test;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/// What goes into a local object comes out of one at the other end: over loopback, between two spaces.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayTest {
    private static final int MOST = 5000;

    /// A ring, with messages of one slot and of many, of one fragment and of several; then the end, which travels too.
    @Test
    void aRingArrivesAsItWasSentAndEndsAsItWasEnded() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingOptions options = RingOptions.oneToOne(1024);
            SharedRing from = here.ring("numbers", options);
            SharedRing to = there.ring("copy", options);
            String endpoint = "127.0.0.1:" + Host.freePort();
            Host.Run sender = host.gateway("--publish numbers --to %s --space here".formatted(endpoint));
            Host.Run receiver = host.gateway("--subscribe copy --from %s --space there".formatted(endpoint));
            try (RingProducer producer = from.producer(); RingConsumer consumer = to.consumer()) {
                Thread sending = Thread.ofPlatform().start(() -> {
                    Claim claim = new Claim();
                    try {
                        for (long number = 0; number < 20_000; number++) {
                            Numbers.send(producer, claim, number, MOST);
                        }
                    } catch (InterruptedException ended) {
                        throw new AssertionError(ended);
                    }
                });
                Numbers.expect(consumer, 0, 20_000, MOST);
                sending.join();
                from.shutdown();
                assertThat(consumer.read((_, _, _, _) -> { }, 1, TimeUnit.SECONDS.toNanos(60)))
                        .isEqualTo(RingConsumer.END);
            }
            assertThat(sender.await()).as(sender.text()).isZero();
            assertThat(receiver.await()).as(receiver.text()).isZero();
            System.err.println(sender.text() + receiver.text());
        }
    }
}
