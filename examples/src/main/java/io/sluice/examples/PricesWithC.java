package io.sluice.examples;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import java.nio.ByteOrder;
import java.util.Locale;
import org.agrona.concurrent.MessageHandler;

/// Prices between a JVM and a program in C, in place, in either direction. The program uses `c/sluice.h`; it is an owner
/// of the space as the JVM is, so `./sluice ps` shows both.
///
/// ```
/// examples/run PricesWithC take &            # a consumer in Java for examples/c/put_prices.c
/// examples/run PricesWithC put 1000000 &     # a producer in Java for examples/c/take_prices.c
/// ```
public final class PricesWithC {
    private static final int TYPE = 1;
    private static final int LENGTH = 2 * Long.BYTES;      // struct price of examples/c/prices.h

    private long prices;
    private double sum;

    private PricesWithC() {}

    /// Takes prices until the ring ends, or puts some and ends it.
    ///
    /// @param arguments `take`, or `put` and how many
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        boolean puts = arguments.length > 0 && arguments[0].equals("put");
        try (var space = SharedSpace.open("prices");
                var ring = space.ring("prices", RingOptions.oneToOne(1024));
                var ready = space.longValue("ready", 1)) {       // created last: now the program in C may begin
            if (puts) {
                put(ring, arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1000);
            } else {
                new PricesWithC().take(ring);
            }
            ring.unlink();
            ready.unlink();
        }
    }

    private void take(SharedRing ring) throws InterruptedException {
        MessageHandler handler = (type, buffer, index, length) -> {
            prices++;
            sum += buffer.getDouble(index + Long.BYTES, ByteOrder.nativeOrder());
        };
        try (var consumer = ring.consumer()) {
            int count = 0;
            while (count != RingConsumer.END) {
                count = consumer.read(handler, 256, Long.MAX_VALUE);
            }
        }
        System.out.printf(Locale.ROOT, "Java took %d prices, mean %.2f%n", prices, sum / prices);
    }

    private static void put(SharedRing ring, int prices) throws InterruptedException {
        Claim claim = new Claim();
        try (var producer = ring.producer()) {
            for (int i = 0; i < prices; i++) {
                try (claim) {
                    producer.claim(claim, TYPE, LENGTH);
                    claim.buffer().putLong(0, i);
                    claim.buffer().putDouble(Long.BYTES, 71.25 + i % 4);
                    claim.commit();
                }
            }
            ring.shutdown();
            System.out.printf(Locale.ROOT, "Java put %d prices%n", prices);
        }
    }
}
