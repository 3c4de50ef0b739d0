package io.sluice.jmh;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.memory.Memory;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedValue;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What do a read and a write of a value of several words cost, and an addition to a value of one word?
/// Read [#read] and [#write] against [#copy] (the floor: a copy of the same bytes without synchronisation), and
/// [#getAndAdd] against [#bareGetAndAdd] (the bare instruction). [#get] decodes and allocates a record; with `-prof gc`
/// the others allocate nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ValueAccess {
    /// A typical value.
    ///
    /// @param time of the quote
    /// @param bid price
    /// @param ask price
    /// @param size number
    public record Quote(long time, double bid, double ask, long size) {}

    /// Size of the value in bytes.
    @Param({"32", "256"})
    public int bytes;

    private SharedSpace space;
    private SharedValue<byte[]> value;
    private SharedValue<Quote> quote;
    private SharedLong number;
    private Arena arena;
    private MemoryBuffer here;
    private long there;

    /// Creates the values.
    @Setup
    public void open() {
        space = SharedSpace.openTemporary("jmh-" + ProcessHandle.current().pid());
        value = space.value("value", Codec.bytes(), bytes, new byte[bytes]);
        quote = space.value("quote", Codec.ofRecord(Quote.class), new Quote(1, 2, 3, 4));
        number = space.longValue("number", 0);
        there = space.byteArray("there", bytes).asSegment().address();
        arena = Arena.ofShared();
        here = new MemoryBuffer(arena.allocate(bytes, 64).address(), bytes);
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        space.close();
        arena.close();
    }

    /// Our read.
    ///
    /// @return number of bytes
    @Benchmark
    public int read() {
        return value.read(here, 0);
    }

    /// Our write.
    @Benchmark
    public void write() {
        value.write(here, 0, bytes);
    }

    /// Our read with decoding.
    ///
    /// @return the record
    @Benchmark
    public Quote get() {
        return quote.get();
    }

    /// The floor: a copy of the bytes.
    ///
    /// @return number of bytes
    @Benchmark
    public int copy() {
        Memory.copy(there, here.addressOffset(), bytes);
        return bytes;
    }

    /// Our addition.
    ///
    /// @return the previous value
    @Benchmark
    public long getAndAdd() {
        return number.getAndAdd(1);
    }

    /// The floor: the bare instruction.
    ///
    /// @return the previous value
    @Benchmark
    public long bareGetAndAdd() {
        return Memory.getAndAddLong(there, 1);
    }
}
