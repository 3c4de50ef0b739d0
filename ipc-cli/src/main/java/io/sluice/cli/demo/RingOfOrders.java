package io.sluice.cli.demo;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.MessageHandler;

/// Orders as fields in the slots of a `SharedRing`: no object, no copy. Fields are little-endian:
///
/// ```
///        0     8           16      24         28       36
///        +-----+-----------+-------+----------+--------+
///        | id  | sentNanos | price | quantity | symbol |  eight characters of ASCII, the rest 0
///        +-----+-----------+-------+----------+--------+
/// ```
final class RingOfOrders {
    private static final RingOptions SHAPE = RingOptions.oneToOne(65_536);
    private static final int ORDER = 1;
    private static final int BATCH = 256;

    private static final int ID = 0;
    private static final int SENT_NANOS = 8;
    private static final int PRICE = 16;
    private static final int QUANTITY = 24;
    private static final int SYMBOL = 28;
    private static final int BYTES = 36;

    private RingOfOrders() {}

    static OrderSender sender(SharedSpace space, WaitStrategy strategy) {
        return new Sender(ring(space).producer(strategy));
    }

    static OrderReceiver receiver(SharedSpace space, WaitStrategy strategy) {
        return new Receiver(ring(space).consumer(strategy));
    }

    private static SharedRing ring(SharedSpace space) {
        return space.ring("orders-ring", SHAPE);
    }

    private static long packed(String symbol) {
        long packed = 0;
        for (int i = symbol.length() - 1; i >= 0; i--) {
            packed = packed << 8 | symbol.charAt(i);
        }
        return packed;
    }

    private static final class Sender implements OrderSender {
        private final RingProducer producer;
        private final Claim claim = new Claim();
        private final long[] symbols = new long[8];
        private long checksum;

        Sender(RingProducer producer) {
            this.producer = producer;
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = packed(Order.symbol(i));
            }
        }

        @Override
        public void send(long id, long sentNanos) throws InterruptedException {
            long symbol = symbols[(int) (id & symbols.length - 1)];
            int quantity = Order.quantity(id);
            double price = Order.price(id);
            producer.claim(claim, ORDER, BYTES);
            try (claim) {
                MemoryBuffer buffer = claim.buffer();
                buffer.putLong(ID, id, LITTLE_ENDIAN);
                buffer.putLong(SENT_NANOS, sentNanos, LITTLE_ENDIAN);
                buffer.putDouble(PRICE, price, LITTLE_ENDIAN);
                buffer.putInt(QUANTITY, quantity, LITTLE_ENDIAN);
                buffer.putLong(SYMBOL, symbol, LITTLE_ENDIAN);
                claim.commit();
            }
            if (id != Order.END) {
                checksum = Order.checksum(checksum, id, symbol, quantity, price);
            }
        }

        @Override
        public long checksum() {
            return checksum;
        }
    }

    private static final class Receiver implements OrderReceiver {
        private final RingConsumer consumer;
        private final MessageHandler handler = (type, buffer, index, length) -> onOrder(buffer, index);
        private Visitor visitor;
        private long checksum;

        Receiver(RingConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void receive(Visitor orders) throws InterruptedException {
            visitor = orders;
            consumer.read(handler, BATCH, Long.MAX_VALUE);
        }

        private void onOrder(DirectBuffer buffer, int index) {
            long id = buffer.getLong(index + ID, LITTLE_ENDIAN);
            if (id != Order.END) {
                checksum = Order.checksum(checksum, id, buffer.getLong(index + SYMBOL, LITTLE_ENDIAN),
                        buffer.getInt(index + QUANTITY, LITTLE_ENDIAN), buffer.getDouble(index + PRICE, LITTLE_ENDIAN));
            }
            visitor.visit(id, buffer.getLong(index + SENT_NANOS, LITTLE_ENDIAN));
        }

        @Override
        public long checksum() {
            return checksum;
        }
    }
}
