package io.sluice.jmh;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What does it cost to encode a record and decode it again?
/// Read [#recordCodec] and [#namedRecordCodec] against [#javaSerialization] (the JDK's) and [#byHand] (the floor: the
/// same bytes by three stores and three loads). With `-prof gc`, encoding primitives allocates nothing, and the
/// difference to the floor is the allocation of decoding besides the record.
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
public class CodecRoundTrip {
    /// A record of primitives.
    ///
    /// @param sequence a number
    /// @param quantity a number
    /// @param price a number
    public record Tick(long sequence, int quantity, double price) implements Serializable {}

    /// A record with a text.
    ///
    /// @param symbol a short text
    /// @param quantity a number
    /// @param price a number
    public record Order(String symbol, int quantity, double price) implements Serializable {}

    private final ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(1024);
    private final Codec<Tick> ticks = Codec.ofRecord(Tick.class);
    private final Codec<Order> orders = Codec.ofRecord(Order.class);
    private Tick tick = new Tick(1, 2, 71.25);
    private Order order = new Order("VOD.L", 100, 71.25);

    /// Our codec, primitives: encode and decode.
    ///
    /// @return the copy
    @Benchmark
    public Tick recordCodec() {
        int length = ticks.encode(tick, buffer, 0);
        tick = ticks.decode(buffer, 0, length);
        return tick;
    }

    /// Our codec, primitives: encode only.
    ///
    /// @return the length
    @Benchmark
    public int recordCodecEncode() {
        return ticks.encode(tick, buffer, 0);
    }

    /// Our codec, with a text: encode and decode.
    ///
    /// @return the copy
    @Benchmark
    public Order namedRecordCodec() {
        int length = orders.encode(order, buffer, 0);
        order = orders.decode(buffer, 0, length);
        return order;
    }

    /// The JDK's object streams.
    ///
    /// @return the copy
    /// @throws IOException never
    /// @throws ClassNotFoundException never
    @Benchmark
    public Tick javaSerialization() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
            output.writeObject(tick);
        }
        try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            tick = (Tick) input.readObject();
        }
        return tick;
    }

    /// The floor: three stores and three loads.
    ///
    /// @return the copy
    @Benchmark
    public Tick byHand() {
        buffer.putLong(0, tick.sequence());
        buffer.putInt(8, tick.quantity());
        buffer.putDouble(12, tick.price());
        tick = new Tick(buffer.getLong(0), buffer.getInt(8), buffer.getDouble(12));
        return tick;
    }
}
