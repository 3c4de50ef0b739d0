package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import java.io.EOFException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes into a local object comes out of one at the other end: over loopback, between two spaces.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayTest {
    private static final int MOST = 3000;

    /// Rings, with messages of one slot and of many, of one fragment and of several; then the end, which travels too.
    @Test
    void aRingArrivesAsItWasSentAndEndsAsItWasEnded() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingOptions options = RingOptions.oneToOne(1024);
            SharedRing from = here.ring("numbers", options);
            SharedRing to = there.ring("copy", options.withCapacity(512));
            String endpoint = "127.0.0.1:" + Host.freePort();
            Host.Run sender = host.gateway("--publish numbers --to %s --space here".formatted(endpoint));
            Host.Run receiver = host.gateway("--subscribe copy --from %s --space there".formatted(endpoint));
            RingConsumer consumer = to.consumer();
            try (Traffic traffic = Traffic.ofRings(from, consumer, MOST)) {
                traffic.awaitMore(5_000);
                assertThat(traffic.finish()).isPositive();
            }
            from.shutdown();
            assertThat(consumer.read((_, _, _, _) -> { }, 1, TimeUnit.SECONDS.toNanos(60))).isEqualTo(RingConsumer.END);
            assertThat(sender.await()).as(sender.text()).isZero();
            assertThat(receiver.await()).as(receiver.text()).isZero();
            SharedLongArray board = here.longArray("numbers.gateway-out-1", Board.HEADER);
            assertThat(board.get(5)).as("acknowledged").isEqualTo(board.get(3)).isPositive();
        }
    }

    /// A sender that drops never stops its producer, and each message is delivered or counted.
    @Test
    void aSenderThatDropsCountsEachMessage() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            SharedRing from = here.ring("numbers", RingOptions.oneToOne(64));
            SharedRing to = there.ring("numbers", RingOptions.oneToOne(64));
            String endpoint = "127.0.0.1:" + Host.freePort();
            Host.Run sender = host.gateway("--publish numbers --to %s --space here --policy drop".formatted(endpoint));
            Claim claim = new Claim();
            try (RingProducer producer = from.producer()) {
                for (int number = 0; number < 10_000; number++) {
                    assertThat(producer.claim(claim, number, 0, TimeUnit.SECONDS.toNanos(60))).isTrue();
                    claim.commit();
                }
            }
            from.shutdown();
            int[] delivered = new int[1];
            host.gateway("--subscribe numbers --from %s --space there".formatted(endpoint));
            try (RingConsumer consumer = to.consumer()) {
                int count = 0;
                while (count != RingConsumer.END) {
                    count = consumer.read((_, _, _, _) -> delivered[0]++, 16, TimeUnit.SECONDS.toNanos(60));
                    assertThat(count).as("in time").isNotZero();
                }
            }
            assertThat(sender.await()).as(sender.text()).isZero();       // its board is exact at its end
            SharedLongArray board = here.longArray("numbers.gateway-out-1", Board.HEADER);
            assertThat(board.get(3)).as("sent").isEqualTo(delivered[0]);
            assertThat(board.get(7)).as("dropped").isEqualTo(10_000 - delivered[0]).isPositive();
        }
    }

    /// All other kinds, at the same time: a broadcast into a ring for many, a queue with elements that lie in files
    /// into a task queue whose slots are larger, and a pipe in both directions.
    @Test
    void everyOtherKindArrivesAsWell() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingOptions broadcast = RingOptions.broadcast(256);
            SharedRing quotes = here.ring("quotes", broadcast);
            SharedRing quotesThere = there.ring("quotes", RingOptions.manyToMany(256));
            SharedQueue<byte[]> orders = here.queue("orders", Codec.bytes(), QueueOptions.of(64).withSlotBytes(128));
            SharedTaskQueue<byte[]> ordersThere = there.taskQueue("orders", Codec.bytes(), 16);
            SharedPipe<byte[]> talk = here.pipe("talk");
            SharedPipe<byte[]> talkThere = there.pipe("talk");
            Host.Run quotesOut = pair(host, "quotes", "--publish", "--subscribe");
            pair(host, "orders", "--publish", "--subscribe");
            pair(host, "talk", "--pipe", "--pipe");
            try (Connection<byte[]> second = talkThere.second()) {
                try (Connection<byte[]> first = talk.first()) {
                    for (int i = 0; i < 200; i++) {
                        first.send(Numbers.bytes(i, MOST * 100));
                        assertThat(second.receive()).isEqualTo(Numbers.bytes(i, MOST * 100));
                        second.sendBytes(Numbers.bytes(i, MOST));
                        assertThat(first.receiveBytes()).isEqualTo(Numbers.bytes(i, MOST));
                    }
                }
                assertThatThrownBy(second::receive).isInstanceOf(EOFException.class);
            }
            for (int i = 0; i < 500; i++) {
                orders.put(Numbers.bytes(i, MOST));
                assertThat(ordersThere.take()).isEqualTo(Numbers.bytes(i, MOST));
                ordersThere.taskDone();
            }
            quotesOut.awaitText("is there");
            try (Traffic traffic = Traffic.ofRings(
                    quotes, quotesThere.consumer(), broadcast.maxMessageBytes())) {
                traffic.awaitMore(1_000);
                traffic.finish();
            }
        }
    }

    private static Host.Run pair(Host host, String name, String publish, String subscribe) {
        String endpoint = "127.0.0.1:" + Host.freePort();
        host.gateway("%s %s --from %s --space there".formatted(subscribe, name, endpoint));
        return host.gateway("%s %s --to %s --space here".formatted(publish, name, endpoint));
    }
}
