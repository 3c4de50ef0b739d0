package io.sluice.journal.spi;

import java.io.IOException;

/// Walks over the records of one cycle, in the order in which they were appended.
///
/// - **Threads:** one at a time.
public interface CycleCursor extends AutoCloseable {
    /// What stands behind the last record.
    enum Ending {
        /// Room: the cycle is being written, or its writer died between two records.
        OPEN,
        /// The mark of a writer that has ended the cycle.
        SEALED,
        /// A record that is not complete, or bytes that are no record.
        TORN,
        /// The file does not begin as one of this engine does.
        FOREIGN
    }

    /// Moves to the next record.
    ///
    /// @return false if there is none; another call looks again
    /// @throws IOException if the file cannot be read
    boolean next() throws IOException;

    /// The array with the content of the record, until the next call of [#next()].
    ///
    /// @return an array of the cursor's own
    byte[] array();

    /// Where in the array the record begins.
    ///
    /// @return an index
    int offset();

    /// How long the record is.
    ///
    /// @return in bytes
    int length();

    /// Where in the file the record begins.
    ///
    /// @return bytes from the start of the file
    long start();

    /// Where in the file the record ends; before the first record, where that one would begin.
    ///
    /// @return bytes from the start of the file
    long end();

    /// What stands behind the last record, once [#next()] has returned false.
    ///
    /// @return the ending
    /// @throws IOException if the file cannot be read
    Ending ending() throws IOException;

    /// Ends the cursor. A second call does nothing.
    @Override
    void close() throws IOException;
}
