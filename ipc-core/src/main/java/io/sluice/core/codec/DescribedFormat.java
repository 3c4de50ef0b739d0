package io.sluice.core.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// A named type that is known by its description alone: it can be read, not written.
abstract class DescribedFormat extends Format {
    private final String name;

    private DescribedFormat(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    final String simpleName() {
        return name.substring(1 + Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')));
    }

    @Override
    final int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        throw new CodecException(name + " is known by its description alone, and cannot be written");
    }

    @Override
    final void describe(Description description) {
        description.append(name);
    }

    @Override
    final int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    final int typical(Set<Format> open) {
        return 1;
    }

    /// A record: its components in order.
    static final class OfRecord extends DescribedFormat {
        private record Field(String name, Format format, boolean primitive) {}

        private final List<Field> fields = new ArrayList<>();

        OfRecord(String name) {
            super(name);
        }

        void add(String field, Format format, boolean primitive) {
            fields.add(new Field(field, format, primitive));
        }

        @Override
        Object read(Source source) {
            source.enter();
            Map<String, Object> values = new LinkedHashMap<>();
            for (Field field : fields) {
                values.put(field.name(), field.primitive()
                        ? field.format().read(source) : field.format().readNullable(source));
            }
            source.leave();
            return new DescribedCodec.Value(simpleName(), values);
        }
    }

    /// An enum: its constants by their ordinals.
    static final class OfEnum extends DescribedFormat {
        private final List<String> constants = new ArrayList<>();

        OfEnum(String name) {
            super(name);
        }

        void add(String constant) {
            constants.add(constant);
        }

        @Override
        Object read(Source source) {
            return constants.get(source.getChoice(constants.size(), "constants of " + name()));
        }
    }

    /// A sealed interface: its members by their index.
    static final class OfSealed extends DescribedFormat {
        private final List<Format> members = new ArrayList<>();

        OfSealed(String name) {
            super(name);
        }

        void add(Format member) {
            members.add(member);
        }

        @Override
        Object read(Source source) {
            return members.get(source.getChoice(members.size(), "members of " + name())).read(source);
        }
    }
}
