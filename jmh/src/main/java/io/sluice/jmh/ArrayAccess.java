package io.sluice.jmh;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does an access to an element of a shared array cost, and a bulk transfer of 64 KiB?
/// Read [#get] against [#heapGet], and [#bulkGet] against [#bareCopy] (the floor: a copy on the heap).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ArrayAccess {
    private static final int LENGTH = 1 << 13;
    private static final int MASK = LENGTH - 1;

    private final long[] here = new long[LENGTH];
    private final long[] heap = new long[LENGTH];
    private SharedSpace space;
    private SharedLongArray array;
    private int index;

    /// Creates the array.
    @Setup
    public void open() {
        space = SharedSpace.openTemporary("jmh-" + ProcessHandle.current().pid());
        array = space.longArray("array", LENGTH);
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        space.close();
    }

    private int next() {
        index = (index + 1) & MASK;
        return index;
    }

    /// Our read of an element.
    ///
    /// @return the element
    @Benchmark
    public long get() {
        return array.get(next());
    }

    /// Our write of an element.
    @Benchmark
    public void set() {
        array.set(next(), index);
    }

    /// The floor: a read from an array on the heap.
    ///
    /// @return the element
    @Benchmark
    public long heapGet() {
        return heap[next()];
    }

    /// Our atomic addition to an element.
    ///
    /// @return the previous value
    @Benchmark
    public long getAndAdd() {
        return array.getAndAdd(next(), 1);
    }

    /// Our bulk transfer to an array on the heap.
    ///
    /// @return the target
    @Benchmark
    public long[] bulkGet() {
        array.get(0, here, 0, LENGTH);
        return here;
    }

    /// The floor: a copy on the heap.
    ///
    /// @return the target
    @Benchmark
    public long[] bareCopy() {
        System.arraycopy(heap, 0, here, 0, LENGTH);
        return here;
    }
}
