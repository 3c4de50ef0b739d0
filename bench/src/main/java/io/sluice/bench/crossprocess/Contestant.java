package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Transport;
import java.util.ArrayList;
import java.util.List;

/// One who takes part in a match.
///
/// @param name how the report calls it
/// @param transport through what its messages travel
/// @param jvmOptions of its processes, besides those that all have and those that the transport needs
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

    List<String> allJvmOptions() {
        List<String> all = new ArrayList<>(transport.jvmOptions());
        all.addAll(jvmOptions);
        return all;
    }

    String detail() {
        List<String> all = allJvmOptions();
        return transport.detail() + (all.isEmpty() ? "" : ": " + String.join(" ", all));
    }
}
