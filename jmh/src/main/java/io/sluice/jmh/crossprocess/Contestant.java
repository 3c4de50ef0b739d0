package io.sluice.jmh.crossprocess;

import java.util.List;

/// One who takes part in a match.
///
/// @param name how the report calls it
/// @param transport through what its messages travel
/// @param jvmOptions of its two processes, besides those that all have
record Contestant(String name, Transport transport, List<String> jvmOptions) {
    private static final String UNCHECKED = "-unchecked";

    static Contestant of(String name, Transport transport) {
        return new Contestant(name, transport, List.of());
    }

    /// The same without bounds checks.
    Contestant unchecked() {
        return new Contestant(
                name + UNCHECKED,
                transport,
                List.of("-Dsluice.disable.bounds.checks=true", "-Dagrona.disable.bounds.checks=true"));
    }
}
