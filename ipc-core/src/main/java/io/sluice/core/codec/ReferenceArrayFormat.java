package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.reflect.Array;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Arrays of references, arrays of arrays among them.
final class ReferenceArrayFormat extends Format {
    private final Class<?> elementType;
    private final Format element;

    private ReferenceArrayFormat(Class<?> elementType, Format element) {
        this.elementType = elementType;
        this.element = element;
    }

    static Format of(Class<?> elementType, Format element) {
        return new ReferenceArrayFormat(elementType, element);
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        var array = (Object[]) value;
        int inside = deeper(depth);
        buffer.putInt(at, array.length, LITTLE_ENDIAN);
        int position = at + Integer.BYTES;
        for (int i = 0; i < array.length; i++) {
            try {
                position = element.writeNullable(array[i], buffer, position, inside);
            } catch (RuntimeException e) {
                throw CodecException.within("[" + i + "]", e);
            }
        }
        return position;
    }

    @Override
    Object read(Source source) {
        source.enter();
        var array = (Object[]) Array.newInstance(elementType, source.getLength(1));
        for (int i = 0; i < array.length; i++) {
            try {
                array[i] = element.readNullable(source);
            } catch (RuntimeException e) {
                throw CodecException.within("[" + i + "]", e);
            }
        }
        source.leave();
        return array;
    }

    @Override
    void describe(Description description) {
        description.append(element).append("[]");
    }

    @Override
    int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    int typical(Set<Format> open) {
        return typicalOfMany(1 + element.typical(open));
    }
}
