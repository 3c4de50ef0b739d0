package io.sluice.bench.journal;

import java.util.List;
import java.util.Locale;

/// What a benchmark of journals measures.
enum Question {
    /// A broadcast's producer at full speed: alone, beside a process that writes a journal of its own, and recorded.
    TAP("How many messages of 64 B a second does a producer send: alone, beside a journal, recorded?", "M/s"),
    /// Records appended from one thread.
    APPEND("How many records of 64 B a second go to the disk?", "M/s"),
    /// Records read, checked, and sent on.
    REPLAY("How many records of 64 B a second are read and checked, and replayed into a ring?", "M/s"),
    /// From the send to the append, at 100,000 messages a second.
    LATENCY("How long does a message take from its producer to the journal, at 100,000 a second? (p99)", "µs");

    private final String text;
    private final String unit;

    Question(String text, String unit) {
        this.text = text;
        this.unit = unit;
    }

    /// The name of its benchmark.
    String benchmark() {
        return "journal-" + name().toLowerCase(Locale.ROOT);
    }

    String text() {
        return text;
    }

    String unit() {
        return unit;
    }

    List<String> subjects() {
        return switch (this) {
            case TAP -> List.of("ring", "ring-beside", "ring-tapped");
            case APPEND -> List.of("journal", "chronicle", "file");
            case REPLAY -> List.of("read", "ring");
            case LATENCY -> List.of("recorder");
        };
    }
}
