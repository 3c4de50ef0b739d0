package io.sluice.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Numbers that one party writes down for the test, in a mapped file: what is written is there even if the party is
/// killed right afterwards.
public final class Journal {
    private final MappedByteBuffer bytes;

    /// Opens a journal, and makes it if it is not there.
    ///
    /// @param root directory of the test
    /// @param name of the journal
    /// @param capacity how many numbers fit
    public Journal(String root, String name, int capacity) {
        try (FileChannel file = FileChannel.open(
                Path.of(root, "journal-" + name),
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            bytes = file.map(FileChannel.MapMode.READ_WRITE, 0, (capacity + 1L) * Long.BYTES);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Writes a number down.
    ///
    /// @param number any
    public void add(long number) {
        int count = (int) bytes.getLong(0);
        bytes.putLong((count + 1) * Long.BYTES, number);
        bytes.putLong(0, count + 1);
    }

    /// Removes the last number.
    public void forget() {
        bytes.putLong(0, bytes.getLong(0) - 1);
    }

    /// How many numbers there are.
    ///
    /// @return the number of numbers
    public int size() {
        return (int) bytes.getLong(0);
    }

    /// Everything that was written down.
    ///
    /// @return the numbers, in order
    public long[] all() {
        long[] numbers = new long[size()];
        Arrays.setAll(numbers, i -> bytes.getLong((i + 1) * Long.BYTES));
        return numbers;
    }
}
