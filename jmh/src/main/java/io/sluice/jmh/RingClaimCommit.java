package io.sluice.jmh;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/// What do claim, commit and read of a message of 32 B cost one thread, without transfers between cores?
/// Messages pass in batches of 64.
/// Read [#ring] against [#agrona] (Agrona's ring buffers) and [#copyOnly] (the floor: only writes and reads the
/// payload). With `-prof gc` all three allocate nothing.
@State(Scope.Thread)
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
public class RingClaimCommit {
    private static final int BATCH = 64;
    private static final int TYPE = 1;
    private static final int BYTES = 1 << 20;
    private static final int PAGE = 4096;

    /// Number of possible producers and consumers.
    @Param({"ONE_TO_ONE", "MANY"})
    public Roles roles;

    /// Numbers of producers and consumers that a ring allows.
    public enum Roles {
        /// One producer, one consumer.
        ONE_TO_ONE,
        /// Many producers; in our ring also many consumers.
        MANY;

        RingOptions options(int slots) {
            return this == MANY ? RingOptions.manyToMany(slots) : RingOptions.oneToOne(slots);
        }
    }

    private final Claim claim = new Claim();
    private final MessageHandler handler = this::onMessage;
    private Arena arena;
    private LocalRing ring;
    private RingBuffer agrona;
    private UnsafeBuffer memory;
    private long sum;

    /// Creates an empty ring of each kind.
    @Setup
    public void open() {
        arena = Arena.ofShared();
        ring = new LocalRing(roles.options(BYTES / RingOptions.MIN_SLOT_BYTES));

        int bytes = BYTES + RingBufferDescriptor.TRAILER_LENGTH;
        UnsafeBuffer buffer = new UnsafeBuffer(arena.allocate(bytes, PAGE).address(), bytes);
        agrona = roles == Roles.MANY ? new ManyToOneRingBuffer(buffer) : new OneToOneRingBuffer(buffer);

        memory = new UnsafeBuffer(arena.allocate(BYTES, PAGE).address(), BYTES);
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        ring.close();
        arena.close();
    }

    private void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        sum += Payload.sum(buffer, index);
    }

    /// Our ring.
    ///
    /// @return sum of the messages
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long ring() {
        RingProducer producer = ring.producer;
        for (int i = 0; i < BATCH; i++) {
            if (!producer.tryClaim(claim, TYPE, Payload.BYTES)) {
                throw new IllegalStateException("the ring is full");
            }
            Payload.write(claim.buffer(), 0, i);
            claim.commit();
        }
        ring.consumer.read(handler, BATCH);
        return sum;
    }

    /// Agrona's ring buffer, with its bounds checks; `-jvmArgsPrepend -Dagrona.disable.bounds.checks=true` disables
    /// them.
    ///
    /// @return sum of the messages
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long agrona() {
        for (int i = 0; i < BATCH; i++) {
            int index = agrona.tryClaim(TYPE, Payload.BYTES);
            if (index <= 0) {
                throw new IllegalStateException("the ring is full");
            }
            Payload.write(agrona.buffer(), index, i);
            agrona.commit(index);
        }
        // One read of Agrona's ends at the end of the buffer, so it may leave messages.
        for (int count = 0; count < BATCH; ) {
            count += agrona.read(handler, BATCH - count);
        }
        return sum;
    }

    /// The floor: a write and a read of the payload.
    ///
    /// @return sum of the messages
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long copyOnly() {
        for (int i = 0; i < BATCH; i++) {
            Payload.write(memory, i * RingOptions.MIN_SLOT_BYTES, i);
        }
        for (int i = 0; i < BATCH; i++) {
            onMessage(TYPE, memory, i * RingOptions.MIN_SLOT_BYTES, Payload.BYTES);
        }
        return sum;
    }
}
