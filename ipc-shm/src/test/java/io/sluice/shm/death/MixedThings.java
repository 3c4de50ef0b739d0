package io.sluice.shm.death;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.value.SharedRecordArray;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// The objects that [SyncThings] and the roads leave out: a barrier, an array of records, a broadcast and pipes, with
/// the invariants that hold whichever process dies.
final class MixedThings {
    private static final int RECORDS = 16;
    private static final int SLOTS = 64;
    private static final int MESSAGE = 24;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final SharedSpace space;
    private final SharedRecordArray<SyncThings.Triple> records;

    MixedThings(SharedSpace space) {
        this.space = space;
        records = space.recordArray(
                "records", Codec.ofRecord(SyncThings.Triple.class), RECORDS, SyncThings.Triple.of(0));
    }

    /// Meets another thread again and again; the death of a party, or its slowness, breaks the barrier, and any party
    /// resets it.
    void meet(BooleanSupplier over) throws InterruptedException {
        SharedBarrier barrier = space.barrier("barrier", 2);
        while (!over.getAsBoolean()) {
            try {
                barrier.await(1, TimeUnit.MILLISECONDS);
            } catch (BrokenBarrierException | TimeoutException broken) {
                barrier.reset();
                Thread.sleep(1);
            }
        }
    }

    /// Writes and reads records; what is read was written in one piece.
    void record(BooleanSupplier over, Random random) throws InterruptedException {
        while (!over.getAsBoolean()) {
            records.set(random.nextInt(RECORDS), SyncThings.Triple.of(random.nextLong()));
            if (!records.get(random.nextInt(RECORDS)).isWhole()) {
                throw new AssertionError("a torn record");
            }
            Thread.sleep(1);
        }
    }

    /// Sends numbers to all subscribers.
    void publish(BooleanSupplier over) throws InterruptedException {
        try (RingProducer producer = space.ring("broadcast", RingOptions.broadcast(SLOTS)).producer()) {
            Claim claim = new Claim();
            for (long number = 0; !over.getAsBoolean(); ) {
                if (producer.claim(claim, 1, MESSAGE, LOOK_NANOS)) {
                    try (claim) {
                        claim.buffer().putLong(0, number++);
                        claim.commit();
                    }
                }
                if (number % SLOTS == 0) {
                    Thread.sleep(1);
                }
            }
        }
    }

    /// Gets each number of a broadcast, in order.
    void subscribe(BooleanSupplier over) throws InterruptedException {
        try (RingConsumer consumer = space.ring("broadcast", RingOptions.broadcast(SLOTS))
                .subscribe(SlowConsumer.BLOCK)) {
            long[] next = {-1};
            while (!over.getAsBoolean()) {
                consumer.read((type, buffer, index, length) -> {
                    long number = buffer.getLong(index);
                    if (next[0] >= 0 && number != next[0]) {
                        throw new AssertionError("%d was broadcast, expected %d".formatted(number, next[0]));
                    }
                    next[0] = number + 1;
                }, SLOTS, LOOK_NANOS);
            }
        }
    }

    /// The end of a pipe that [#echo] serves.
    Connection<byte[]> echoEnd(String pipe) {
        return space.pipe(pipe, Codec.bytes()).second();
    }

    /// Sends back what it receives, until it is killed.
    static void echo(Connection<byte[]> end) throws IOException, InterruptedException {
        for (;;) {
            end.send(end.receive());
        }
    }

    /// Sends messages, gets each back, and learns when the other end has died.
    ///
    /// @return how many came back
    int callUntilDeath(String name) throws InterruptedException {
        try (SharedPipe<byte[]> pipe = space.pipe(name, Codec.bytes());
                Connection<byte[]> end = pipe.first()) {
            int count = 0;
            try {
                for (;; count++) {
                    byte[] message = Lane.message(count, MESSAGE);
                    end.send(message);
                    if (!Arrays.equals(end.receive(), message)) {
                        throw new AssertionError("another message came back");
                    }
                    if (count % SLOTS == 0) {
                        Thread.sleep(1);
                    }
                }
            } catch (IOException died) {
                return count;
            }
        } finally {
            space.unlink(name);
        }
    }
}
