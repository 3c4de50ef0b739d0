package io.sluice.journal.chronicle;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Work on a file, or a directory, that an interrupted thread finishes too. An interrupt closes the channel, so the
/// work is done again; the status of the thread stays.
interface FileWork {
    void run(FileChannel channel) throws IOException;

    static void on(Path file, StandardOpenOption option, FileWork work) throws IOException {
        boolean interrupted = false;
        try {
            for (boolean done = false; !done; ) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(file, option)) {
                    work.run(channel);
                    done = true;
                } catch (ClosedByInterruptException again) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Writes a file, or the names in a directory, to the device.
    static void force(Path file) throws IOException {
        on(file, StandardOpenOption.READ, channel -> channel.force(true));
    }
}
