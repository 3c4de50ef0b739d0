package io.sluice.jmh.pool;

/// What is asked of each contestant.
enum Question {
    /// One trivial call after the other, from one thread.
    APPLY("a trivial call and its answer", "µs", false),
    /// Trivial tasks submitted one by one, their futures collected.
    SUBMIT("trivial tasks, each of its own", "k/s", true),
    /// A map of numbers with a chunk size of one.
    MAP_ONE("map of numbers, chunk size 1", "k/s", true),
    /// A map of 100,000 numbers, as it comes.
    MAP("map of 100,000 numbers, usual chunks", "M/s", true),
    /// An unordered iteration with a chunk size of one.
    IMAP_UNORDERED("imapUnordered of numbers, chunk size 1", "k/s", true),
    /// A process that does nothing: start and join.
    START("start a process that does nothing, and join it", "ms", false),
    /// A single call while a map of a million times one millisecond runs.
    CALL_BESIDE_MAP("a call while a map of 1,000,000 x 1 ms runs", "ms", false);

    private final String text;
    private final String unit;
    private final boolean higherIsBetter;

    Question(String text, String unit, boolean higherIsBetter) {
        this.text = text;
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
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
