package io.sluice.jmh.pool;

/// Who answers.
interface Contestant extends AutoCloseable {
    String name();

    /// Whether it has an answer.
    boolean answers(Question question);

    /// Measures one block.
    ///
    /// @param millis about how long
    /// @return in the unit of the question; of latencies, the median
    double measure(Question question, long millis) throws Exception;

    @Override
    default void close() {
        // Most keep nothing from block to block.
    }
}
