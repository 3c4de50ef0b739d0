package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Lists and sets: the number of elements, then each in the order of iteration. They come back unmodifiable; a set with
/// a duplicate is refused.
final class CollectionFormat extends Format {
    private final boolean set;
    private final Format element;

    private CollectionFormat(boolean set, Format element) {
        this.set = set;
        this.element = element;
    }

    static Format list(Format element) {
        return new CollectionFormat(false, element);
    }

    static Format set(Format element) {
        return new CollectionFormat(true, element);
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        int inside = deeper(depth);
        int position = at + Integer.BYTES;
        int count = 0;
        if (value instanceof List<?> list && value instanceof RandomAccess) {
            for (int size = list.size(); count < size; count++) { // without an iterator there is no garbage
                position = writeElement(list.get(count), count, buffer, position, inside);
            }
        } else {
            for (Object each : (Collection<?>) value) {
                position = writeElement(each, count++, buffer, position, inside);
            }
        }
        buffer.putInt(at, count, LITTLE_ENDIAN); // the number of written elements, even if size() differs
        return position;
    }

    private int writeElement(Object value, int i, MutableDirectBuffer buffer, int at, int depth) {
        try {
            return element.writeNullable(value, buffer, at, depth);
        } catch (RuntimeException e) {
            throw CodecException.within("[" + i + "]", e);
        }
    }

    @Override
    Object read(Source source) {
        source.enter();
        int count = source.getLength(1);
        Collection<Object> values = set ? new LinkedHashSet<>() : new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            try {
                if (!values.add(element.readNullable(source))) {
                    throw new CodecException("expected another element of a set, found a duplicate");
                }
            } catch (RuntimeException e) {
                throw CodecException.within("[" + i + "]", e);
            }
        }
        source.leave();
        return set ? Collections.unmodifiableSet((Set<?>) values) : Collections.unmodifiableList((List<?>) values);
    }

    @Override
    void describe(Description description) {
        description.append(set ? "Set<" : "List<").append(element).append(">");
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
