package io.sluice.bench.report;

import java.util.Locale;

/// Distance of the two cores while a sample was taken. Virtual cores may share a cache in one block and not in the
/// next, which changes every cost between them; so only samples of the same distance are compared.
public enum Distance {
    /// The round trip of a cache line was short before and after the sample.
    NEAR,
    /// It was long before and after the sample.
    FAR,
    /// It changed between before and after the sample, which is not counted.
    MOVED,
    /// Not measured: the benchmark does not depend on it.
    ANY;

    /// The name as reports show it.
    ///
    /// @return in small letters
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
