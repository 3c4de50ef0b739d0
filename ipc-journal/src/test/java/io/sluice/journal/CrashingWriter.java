package io.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A writer in a JVM of its own: appends its numbers, and tells each one when it is appended, until it is killed.
final class CrashingWriter {
    static final JournalOptions OPTIONS =
            JournalOptions.defaults().withMinFree(0).withRoll(Duration.ofHours(1), 1 << 16);

    private CrashingWriter() {}

    static byte[] text(long sequence) {
        return (sequence + ": " + "x".repeat(500)).getBytes(UTF_8);
    }

    /// Appends.
    ///
    /// @param arguments directory of the journal, and how many bytes of old cycles are kept
    public static void main(String[] arguments) throws IOException {
        JournalOptions options = OPTIONS.withKeep(Duration.ZERO, Long.parseLong(arguments[1]));
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out);
                JournalWriter writer = Journal.append(
                        Path.of(arguments[0]), options, JournalSource.program("test"))) {
            for (long next = writer.sequence() + 1;; next++) {
                out.write((writer.append(1, text(next)) + "\n").getBytes(UTF_8));
            }
        }
    }
}
