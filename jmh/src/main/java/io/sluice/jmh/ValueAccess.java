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

/// What do a read and a write of a value of several words cost, and an addition to one of one word?
/// Read [#read] and [#write] against [#copy] (the floor: the same bytes, copied without any promise), and [#getAndAdd]
/// against [#bareGetAndAdd] (the instruction alone). [#get] decodes a record, which it allocates; with `-prof gc` the
/// others allocate nothing.
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

    /// Size of the value.
    @Param({"32", "256"})
    public int bytes;

    private SharedSpace space;
    private SharedValue<byte[]> value;
    private SharedValue<Quote> quote;
    private SharedLong number;
    private Arena arena;
    private MemoryBuffer here;
    private long there;

    /// Makes one of each.
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

    /// Gives the memory back.
    @TearDown
    public void close() {
        space.close();
        arena.close();
    }

    /// Ours.
    ///
    /// @return number of bytes
    @Benchmark
    public int read() {
        return value.read(here, 0);
    }

    /// Ours.
    @Benchmark
    public void write() {
        value.write(here, 0, bytes);
    }

    /// Ours, decoded.
    ///
    /// @return the record
    @Benchmark
    public Quote get() {
        return quote.get();
    }

    /// The floor.
    ///
    /// @return number of bytes
    @Benchmark
    public int copy() {
        Memory.copy(there, here.addressOffset(), bytes);
        return bytes;
    }

    /// Ours.
    ///
    /// @return the number before
    @Benchmark
    public long getAndAdd() {
        return number.getAndAdd(1);
    }

    /// The floor.
    ///
    /// @return the number before
    @Benchmark
    public long bareGetAndAdd() {
        return Memory.getAndAddLong(there, 1);
    }
}
