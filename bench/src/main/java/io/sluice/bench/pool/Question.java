package io.sluice.bench.pool;

import java.util.Locale;

/// What a benchmark of pools, connections or managers measures.
enum Question {
    /// One trivial call after the other, from one thread.
    CALL("How long do a trivial call and its answer take?", "µs", false),
    /// Trivial tasks submitted one by one, then all futures joined.
    SUBMIT("How many trivial tasks, submitted one by one?", "k/s", true),
    /// A map of numbers with a chunk size of one.
    MAP_ONE("How many numbers through a map with a chunk size of 1?", "k/s", true),
    /// A map of 100,000 numbers with the usual options.
    MAP("How many numbers through a map of 100,000?", "M/s", true),
    /// An unordered iteration with a chunk size of one.
    IMAP_UNORDERED("How many numbers through imapUnordered with a chunk size of 1?", "k/s", true),
    /// Start and join of a process that does nothing.
    START("How long do start and join of a process that does nothing take?", "ms", false),
    /// An object through a connection to another process, and back.
    CONNECTION("How long does the round trip of an object through a listener's connection take?", "µs", false),
    /// A single call while a map of a million times one millisecond runs.
    CALL_BESIDE_MAP("How long does a call take while a map of 1,000 x 1 ms runs?", "ms", false),
    /// One get of a managed map after the other, from one thread.
    MANAGER_GET("How many gets of a map in a server process, from one thread?", "k/s", true),
    /// One put into a managed map after the other, from one thread.
    MANAGER_PUT("How many puts into a map in a server process, from one thread?", "k/s", true);

    private final String text;
    private final String unit;
    private final boolean higherIsBetter;

    Question(String text, String unit, boolean higherIsBetter) {
        this.text = text;
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
    }

    /// The name of its benchmark.
    String benchmark() {
        String name = name().toLowerCase(Locale.ROOT).replace('_', '-');
        return switch (this) {
            case CONNECTION, MANAGER_GET, MANAGER_PUT -> name;
            default -> "pool-" + name;
        };
    }

    /// Whether it is about managers, and not about pools.
    boolean isOfManagers() {
        return this == MANAGER_GET || this == MANAGER_PUT;
    }

    String text() {
        return text;
    }

    String unit() {
        return unit;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }
}
