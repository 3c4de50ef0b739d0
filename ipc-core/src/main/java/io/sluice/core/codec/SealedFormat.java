package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Members of a sealed interface: the index of the record or enum among all permitted ones, then its bytes.
/// Sealed interfaces below it count as their members.
final class SealedFormat extends Format {
    private final Class<?> type;
    private final List<Format> formats = new ArrayList<>();
    private final Map<Class<?>, Integer> places = new HashMap<>();

    SealedFormat(Class<?> type) {
        this.type = type;
    }

    /// Plans the members, after this format is known to the planner.
    void plan(FormatPlanner planner, String path) {
        collect(type, planner, path);
    }

    private void collect(Class<?> sealed, FormatPlanner planner, String path) {
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isInterface() && permitted.isSealed()) {
                collect(permitted, planner, path);
            } else if (!permitted.isRecord() && !permitted.isEnum()) {
                throw planner.refused(permitted, path, "is permitted by sealed " + sealed.getSimpleName()
                    + " and is neither a record nor an enum");
            } else if (!places.containsKey(permitted)) {
                places.put(permitted, formats.size());
                formats.add(planner.plan(permitted, path + "(" + permitted.getSimpleName() + ")"));
            }
        }
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        Class<?> member = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        Integer place = places.get(member);
        if (place == null) {
            throw new CodecException("expected a member of " + type.getName() + ", found " + member.getName());
        }
        buffer.putShort(at, place.shortValue(), LITTLE_ENDIAN);
        return formats.get(place).write(value, buffer, at + Short.BYTES, depth);
    }

    @Override
    Object read(Source source) {
        return formats.get(source.getChoice(formats.size(), "members of " + type.getSimpleName())).read(source);
    }

    @Override
    void describe(Description description) {
        if (description.mention("sealed", type)) {
            String separator = "{";
            for (Format format : formats) {
                description.append(separator).append(format);
                separator = ", ";
            }
            description.append("}");
        }
    }

    @Override
    int max(Set<Format> open) {
        int longest = 0;
        for (Format format : formats) {
            int max = format.max(open);
            if (max == Codec.UNBOUNDED) {
                return Codec.UNBOUNDED;
            }
            longest = Math.max(longest, max);
        }
        return plus(Short.BYTES, longest);
    }

    @Override
    int typical(Set<Format> open) {
        int longest = 0;
        for (Format format : formats) {
            longest = Math.max(longest, format.typical(open));
        }
        return limited((long) Short.BYTES + longest);
    }
}
