package io.sluice.core.codec;

import java.util.Optional;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Optionals: a byte that says whether there is a value, then the value.
final class OptionalFormat extends Format {
    private final Format value;

    private OptionalFormat(Format value) {
        this.value = value;
    }

    static Format of(Format value) {
        return new OptionalFormat(value);
    }

    @Override
    int write(Object optional, MutableDirectBuffer buffer, int at, int depth) {
        return value.writeNullable(((Optional<?>) optional).orElse(null), buffer, at, deeper(depth));
    }

    @Override
    Object read(Source source) {
        source.enter();
        Object found = value.readNullable(source);
        source.leave();
        return Optional.ofNullable(found);
    }

    @Override
    void describe(Description description) {
        description.append("Optional<").append(value).append(">");
    }

    @Override
    int max(Set<Format> open) {
        return plus(1, value.max(open));
    }

    @Override
    int typical(Set<Format> open) {
        return 1 + value.typical(open);
    }
}
