package io.sluice.shm.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What values of several words promise: whole reads, whatever happens to writers.
class SharedValueTest extends HandleTest {
    private static final int CELL = 5;

    /// All from one number, so that a torn one shows.
    public record Quote(long bid, long ask, double size, int venue, long time, long sum) implements Serializable {
        static Quote of(long n) {
            return new Quote(n, n + 1, n * 0.5, (int) n, -n, 3 * n);
        }

        boolean isWhole() {
            return equals(of(bid));
        }
    }

    static final Codec<Quote> QUOTES = Codec.ofRecord(Quote.class);

    private static SharedValue<Quote> value(SharedSpace space) {
        return space.value("v", QUOTES, Quote.of(0));
    }

    private static SharedRecordArray<Quote> array(SharedSpace space) {
        return space.recordArray("a", QUOTES, 10, Quote.of(0));
    }

    /// A writer as fast as it can, in a value and in an element of an array: readers see whole values only, and none
    /// that is older than one they have seen.
    @ParameterizedTest
    @EnumSource(Other.class)
    void readersSeeWholeValuesOnly(Other other) {
        String home = root;
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        Reply<Object> writer = party(other).start(desk -> {
            SharedValue<Quote> there = value(desk.space(home));
            SharedRecordArray<Quote> elements = array(desk.space(home));
            var stop = desk.space(home).event("stop");
            for (long n = 1; !stop.isSet(); n++) {
                there.set(Quote.of(n));
                elements.set(CELL, Quote.of(n));
            }
            return null;
        });
        long last = 0;
        long lastInArray = 0;
        for (int i = 0; i < 50_000 || last == 0 || lastInArray == 0; i++) {
            Quote seen = value.get();
            Quote element = array.get(CELL);
            if (!seen.isWhole() || !element.isWhole() || seen.bid() < last || element.bid() < lastInArray) {
                throw new AssertionError("read %s and %s after %d and %d".formatted(seen, element, last, lastInArray));
            }
            last = seen.bid();
            lastInArray = element.bid();
        }
        space.event("stop").set();
        writer.get();
        assertThat(value.version()).isEqualTo(value.get().bid());
        assertThat(array.version(CELL)).isEqualTo(array.get(CELL).bid());
        assertThat(array.version(CELL - 1)).isZero();
        assertThat(array.get(CELL + 1)).isEqualTo(Quote.of(0));
    }

    /// A writer that is killed in the middle leaves the last complete value; readers have it at once, and the next
    /// writer goes on.
    @ParameterizedTest
    @EnumSource(value = CrashPoint.class, names = {"VALUE_CLAIMED", "VALUE_WRITTEN", "VALUE_PUBLISHED"})
    void aKilledWriterLeavesTheLastCompleteValue(CrashPoint point) {
        String home = root;
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        value.set(Quote.of(1));
        array.set(CELL, Quote.of(1));
        Peer dying = sandbox.peer();
        dying.call(desk -> {
            array(desk.space(home)).set(CELL, Quote.of(2));
            return null;
        });
        dying.dieAt(point, 2);
        dying.start(desk -> {
            value(desk.space(home)).set(Quote.of(2));
            array(desk.space(home)).set(CELL, Quote.of(3));
            return null;
        });
        dying.awaitSelfKill();
        assertThat(value.get()).isEqualTo(Quote.of(2));
        long left = point == CrashPoint.VALUE_PUBLISHED ? 3 : 2;
        assertThat(array.get(CELL)).isEqualTo(Quote.of(left));
        array.set(CELL, Quote.of(4));
        assertThat(array.updateAndGet(CELL, quote -> Quote.of(quote.bid() + 1))).isEqualTo(Quote.of(5));
        assertThat(array.version(CELL)).isEqualTo(left == 3 ? 5 : 4);
    }

    /// A writer that is stopped in the middle keeps its claim: readers read, another writer waits for it.
    @Test
    void aStoppedWriterHoldsUpWritersOnly() {
        String home = root;
        SharedValue<Quote> value = value(space);
        Peer stopped = sandbox.peer();
        stopped.call(desk -> value(desk.space(home)).get());
        stopped.stopAt(CrashPoint.VALUE_CLAIMED, 1);
        Reply<Object> slow = stopped.start(desk -> {
            value(desk.space(home)).set(Quote.of(1));
            return null;
        });
        stopped.awaitStop();
        assertThat(value.get()).isEqualTo(Quote.of(0));
        assertThat(value.toString()).contains(", being written by process " + stopped.pid());
        Reply<Object> writer = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            value.set(Quote.of(2));
            return null;
        }).awaitWaiting();
        assertThat(writer.isDone()).isFalse();
        stopped.resume();
        slow.get();
        writer.get();
        assertThat(value.get()).isEqualTo(Quote.of(2));
        assertThat(value.version()).isEqualTo(2);
    }

    /// Updates from two processes are all applied, to a value and to an element.
    @Test
    void noUpdateIsLost() {
        String home = root;
        int steps = 5000;
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        Job<Object> update = desk -> {
            SharedValue<Quote> there = value(desk.space(home));
            SharedRecordArray<Quote> elements = array(desk.space(home));
            for (int i = 0; i < steps; i++) {
                there.updateAndGet(quote -> Quote.of(quote.bid() + 1));
                elements.getAndUpdate(CELL, quote -> Quote.of(quote.bid() + 2));
            }
            return null;
        };
        Reply<Object> there = peer().start(update);
        threads().start(update).get();
        there.get();
        assertThat(value.get()).isEqualTo(Quote.of(2L * steps));
        assertThat(array.get(CELL)).isEqualTo(Quote.of(4L * steps));
        assertThat(value.version()).isEqualTo(2L * steps);
        assertThat(value.getAndSet(Quote.of(7))).isEqualTo(Quote.of(2L * steps));
        assertThat(value.getAndUpdate(quote -> Quote.of(8))).isEqualTo(Quote.of(7));
        assertThatThrownBy(() -> value.updateAndGet(quote -> {
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(value.get()).isEqualTo(Quote.of(8));
    }

    /// Null is refused by every way in, and changes nothing.
    @Test
    void nullIsRefused() {
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> value.set(null), () -> value.getAndSet(null), () -> value.updateAndGet(quote -> null))) {
            assertThatThrownBy(method)
                    .isInstanceOf(CodecException.class).hasMessage("Quote: expected a value, found null");
        }
        assertThatThrownBy(() -> array.set(0, null)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> space.value("w", QUOTES, null)).isInstanceOf(NullPointerException.class);
        assertThat(value.version()).isZero();
        assertThat(sandbox.files()).containsExactly("a", "v");
    }

    /// A value that is too long is refused with its limit, and nothing has changed; the longest fits.
    @Test
    void aValueThatIsTooLongIsRefused() {
        SharedValue<byte[]> value = space.value("v", Codec.bytes(), 16, new byte[] {1});
        assertThat(value.valueBytes()).isEqualTo(16);
        assertThatThrownBy(() -> value.set(new byte[17]))
                .isInstanceOf(CodecException.class).hasMessageContaining("the value does not fit");
        assertThatThrownBy(() -> value.updateAndGet(before -> new byte[100])).isInstanceOf(CodecException.class);
        assertThat(value.get()).containsExactly(1);
        assertThat(value.version()).isZero();
        value.set(new byte[16]);
        assertThat(value.get()).hasSize(16);
        value.set(new byte[0]);
        assertThat(value.get()).isEmpty();
        assertThatThrownBy(() -> space.value("w", Codec.bytes(), 4, new byte[5])).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> space.value("w", Codec.bytes(), -1, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'w': 1 values of -1 bytes are impossible");
        assertThat(sandbox.files()).containsExactly("v");
    }

    /// A codec without a longest encoding needs a number of bytes, and the refusal says so.
    @Test
    void aCodecWithoutALongestEncodingNeedsANumber() {
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> space.value("v", Codec.strings(), ""),
                () -> space.recordArray("v", Codec.strings(), 3, ""))) {
            assertThatThrownBy(method)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("'v': values of ")
                    .hasMessageEndingWith(" have no longest encoding; say how many bytes a value may take");
        }
        SharedValue<String> value = space.value("v", Codec.strings(), 64, "first");
        assertThat(peer().<String>call(desk -> {
            try (SharedValue<String> arrived = value) {
                return arrived.getAndSet("sec\u00f6nd");
            }
        })).isEqualTo("first");
        assertThat(value.get()).isEqualTo("sec\u00f6nd");
    }

    /// Indices that are not there, and lengths that cannot be, are refused with the array's name and length.
    @ParameterizedTest
    @CsvSource({"-1", "10", "9223372036854775807", "-9223372036854775808"})
    void anIndexThatIsNotThereIsRefused(long index) {
        SharedRecordArray<Quote> array = array(space);
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(256);
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> array.get(index), () -> array.set(index, Quote.of(1)), () -> array.version(index),
                () -> array.updateAndGet(index, quote -> quote), () -> array.getAndUpdate(index, quote -> quote),
                () -> array.read(index, buffer, 0), () -> array.write(index, buffer, 0, 8))) {
            assertThatThrownBy(method)
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("array 'a': index %,d is not within its 10 elements".formatted(index));
        }
        assertThat(array.length()).isEqualTo(10);
        assertThatThrownBy(() -> space.recordArray("b", QUOTES, -1, Quote.of(0)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("'b': -1 values of ");
        SharedRecordArray<Quote> empty = space.recordArray("empty", QUOTES, 0, Quote.of(0));
        assertThatThrownBy(() -> empty.get(0)).hasMessage("array 'empty': index 0 is not within its 0 elements");
    }

    /// Bytes of a value can be read and written, within bounds.
    @Test
    void bytesGoInAndOut() {
        SharedValue<Quote> value = value(space);
        SharedValue<Quote> other = space.value("w", QUOTES, Quote.of(9));
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(256);
        int length = other.read(buffer, 3);
        value.write(buffer, 3, length);
        assertThat(value.get()).isEqualTo(Quote.of(9));
        MemoryBuffer exact = new MemoryBuffer();
        exact.wrap(ByteBuffer.allocateDirect(value.valueBytes()));
        assertThat(value.read(exact, 0)).isEqualTo(length);
        assertThat(QUOTES.decode(exact, 0, length)).isEqualTo(Quote.of(9));
        for (int impossible : new int[] {-1, value.valueBytes() + 1}) {
            assertThatThrownBy(() -> value.write(buffer, 0, impossible))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a value of %,d bytes does not fit into the room of %,d"
                            .formatted(impossible, value.valueBytes()));
        }
        assertThatThrownBy(() -> value.write(exact, 1, value.valueBytes()))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(value.version()).isEqualTo(1);
    }

    /// A copy has all values of its time; other types, sizes and lengths are refused and named.
    @Test
    void copiesAndMismatches() {
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        value.set(Quote.of(3));
        array.set(CELL, Quote.of(4));
        SharedValue<Quote> copy = space.copy(value, "v2");
        SharedRecordArray<Quote> copies = space.copy(array, "a2");
        value.set(Quote.of(5));
        assertThat(copy.get()).isEqualTo(Quote.of(3));
        assertThat(copy.version()).isZero();
        assertThat(copies.get(CELL)).isEqualTo(Quote.of(4));
        assertThat(copies.get(0)).isEqualTo(Quote.of(0));
        assertThatThrownBy(() -> space.value("v", Codec.longs(), 1L))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("element type: expected Long, found record");
        assertThatThrownBy(() -> space.value("v", QUOTES, 4096, Quote.of(0)))
                .isInstanceOf(MismatchException.class).hasMessageContaining("valueBytes: expected 4096, found ");
        assertThatThrownBy(() -> space.recordArray("a", QUOTES, 11, Quote.of(0)))
                .isInstanceOf(MismatchException.class).hasMessageContaining("cells: expected 11, found 10");
        assertThatThrownBy(() -> space.recordArray("v", QUOTES, 1, Quote.of(0)))
                .isInstanceOf(MismatchException.class).hasMessageContaining("kind: expected VALUE_ARRAY, found VALUE");
    }

    /// A closed handle refuses every method; a writer that waits through it is refused, and the value is as it was.
    @Test
    void aClosedHandleRefusesEverything() {
        String home = root;
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        Peer stopped = sandbox.peer();
        stopped.stopAt(CrashPoint.VALUE_CLAIMED, 1);
        stopped.start(desk -> {
            value(desk.space(home)).set(Quote.of(1));
            return null;
        });
        stopped.awaitStop();
        Reply<Object> waiting = threads().<Object>start(desk -> {
            desk.tellWhenWaiting();
            value.set(Quote.of(2));
            return null;
        }).awaitWaiting();
        value.close();
        value.close();
        array.close();
        assertThat(waiting.failure())
                .isInstanceOf(ClosedException.class).hasMessage("'v': this handle was closed");
        Function<Quote, Quote> same = quote -> quote;
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                value::get, value::version, () -> value.updateAndGet(same::apply), () -> value.getAndSet(Quote.of(1)),
                () -> array.set(0, Quote.of(1)), () -> array.get(0), () -> array.version(0),
                () -> array.updateAndGet(0, same::apply))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessageContaining("this handle was closed");
        }
        assertThat(value).hasToString("SharedValue[v, closed]");
        assertThat(array).hasToString("SharedRecordArray[a, closed]");
        assertThat(value(space).get()).isEqualTo(Quote.of(0));
    }

    /// Writing allocates nothing, reading the value alone, and reading bytes nothing.
    @Test
    void valuesCostNoMoreThanTheirDecoding() {
        SharedValue<Quote> value = value(space);
        SharedRecordArray<Quote> array = array(space);
        Quote quote = Quote.of(5);
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(256);
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            value.set(quote);
            array.set(CELL, quote);
            int length = value.read(buffer, 0);
            array.write(CELL, buffer, 0, length);
            array.read(CELL, buffer, 0);
        })).isZero();
    }

    /// A codec may use the value that it is called for, in both directions, and throw anything.
    @Test
    void aCodecMayUseTheSameValue() {
        AtomicReference<SharedValue<Long>> same = new AtomicReference<>();
        Codec<Long> nested = new NestedCodec(same);
        SharedValue<Long> value = space.value("n", nested, 0L);
        for (long n = 1; n < 5; n++) {
            value.set(n);
            assertThat(value.get()).isEqualTo(n);
            assertThat(value.updateAndGet(before -> before + 10)).isEqualTo(n + 10);
        }
        same.set(value);
        value.set(1_000L);
        assertThat(value.get()).isEqualTo(1_000L);
        assertThat(value.updateAndGet(before -> before + value.get())).isEqualTo(2_000L);
        same.set(null);
        value.set(5L);
        assertThatThrownBy(() -> value.updateAndGet(before -> {
            throw new NoClassDefFoundError("Missing");
        })).isInstanceOf(NoClassDefFoundError.class);
        assertThat(value.get()).isEqualTo(5L);
        value.set(6L);
        assertThat(value.get()).isEqualTo(6L);
    }

    /// Reads the value in the middle of encoding and decoding it.
    private record NestedCodec(AtomicReference<SharedValue<Long>> same) implements Codec<Long> {
        @Override
        public int encode(Long value, MutableDirectBuffer target, int index) {
            target.putLong(index, value);
            SharedValue<Long> nested = same.getAndSet(null);
            if (nested != null) {
                nested.get();
                same.set(nested);
            }
            return Long.BYTES;
        }

        @Override
        public Long decode(DirectBuffer source, int index, int length) {
            SharedValue<Long> nested = same.getAndSet(null);
            if (nested != null) {
                nested.get();
                same.set(nested);
            }
            return source.getLong(index);
        }

        @Override
        public int maxBytes() {
            return Long.BYTES;
        }

        @Override
        public String identity() {
            return "nested";
        }
    }

    /// A corrupt length, written from outside.
    @Test
    void aCorruptLengthIsReported() throws Exception {
        SharedValue<Quote> value = value(space);
        long mark = 0x1122_3344_5566_7788L;
        value.set(Quote.of(mark));
        Path file = Path.of(root, Sandbox.SPACE, "v");
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        int at = 0;
        while (bytes.getLong(at) != mark) {
            at += Long.BYTES;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, 1 << 30), at - Long.BYTES);
        }
        assertThatThrownBy(value::get).isInstanceOf(CorruptObjectException.class).hasMessageContaining("'v'");
        assertThatThrownBy(() -> value.read(new ExpandableMemoryBuffer(), 0))
                .isInstanceOf(CorruptObjectException.class);
        value.set(Quote.of(7));
        assertThat(value.get()).isEqualTo(Quote.of(7));
    }
}
