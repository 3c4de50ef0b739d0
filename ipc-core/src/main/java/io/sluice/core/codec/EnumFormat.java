package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Constants of an enum by their ordinals; the identity lists their names, so that another order is another format.
final class EnumFormat extends Format {
    private final Class<?> type;
    private final Object[] constants;

    private EnumFormat(Class<?> type) {
        this.type = type;
        this.constants = type.getEnumConstants();
    }

    static Format of(Class<?> type) {
        return new EnumFormat(type);
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // the identity lists the names in this order, so that the ordinal means the same
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        buffer.putShort(at, (short) ((Enum<?>) type.cast(value)).ordinal(), LITTLE_ENDIAN);
        return at + Short.BYTES;
    }

    @Override
    Object read(Source source) {
        return constants[source.getChoice(constants.length, "constants of " + type.getSimpleName())];
    }

    @Override
    void describe(Description description) {
        if (description.mention("enum", type)) {
            description.append("{");
            for (int i = 0; i < constants.length; i++) {
                description.append(i == 0 ? "" : ", ").append(((Enum<?>) constants[i]).name());
            }
            description.append("}");
        }
    }

    @Override
    int max(Set<Format> open) {
        return Short.BYTES;
    }

    @Override
    int typical(Set<Format> open) {
        return Short.BYTES;
    }
}
