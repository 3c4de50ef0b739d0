package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Transport;
import java.util.ArrayList;
import java.util.List;

/// One of the things that a benchmark compares.
///
/// @param name in reports and on the command line
/// @param transport of its messages
/// @param jvmOptions of its processes, besides those of all processes and of the transport
/// @param watched whether another process looks at its space ten times a second
record Subject(String name, Transport transport, List<String> jvmOptions, boolean watched) {
    private static final String UNCHECKED = "-unchecked";

    static Subject of(String name, Transport transport) {
        return new Subject(name, transport, List.of(), false);
    }

    /// The same subject without bounds checks.
    Subject unchecked() {
        return new Subject(
                name + UNCHECKED,
                transport,
                List.of("-Dsluice.disable.bounds.checks=true", "-Dagrona.disable.bounds.checks=true"),
                watched);
    }

    /// The same subject while an observer looks at it.
    Subject whileWatched() {
        return new Subject(name + "-watched", transport, jvmOptions, true);
    }

    List<String> allJvmOptions() {
        List<String> all = new ArrayList<>(transport.jvmOptions());
        all.addAll(jvmOptions);
        return all;
    }

    String detail() {
        List<String> all = allJvmOptions();
        return transport.detail() + (watched ? ", watched" : "") + (all.isEmpty() ? "" : ": " + String.join(" ", all));
    }
}
