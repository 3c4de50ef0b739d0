package io.sluice.core.codec;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// A codec around the tree of formats of a type. It is serialized as that type and planned anew on arrival.
final class FormatCodec<T> implements Codec<T> {
    private static final long serialVersionUID = 1L;

    private final transient Class<T> type;
    private final transient Format format;
    private final transient String identity;
    private final transient int maxBytes;
    private final transient int typicalBytes;

    private FormatCodec(Class<T> type, Format format) {
        this.type = type;
        this.format = format;
        this.identity = new Description().append(format).toString();
        this.maxBytes = format.max(new HashSet<>());
        this.typicalBytes = Math.max(1, format.typical(new HashSet<>()));
    }

    static <T> FormatCodec<T> of(Class<T> type) {
        Objects.requireNonNull(type, "type");
        return new FormatCodec<>(type, new FormatPlanner(type).plan());
    }

    @Override
    public int encode(T value, MutableDirectBuffer buffer, int offset) {
        try {
            if (value == null) {
                throw new CodecException("expected a value, found null");
            }
            return format.writeWhole(value, buffer, offset) - offset;
        } catch (RuntimeException e) {
            throw CodecException.within(type.getSimpleName(), e);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // primitive classes are typed as their boxes, so that a cast by the class would fail
    public T decode(DirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        try {
            return (T) format.readMessage(buffer, offset, length);
        } catch (RuntimeException e) {
            throw CodecException.within(type.getSimpleName(), e);
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    @Override
    public int typicalBytes() {
        return typicalBytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FormatCodec<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public String toString() {
        return "Codec[" + identity + "]";
    }

    private Object writeReplace() {
        return new Travelling(type);
    }

    private void readObject(ObjectInputStream in) throws ObjectStreamException {
        throw new InvalidObjectException("a codec travels as its type");
    }

    private record Travelling(Class<?> type) implements Serializable {
        private Object readResolve() {
            return FormatCodec.of(type);
        }
    }
}
