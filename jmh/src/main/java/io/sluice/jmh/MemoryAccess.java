package io.sluice.jmh;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does a read of a long cost, where each read depends on the one before?
/// Read [#memory], [#memoryAcquire] and [#memoryBuffer] against [#segment] (the JDK's own way, a segment in a field),
/// [#unsafeBuffer] (Agrona's) and [#array] (the floor: an array on the heap).
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
public class MemoryAccess {
    private static final int LONGS = 1024;
    private static final int MASK = LONGS - 1;
    private static final int BYTES = LONGS * Long.BYTES;

    private final long[] array = new long[LONGS];
    private Arena arena;
    private MemorySegment segment;
    private long address;
    private MemoryBuffer memoryBuffer;
    private UnsafeBuffer unsafeBuffer;

    /// Fills the memory with a cycle through all longs: each is the index of the next.
    @Setup
    public void open() {
        arena = Arena.ofShared();
        segment = arena.allocate(BYTES, 4096);
        address = segment.address();
        memoryBuffer = new MemoryBuffer(address, BYTES);
        unsafeBuffer = new UnsafeBuffer(address, BYTES);
        for (int i = 0; i < LONGS; i++) {
            int next = 5 * i + 3 & MASK;
            array[i] = next;
            segment.setAtIndex(JAVA_LONG, i, next);
        }
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        arena.close();
    }

    /// The floor: an array on the heap.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long array() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = array[(int) at];
        }
        return at;
    }

    /// Ours, by absolute address.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long memory() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = Memory.getLong(address + at * Long.BYTES);
        }
        return at;
    }

    /// Ours, by absolute address, with acquire order as in the rings.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long memoryAcquire() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = Memory.getLongAcquire(address + at * Long.BYTES);
        }
        return at;
    }

    /// Our buffer, with a bounds check.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long memoryBuffer() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = memoryBuffer.getLong((int) at * Long.BYTES);
        }
        return at;
    }

    /// The JDK's segment, with checks of bounds and lifetime.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long segment() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = segment.getAtIndex(JAVA_LONG, at);
        }
        return at;
    }

    /// Agrona's buffer, with a bounds check.
    ///
    /// @return the last index
    @Benchmark
    @OperationsPerInvocation(LONGS)
    public long unsafeBuffer() {
        long at = 0;
        for (int i = 0; i < LONGS; i++) {
            at = unsafeBuffer.getLong((int) at * Long.BYTES);
        }
        return at;
    }
}
