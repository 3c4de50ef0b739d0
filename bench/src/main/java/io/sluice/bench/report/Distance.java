package io.sluice.bench.report;

import java.util.Locale;

/// How far the two cores were apart while a sample was taken. Virtual cores share a cache in one block and do not in
/// the next, and everything between them follows; so only samples of the same distance are compared.
public enum Distance {
    /// A cache line's round trip was short before it and after it.
    NEAR,
    /// It was long before it and after it.
    FAR,
    /// It was not the same before it and after it: the sample counts for nothing.
    MOVED,
    /// Nobody looked, since nothing goes from core to core, or more than two cores take part.
    ANY;

    /// As the reports write it.
    ///
    /// @return the name in small letters
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
