package io.sluice.examples;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.examples.sbe.MessageHeaderDecoder;
import io.sluice.examples.sbe.MessageHeaderEncoder;
import io.sluice.examples.sbe.OrderDecoder;
import io.sluice.examples.sbe.OrderEncoder;
import io.sluice.examples.sbe.Side;
import io.sluice.shm.SharedSpace;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.agrona.concurrent.MessageHandler;

/// Generated SBE flyweights, laid over a claim by the producer and over the slot by the consumer: no object, no copy.
/// The schema is `sbe/order-schema.xml`; the build generates the classes.
///
/// ```
/// examples/run SbeOnClaim
/// ```
public final class SbeOnClaim {
    private static final int ORDERS = 1_000_000;
    private static final int WARM_UP = 100_000;
    private static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + OrderEncoder.BLOCK_LENGTH;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final OrderDecoder order = new OrderDecoder();
    private long bought;

    private SbeOnClaim() {}

    /// Sends a million orders through a ring, and prints the allocated bytes.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var ring = space.ring(RingOptions.oneToOne(64).withSlotBytes(128));
                var producer = ring.producer();
                var consumer = ring.consumer()) {
            SbeOnClaim example = new SbeOnClaim();
            MessageHandler handler = (type, buffer, index, length) -> {
                example.header.wrap(buffer, index);
                example.order.wrap(buffer, index + example.header.encodedLength(), example.header.blockLength(),
                        example.header.version());
                if (example.order.side() == Side.BUY) {
                    example.bought += example.order.quantity();
                }
            };
            MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
            OrderEncoder encoder = new OrderEncoder();
            Claim claim = new Claim();
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = 0;
            for (int i = 0; i < WARM_UP + ORDERS; i++) {
                if (i == WARM_UP) {
                    consumer.drain(handler);
                    example.bought = 0;
                    allocated = threads.getCurrentThreadAllocatedBytes();
                }
                if (!producer.tryClaim(claim, OrderEncoder.TEMPLATE_ID, LENGTH)) {
                    consumer.drain(handler);          // full; in another JVM the consumer would drain by itself
                    producer.claim(claim, OrderEncoder.TEMPLATE_ID, LENGTH);
                }
                try (claim) {
                    encoder.wrapAndApplyHeader(claim.buffer(), 0, headerEncoder)
                            .orderId(i)
                            .price(71.25)
                            .symbol("VOD.L")
                            .quantity(1 + (i & 1))
                            .side((i & 1) == 0 ? Side.BUY : Side.SELL);
                    claim.commit();
                }
            }
            consumer.drain(handler);
            allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
            System.out.printf(Locale.ROOT, "last order: %s %s %d at %.2f%n", example.order.side(),
                    example.order.symbol(), example.order.quantity(), example.order.price());
            System.out.printf(Locale.ROOT, "%,d orders, %,d bought, %.3f bytes allocated for each%n",
                    ORDERS, example.bought, (double) allocated / ORDERS);
        }
    }
}
