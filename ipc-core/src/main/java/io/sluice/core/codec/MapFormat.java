package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Maps: the number of entries, then key and value of each in the order of iteration. They come back unmodifiable; a
/// map with a key twice is refused.
final class MapFormat extends Format {
    private final Format key;
    private final Format value;

    private MapFormat(Format key, Format value) {
        this.key = key;
        this.value = value;
    }

    static Format of(Format key, Format value) {
        return new MapFormat(key, value);
    }

    @Override
    int write(Object map, MutableDirectBuffer buffer, int at, int depth) {
        int inside = deeper(depth);
        int position = at + Integer.BYTES;
        int count = 0;
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
            try {
                position = key.writeNullable(entry.getKey(), buffer, position, inside);
                position = value.writeNullable(entry.getValue(), buffer, position, inside);
            } catch (RuntimeException e) {
                throw CodecException.within("[entry " + count + "]", e);
            }
            count++;
        }
        buffer.putInt(at, count, LITTLE_ENDIAN);
        return position;
    }

    @Override
    Object read(Source source) {
        source.enter();
        int count = source.getLength(2);
        var map = new LinkedHashMap<Object, Object>();
        for (int i = 0; i < count; i++) {
            try {
                Object nextKey = key.readNullable(source);
                if (map.containsKey(nextKey)) {
                    throw new CodecException("expected another key, found a duplicate");
                }
                map.put(nextKey, value.readNullable(source));
            } catch (RuntimeException e) {
                throw CodecException.within("[entry " + i + "]", e);
            }
        }
        source.leave();
        return Collections.unmodifiableMap(map);
    }

    @Override
    void describe(Description description) {
        description.append("Map<").append(key).append(", ").append(value).append(">");
    }

    @Override
    int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    int typical(Set<Format> open) {
        return typicalOfMany(2 + key.typical(open) + value.typical(open));
    }
}
