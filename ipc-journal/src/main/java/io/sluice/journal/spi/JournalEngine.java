package io.sluice.journal.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Keeps the cycles of a journal in files. Cycles have growing numbers; only the last one is written.
///
/// - **Threads:** any for the engine; one at a time for what it opens.
public interface JournalEngine {
    /// The cycles in a directory.
    ///
    /// @param directory of the journal
    /// @return by number; empty if there are none
    /// @throws IOException if the directory cannot be read
    List<CycleFile> cycles(Path directory) throws IOException;

    /// Opens the directory for new cycles. A cycle that is there is not written any more.
    ///
    /// @param directory of the journal
    /// @return the appender, to be closed by the caller
    /// @throws io.sluice.journal.JournalException if the engine cannot work in this JVM; the message says what is
    ///     missing
    CycleAppender appender(Path directory);

    /// Reads a cycle from its beginning, also while it is being written.
    ///
    /// @param file of the cycle
    /// @return the cursor, to be closed by the caller
    /// @throws IOException if the file cannot be opened
    CycleCursor cursor(Path file) throws IOException;

    /// Removes everything in a cycle from an offset on, and seals the cycle there. No process may be writing it.
    ///
    /// @param file of the cycle
    /// @param offset bytes from the start of the file, as [CycleCursor#end()] tells
    /// @throws IOException if the file cannot be written
    void cut(Path file, long offset) throws IOException;
}
