package io.sluice.journal.spi;

/// Appends records to the last cycle of a journal.
///
/// - **Threads:** one at a time.
/// - **Durability:** an appended record survives the death of the process. After [#force()] it survives a power cut.
///   Only [#force()] and [#close()] wait for the device.
/// - **Interrupts:** do not end the work; the status of the thread stays.
public interface CycleAppender extends AutoCloseable {
    /// Begins a cycle with the next record, which then seals the one before.
    ///
    /// @param number of the cycle, beyond those that are there
    void roll(long number);

    /// Appends a record.
    ///
    /// @param bytes its content, from index 0 on
    /// @param length in bytes
    void append(byte[] bytes, int length);

    /// How long the record is in its file, with what the engine adds.
    ///
    /// @param length of the record in bytes
    /// @return in bytes
    long bytesInFile(int length);

    /// Writes what was appended to the device, in all cycles.
    void force();

    /// Seals the cycle, writes what was appended to the device, and ends the appender. A second call does nothing.
    @Override
    void close();
}
