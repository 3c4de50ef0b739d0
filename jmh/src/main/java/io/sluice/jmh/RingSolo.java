package io.sluice.jmh;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does each side of a ring cost by itself, for a message of 32 B? One for many is used by one thread here, which
/// has the bias of both ends.
///
/// Between two cores the side that costs more decides the pace: if it is the consumer, the ring fills, the sides stay
/// apart, and the pace is the consumer's own; if it is the producer, the consumer reads each line while it is written.
/// Throughput between processes varies from start to start and hides a change of some nanoseconds; these figures hardly
/// vary. Read [#send] and [#receive] against [#bareSend] and [#bareReceive], the floor: the payload and one word that
/// publishes it. A receive in a batch costs less than one by one, since its handler and its loop are shared.
///
/// One thread sends a batch of messages into an empty ring, or reads a batch from a full one; the other half is not
/// measured.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"
        })
public class RingSolo {
    private static final int BATCH = 4096;
    private static final int TYPE = 1;

    /// A ring that holds more than a batch.
    @State(Scope.Thread)
    public static class Rings {
        /// Number of possible producers and consumers.
        @Param({"ONE_TO_ONE", "MANY"})
        public RingClaimCommit.Roles roles;

        final Claim claim = new Claim();
        final MessageHandler handler = (type, buffer, index, length) -> read(buffer, index);
        LocalRing ring;
        long sum;

        /// Creates the ring.
        @Setup
        public void open() {
            ring = new LocalRing(roles.options(2 * BATCH));
        }

        /// Frees it.
        @TearDown
        public void close() {
            ring.close();
        }

        void sendAll() {
            for (int i = 0; i < BATCH; i++) {
                if (!ring.producer.tryClaim(claim, TYPE, Payload.BYTES)) {
                    throw new IllegalStateException("the ring is full");
                }
                Payload.write(claim.buffer(), 0, i);
                claim.commit();
            }
        }

        void readAll() {
            int count = ring.consumer.read(handler, BATCH);
            if (count != BATCH) {
                throw new IllegalStateException("%,d messages of %,d".formatted(count, BATCH));
            }
        }

        private void read(MutableDirectBuffer buffer, int index) {
            sum += Payload.sum(buffer, index);
        }
    }

    /// The ring is empty before each invocation.
    public static class Empty extends Rings {
        /// Reads what the invocation has sent.
        @TearDown(Level.Invocation)
        public void drain() {
            readAll();
        }
    }

    /// The ring holds a batch before each invocation.
    public static class Full extends Rings {
        /// Sends what the invocation reads.
        @Setup(Level.Invocation)
        public void fill() {
            sendAll();
        }
    }

    /// Slots without a ring.
    @State(Scope.Thread)
    public static class Slots {
        private Arena arena;
        UnsafeBuffer memory;

        /// Allocates them.
        @Setup
        public void open() {
            int bytes = 2 * BATCH * RingOptions.MIN_SLOT_BYTES;
            arena = Arena.ofShared();
            memory = new UnsafeBuffer(arena.allocate(bytes, RingOptions.MIN_SLOT_BYTES).address(), bytes);
        }

        /// Frees them.
        @TearDown
        public void close() {
            arena.close();
        }
    }

    /// Claim, write and commit.
    ///
    /// @param rings empty
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void send(Empty rings) {
        rings.sendAll();
    }

    /// Read.
    ///
    /// @param rings with a batch
    /// @return sum of the messages
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long receive(Full rings) {
        rings.readAll();
        return rings.sum;
    }

    /// Writes the payload, and the word that publishes it.
    ///
    /// @param slots of a cache line each
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void bareSend(Slots slots) {
        for (int i = 0; i < BATCH; i++) {
            int slot = i * RingOptions.MIN_SLOT_BYTES;
            Payload.write(slots.memory, slot + Long.BYTES, i);
            slots.memory.putLongRelease(slot, i);
        }
    }

    /// Reads the word, the payload, and gives the slot back.
    ///
    /// @param slots of a cache line each
    /// @return sum of the messages
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long bareReceive(Slots slots) {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            int slot = i * RingOptions.MIN_SLOT_BYTES;
            sum += slots.memory.getLongAcquire(slot) + Payload.sum(slots.memory, slot + Long.BYTES);
            slots.memory.putLongRelease(slot, 0);
        }
        return sum;
    }
}
