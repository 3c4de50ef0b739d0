package io.sluice.pool.codec;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.shm.space.ObjectHandle;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Many values as one message.
///
/// ```
/// only Integers, only Longs or only Doubles      tag, count (4), their bytes
/// anything                                       tag, count (4), for each: length (4), a value or a failure
/// ```
///
/// An object of this class holds the elements of a collection as they were when it was made, ready to be written in
/// parts. The static methods write results and read both.
///
/// - **Threads:** any number may write from one batch; it does not change.
/// - **Allocation:** writing allocates nothing; reading, the elements.
public final class Batch {
    private static final int HEADER = 1 + Integer.BYTES;
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final byte tag;
    private final Object elements;
    private final int[] offsets;
    private final int size;

    /// @param elements an array of the primitives, or bytes that hold each element behind its length
    /// @param offsets of the elements in the bytes, and the end; `null` for primitives
    private Batch(byte tag, Object elements, int[] offsets, int size) {
        this.tag = tag;
        this.elements = elements;
        this.offsets = offsets;
        this.size = size;
    }

    /// Encodes all elements of a collection now: later changes of the elements have no effect.
    ///
    /// @param values the codec of elements that are not numbers
    /// @param elements in the order of their iterator; may hold `null`
    /// @return the batch
    /// @throws CodecException if an element does not travel: `element 17: ...`; or if together they exceed 2 GiB
    public static Batch encodeAll(Values values, Collection<?> elements) {
        Object[] all = elements.toArray();
        return switch (tagOf(all, all.length)) {
            case Values.INTS -> new Batch(Values.INTS, intsOf(all), null, all.length);
            case Values.LONGS -> new Batch(Values.LONGS, longsOf(all), null, all.length);
            case Values.DOUBLES -> new Batch(Values.DOUBLES, doublesOf(all), null, all.length);
            default -> encodeEach(values, all);
        };
    }

    /// The tag of the elements' common type, if they have one with a tag; otherwise that of objects.
    private static byte tagOf(Object[] all, int count) {
        Object first = count == 0 ? null : all[0];
        byte tag = first instanceof Integer ? Values.INTS
            : first instanceof Long ? Values.LONGS
            : first instanceof Double ? Values.DOUBLES : Values.OBJECT;
        if (tag != Values.OBJECT) {
            Class<?> type = first.getClass();
            for (int i = 1; i < count; i++) {
                if (all[i] == null || all[i].getClass() != type) {
                    return Values.OBJECT;
                }
            }
        }
        return tag;
    }

    private static int[] intsOf(Object[] all) {
        var ints = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            ints[i] = (Integer) all[i];
        }
        return ints;
    }

    private static long[] longsOf(Object[] all) {
        var longs = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            longs[i] = (Long) all[i];
        }
        return longs;
    }

    private static double[] doublesOf(Object[] all) {
        var doubles = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            doubles[i] = (Double) all[i];
        }
        return doubles;
    }

    private static Batch encodeEach(Values values, Object[] all) {
        var scratch = new ExpandableMemoryBuffer(1024);
        var offsets = new int[all.length + 1];
        byte[] bytes = new byte[(int) Math.min(1 << 20, 64L * all.length)];
        int at = 0;
        for (int i = 0; i < all.length; i++) {
            int length = encode(values, all[i], i, scratch);
            long end = (long) at + Integer.BYTES + length;
            if (end > MAX_ARRAY) {
                throw new CodecException("element " + i + ": the elements before it fill 2 GiB; send them in parts");
            }
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_ARRAY, Math.max(end, 2L * bytes.length)));
            }
            scratch.getBytes(0, bytes, at, Integer.BYTES + length);
            at = (int) end;
            offsets[i + 1] = at;
        }
        return new Batch(Values.OBJECT, bytes, offsets, all.length);
    }

    private static int encode(Values values, Object element, int index, ExpandableMemoryBuffer scratch) {
        try {
            int length = values.encode(element, scratch, Integer.BYTES);
            scratch.putInt(0, length);
            return length;
        } catch (CodecException e) {
            throw new CodecException("element " + index + ": " + e.getMessage(), e);
        }
    }

    /// The number of elements.
    ///
    /// @return the number
    public int size() {
        return size;
    }

    /// The encoded length of a range.
    ///
    /// @param from index of the first element
    /// @param count number of elements
    /// @return number of bytes that [#write] writes
    public long byteLength(int from, int count) {
        Objects.checkFromIndexSize(from, count, size);
        return HEADER + (offsets == null ? count * layoutOf(tag).byteSize() : offsets[from + count] - offsets[from]);
    }

    private static ValueLayout layoutOf(byte tag) {
        return switch (tag) {
            case Values.INTS -> JAVA_INT_UNALIGNED;
            case Values.LONGS -> JAVA_LONG_UNALIGNED;
            default -> JAVA_DOUBLE_UNALIGNED;
        };
    }

    /// Writes a range.
    ///
    /// @param from index of the first element
    /// @param count number of elements
    /// @param buffer target; may be expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    /// @throws CodecException if the range ends beyond 2 GiB
    public int write(int from, int count, MutableDirectBuffer buffer, int offset) {
        Objects.checkFromIndexSize(from, count, size);
        if (offsets == null) {
            return PrimitiveArrays.write(tag, elements, from, count, layoutOf(tag), buffer, offset) - offset;
        }
        int length = offsets[from + count] - offsets[from];
        int at = PrimitiveArrays.begin(tag, count, length, buffer, offset);
        buffer.putBytes(at, (byte[]) elements, offsets[from], length);
        return at + length - offset;
    }

    /// Writes results. A result that does not travel becomes a [Failure] with the reason, and the others travel.
    ///
    /// @param values the codec
    /// @param results values, `null`s and [Failure]s
    /// @param count number of results to write, from the first
    /// @param buffer target; expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    public static int encode(Values values, Object[] results, int count, MutableDirectBuffer buffer, int offset) {
        return encode(values, results, count, null, buffer, offset);
    }

    /// Writes results, as [#encode(Values, Object[], int, MutableDirectBuffer, int)] does.
    ///
    /// @param values the codec
    /// @param results values, `null`s and [Failure]s
    /// @param count number of results to write, from the first
    /// @param where origin of the failures, see [Failures#encode]; `null` for this thread and this process
    /// @param buffer target; expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    public static int encode(
            Values values, Object[] results, int count, String where, MutableDirectBuffer buffer, int offset) {
        Objects.checkFromIndexSize(0, count, results.length);
        byte tag = tagOf(results, count);
        if (tag != Values.OBJECT) {
            return encodeNumbers(tag, results, count, buffer, offset) - offset;
        }
        int at = PrimitiveArrays.begin(tag, count, 0, buffer, offset);
        for (int i = 0; i < count; i++) {
            int start = at + Integer.BYTES;
            int length = encodeResult(values, results[i], where, buffer, start);
            buffer.putInt(at, length);
            at = start + length;
        }
        return at - offset;
    }

    private static int encodeNumbers(byte tag, Object[] results, int count, MutableDirectBuffer buffer, int offset) {
        long bytes = count * layoutOf(tag).byteSize();
        int at = PrimitiveArrays.begin(tag, count, bytes, buffer, offset);
        try {
            MemorySegment target = PrimitiveArrays.segment(buffer, at, bytes);
            switch (tag) {
                case Values.INTS -> {
                    for (int i = 0; i < count; i++) {
                        target.set(JAVA_INT_UNALIGNED, i * 4L, (Integer) results[i]);
                    }
                }
                case Values.LONGS -> {
                    for (int i = 0; i < count; i++) {
                        target.set(JAVA_LONG_UNALIGNED, i * 8L, (Long) results[i]);
                    }
                }
                default -> {
                    for (int i = 0; i < count; i++) {
                        target.set(JAVA_DOUBLE_UNALIGNED, i * 8L, (Double) results[i]);
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(buffer);
        }
        return (int) (at + bytes);
    }

    private static int encodeResult(Values values, Object result, String where, MutableDirectBuffer buffer, int at) {
        Throwable failure;
        if (result instanceof Failure failed) {
            failure = failed.failure();
        } else {
            try {
                return values.encode(result, buffer, at);
            } catch (CodecException e) {
                failure = e;
            }
        }
        buffer.putByte(at, Values.FAILURE);
        return 1 + values.failures().encode(failure, where == null ? here() : where, buffer, at + 1);
    }

    private static String here() {
        return Thread.currentThread().getName() + ", process " + ProcessHandle.current().pid();
    }

    /// Reads values into a part of an array. After a failure, the array may hold some of them.
    ///
    /// @param values the codec
    /// @param buffer source
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @param target receives the elements; a [Failure] where one was written
    /// @param at index of the first element in `target`
    /// @param handles receives each handle of shared memory that is opened for an element
    /// @return number of elements
    /// @throws CodecException if the bytes are no batch, if the batch is larger than the rest of `target`, or if an
    ///     element does not decode: `element 17: ...`
    public static int decode(Values values, DirectBuffer buffer, int offset, int length, Object[] target, int at,
            Consumer<? super ObjectHandle> handles) {
        var in = new Input(buffer, offset, length, handles);
        byte tag = in.getByte();
        int count = count(tag, in);
        if (at < 0 || count > target.length - at) {
            throw new CodecException("expected a batch of at most " + (target.length - at) + " elements, found "
                + count);
        }
        decode(values, tag, in, count, target, at);
        return count;
    }

    /// Reads the number of elements, which must fit into the rest of the message.
    private static int count(byte tag, Input in) {
        return in.getLength(switch (tag) {
            case Values.INTS, Values.OBJECT -> Integer.BYTES;
            case Values.LONGS, Values.DOUBLES -> Long.BYTES;
            default -> throw new CodecException("expected the tag of a batch, found " + tag);
        });
    }

    private static void decode(Values values, byte tag, Input in, int count, Object[] target, int at) {
        if (tag == Values.OBJECT) {
            for (int i = 0; i < count; i++) {
                target[at + i] = decodeElement(values, in, i);
            }
        } else {
            decodeNumbers(tag, in, count, target, at);
        }
        in.end();
    }

    /// Reads all values.
    ///
    /// @param values the codec
    /// @param buffer source
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @param handles receives each handle of shared memory that is opened for an element
    /// @return the elements; a [Failure] where one was written
    /// @throws CodecException if the bytes are no batch, or if an element does not decode: `element 17: ...`
    public static Object[] decode(
            Values values, DirectBuffer buffer, int offset, int length, Consumer<? super ObjectHandle> handles) {
        var in = new Input(buffer, offset, length, handles);
        byte tag = in.getByte();
        Object[] elements = new Object[count(tag, in)];
        decode(values, tag, in, elements.length, elements, 0);
        return elements;
    }

    private static void decodeNumbers(byte tag, Input in, int count, Object[] target, int at) {
        int bytes = (int) (count * layoutOf(tag).byteSize());
        try {
            MemorySegment source = PrimitiveArrays.segment(in.buffer(), in.take(bytes), bytes);
            switch (tag) {
                case Values.INTS -> {
                    for (int i = 0; i < count; i++) {
                        target[at + i] = source.get(JAVA_INT_UNALIGNED, i * 4L);
                    }
                }
                case Values.LONGS -> {
                    for (int i = 0; i < count; i++) {
                        target[at + i] = source.get(JAVA_LONG_UNALIGNED, i * 8L);
                    }
                }
                default -> {
                    for (int i = 0; i < count; i++) {
                        target[at + i] = source.get(JAVA_DOUBLE_UNALIGNED, i * 8L);
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(in.buffer());
        }
    }

    private static Object decodeElement(Values values, Input in, int index) {
        int length = in.getLength(1);
        int start = in.take(length);
        if (length > 0 && in.buffer().getByte(start) == Values.FAILURE) {
            return new Failure(values.failures().decode(in.buffer(), start + 1, length - 1));
        }
        try {
            return values.decode(in.buffer(), start, length, in.handles());
        } catch (CodecException e) {
            throw new CodecException("element " + index + ": " + e.getMessage(), e);
        }
    }
}
