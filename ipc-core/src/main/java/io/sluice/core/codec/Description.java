package io.sluice.core.codec;

import java.util.HashSet;
import java.util.Set;

/// The text of an identity while it is built: named types are spelled out at their first mention only, so that a
/// record which contains itself has a finite text.
final class Description {
    private final StringBuilder text = new StringBuilder();
    private final Set<Class<?>> mentioned = new HashSet<>();

    Description append(String words) {
        text.append(words);
        return this;
    }

    Description append(Format format) {
        format.describe(this);
        return this;
    }

    /// Appends the kind and name of a type and says whether its parts must follow.
    boolean mention(String kind, Class<?> type) {
        text.append(kind).append(' ').append(type.getName());
        return mentioned.add(type);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
