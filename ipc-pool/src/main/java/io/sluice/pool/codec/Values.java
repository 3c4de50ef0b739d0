package io.sluice.pool.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.SluiceException;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Triple;
import io.sluice.shm.space.ObjectHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Turns any value that can travel into bytes and back: a tag, then the value, in native byte order.
///
/// ```
/// null, true, false                   tag
/// Byte ... Double                     tag, the bytes of the primitive
/// String                              tag, length (4), UTF-8; or chars, if UTF-8 cannot express it
/// primitive array                     tag, elements (4), their bytes
/// Pair, Triple                        tag, the components
/// list of values, see ListForm        tag, elements (4), the elements
/// lambda, method reference            tag, hash (8), length (4), names, captures (1), captured values
/// everything else                     tag, length (4), a stream of Java serialization
/// ```
///
/// - **Trust:** see `ClassPolicy`; arbitrary bytes give a value or a [CodecException].
/// - **Threads:** any number at once.
/// - **Allocation:** encoding numbers, their arrays and lists, pairs and lambdas allocates only what the JDK needs to
///   take a lambda apart; decoding them, the value and a cursor.
public final class Values {
    static final byte NULL = 0;
    static final byte FALSE = 1;
    static final byte TRUE = 2;
    static final byte BYTE = 3;
    static final byte SHORT = 4;
    static final byte CHAR = 5;
    static final byte INT = 6;
    static final byte LONG = 7;
    static final byte FLOAT = 8;
    static final byte DOUBLE = 9;
    static final byte STRING = 10;
    static final byte STRING_OF_CHARS = 11;
    static final byte PAIR = 12;
    static final byte TRIPLE = 13;
    static final byte LAMBDA = 14;
    static final byte OBJECT = 15;
    /// Only as an element of a [Batch].
    static final byte FAILURE = 16;
    static final byte LIST = 17;
    static final byte LIST_OR_NULL = 18;
    static final byte ARRAY_LIST = 19;
    static final byte BOOLEANS = 20;
    static final byte BYTES = 21;
    static final byte SHORTS = 22;
    static final byte CHARS = 23;
    static final byte INTS = 24;
    static final byte LONGS = 25;
    static final byte FLOATS = 26;
    static final byte DOUBLES = 27;

    /// Limit of the nesting of pairs, lists and lambdas.
    static final int MAX_DEPTH = 200;

    private final ObjectStreams streams;
    private final Lambdas lambdas;
    private final ListForm lists;
    private final Failures failures;

    /// Creates a codec.
    ///
    /// @param allowedPatterns names of JDK classes that may travel, besides values and exceptions
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    public Values(List<String> allowedPatterns) {
        this(allowedPatterns, "ProcessPool.builder().allow");
    }

    /// Creates a codec for users that allow classes by another method.
    ///
    /// @param allowedPatterns names of JDK classes that may travel, besides values and exceptions
    /// @param howToAllow the method that allows one more, for messages
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    public Values(List<String> allowedPatterns, String howToAllow) {
        this.streams = new ObjectStreams(new ClassPolicy(allowedPatterns, howToAllow));
        this.lambdas = new Lambdas(this, streams);
        this.lists = new ListForm(this);
        this.failures = new Failures(this);
    }

    /// The codec of exceptions that belongs to this one.
    ///
    /// @return the same object each time
    public Failures failures() {
        return failures;
    }

    ObjectStreams streams() {
        return streams;
    }

    /// Writes a value. After a failure, the content of the buffer is undefined.
    ///
    /// @param value any; may be `null`
    /// @param buffer target; may be expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    /// @throws CodecException if the value does not travel; names the part that does not
    public int encode(Object value, MutableDirectBuffer buffer, int offset) {
        try {
            return write(value, buffer, offset, 0) - offset;
        } catch (CodecException e) {
            throw e;
        } catch (Throwable e) {
            throw failure(e, value == null ? "null" : "an object of " + value.getClass().getName());
        }
    }

    private static CodecException failure(Throwable e, String what) {
        return switch (e) {
            case StackOverflowError overflow -> new CodecException(
                "expected an object that fits on the stack, found one nested too deeply", overflow);
            case VirtualMachineError error -> throw error;
            case IndexOutOfBoundsException bounds -> new CodecException(
                what + " does not fit into the buffer, or leads out of it: " + bounds.getMessage(), bounds);
            default -> new CodecException(what + " does not travel: " + e, e);
        };
    }

    /// Writes a value and returns the position after it.
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        if (value == null) {
            buffer.putByte(at, NULL);
            return at + 1;
        }
        if (value instanceof Integer i) {
            buffer.putByte(at, INT);
            buffer.putInt(at + 1, i);
            return at + 1 + Integer.BYTES;
        }
        if (value instanceof Long l) {
            buffer.putByte(at, LONG);
            buffer.putLong(at + 1, l);
            return at + 1 + Long.BYTES;
        }
        if (value instanceof Double d) {
            buffer.putByte(at, DOUBLE);
            buffer.putLong(at + 1, Double.doubleToRawLongBits(d));
            return at + 1 + Double.BYTES;
        }
        if (value instanceof String text) {
            return writeString(text, buffer, at);
        }
        if (value instanceof Boolean b) {
            buffer.putByte(at, b ? TRUE : FALSE);
            return at + 1;
        }
        if (value.getClass().isArray() && value.getClass().getComponentType().isPrimitive()) {
            return PrimitiveArrays.write(value, buffer, at);
        }
        return writeRarer(value, buffer, at, depth);
    }

    private int writeRarer(Object value, MutableDirectBuffer buffer, int at, int depth) {
        if (value instanceof Byte b) {
            buffer.putByte(at, BYTE);
            buffer.putByte(at + 1, b);
            return at + 1 + Byte.BYTES;
        }
        if (value instanceof Short s) {
            buffer.putByte(at, SHORT);
            buffer.putShort(at + 1, s);
            return at + 1 + Short.BYTES;
        }
        if (value instanceof Character c) {
            buffer.putByte(at, CHAR);
            buffer.putChar(at + 1, c);
            return at + 1 + Character.BYTES;
        }
        if (value instanceof Float f) {
            buffer.putByte(at, FLOAT);
            buffer.putInt(at + 1, Float.floatToRawIntBits(f));
            return at + 1 + Float.BYTES;
        }
        if (depth >= MAX_DEPTH) {
            throw tooDeep();
        }
        if (value instanceof Pair<?, ?> pair) {
            buffer.putByte(at, PAIR);
            int next = writePart("Pair.first", pair.first(), buffer, at + 1, depth);
            return writePart("Pair.second", pair.second(), buffer, next, depth);
        }
        if (value instanceof Triple<?, ?, ?> triple) {
            buffer.putByte(at, TRIPLE);
            int next = writePart("Triple.first", triple.first(), buffer, at + 1, depth);
            next = writePart("Triple.second", triple.second(), buffer, next, depth);
            return writePart("Triple.third", triple.third(), buffer, next, depth);
        }
        int list = lists.write(value, buffer, at, depth);
        if (list != ListForm.NONE) {
            return list;
        }
        LambdaForm form = LambdaForm.of(value);
        if (form != null) {
            int next = lambdas.write(value, form, buffer, at, depth);
            if (next >= 0) {
                return next;
            }
        }
        return writeObject(value, buffer, at);
    }

    private int writePart(String name, Object part, MutableDirectBuffer buffer, int at, int depth) {
        try {
            return write(part, buffer, at, depth + 1);
        } catch (CodecException e) {
            throw new CodecException(name + ": " + e.getMessage(), e);
        }
    }

    private int writeObject(Object value, MutableDirectBuffer buffer, int at) {
        if (!ObjectGraph.travels(value.getClass())) {
            throw ObjectGraph.notSerializable(value.getClass());
        }
        buffer.putByte(at, OBJECT);
        int start = at + 1 + Integer.BYTES;
        int next = streams.write(value, buffer, start);
        buffer.putInt(at + 1, next - start);
        return next;
    }

    private static int writeString(String text, MutableDirectBuffer buffer, int at) {
        if (hasLoneSurrogate(text)) {
            char[] chars = text.toCharArray();
            int next = PrimitiveArrays.write(chars, buffer, at);
            buffer.putByte(at, STRING_OF_CHARS);
            return next;
        }
        buffer.putByte(at, STRING);
        return writeText(text, buffer, at + 1);
    }

    /// UTF-8 cannot express a lone surrogate; such a string would decode to another one.
    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /// Writes a length and UTF-8, and returns the position after them; see [Input#getText].
    static int writeText(String text, MutableDirectBuffer buffer, int at) {
        byte[] bytes = text.getBytes(UTF_8);
        buffer.putInt(at, bytes.length);
        buffer.putBytes(at + Integer.BYTES, bytes);
        return at + Integer.BYTES + bytes.length;
    }

    /// Reads a value and gives its handles to the caller. After a failure, they are closed.
    ///
    /// @param buffer source
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @return the value; may be `null`
    /// @throws CodecException if the bytes are not exactly one value, or its class is absent or refused
    /// @throws SluiceException if the object of a handle cannot be opened here
    public Object decode(DirectBuffer buffer, int offset, int length) {
        var opened = new ArrayList<ObjectHandle>(0);
        boolean read = false;
        try {
            Object value = decode(buffer, offset, length, opened::add);
            read = true;
            return value;
        } finally {
            if (!read) {
                opened.forEach(ObjectHandle::close);
            }
        }
    }

    /// Reads a value.
    ///
    /// @param buffer source
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @param handles receives each handle of shared memory that is opened for the value, also if it fails afterwards
    /// @return the value; may be `null`
    /// @throws CodecException if the bytes are not exactly one value, or its class is absent or refused
    /// @throws SluiceException if the object of a handle cannot be opened here
    public Object decode(DirectBuffer buffer, int offset, int length, Consumer<? super ObjectHandle> handles) {
        var in = new Input(buffer, offset, length, handles);
        try {
            Object value = read(in);
            in.end();
            return value;
        } catch (CodecException e) {
            throw e;
        } catch (Throwable e) {
            throw unreadable(e);
        }
    }

    /// The exception for unreadable bytes. That of a handle that cannot be opened is thrown unchanged.
    private static CodecException unreadable(Throwable e) {
        if (e instanceof SluiceException ours) {
            throw ours;
        }
        if (e instanceof VirtualMachineError error && !(e instanceof StackOverflowError)) {
            throw error;
        }
        return new CodecException("the bytes are no value, or its class does not accept them: " + e, e);
    }

    /// Reads the next value of a message.
    Object read(Input in) throws Throwable {
        byte tag = in.getByte();
        return switch (tag) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case BYTE -> in.getByte();
            case SHORT -> in.getShort();
            case CHAR -> (char) in.getShort();
            case INT -> in.getInt();
            case LONG -> in.getLong();
            case FLOAT -> Float.intBitsToFloat(in.getInt());
            case DOUBLE -> Double.longBitsToDouble(in.getLong());
            case STRING -> in.getText();
            case STRING_OF_CHARS -> new String((char[]) PrimitiveArrays.read(CHARS, in));
            case PAIR, TRIPLE, LAMBDA -> readNested(tag, in);
            case LIST, LIST_OR_NULL, ARRAY_LIST -> lists.read(tag, in);
            case OBJECT -> {
                int length = in.getLength(1);
                yield streams.read(in.buffer(), in.take(length), length, in.handles());
            }
            default -> PrimitiveArrays.read(tag, in);
        };
    }

    private Object readNested(byte tag, Input in) throws Throwable {
        in.enter();
        Object value = switch (tag) {
            case PAIR -> new Pair<>(read(in), read(in));
            case TRIPLE -> new Triple<>(read(in), read(in), read(in));
            default -> lambdas.read(in);
        };
        in.leave();
        return value;
    }

    static CodecException tooDeep() {
        return new CodecException("expected at most " + MAX_DEPTH + " levels of pairs, lists and lambdas, found more");
    }
}
