package io.sluice.journal;

import io.sluice.journal.chronicle.ChronicleEngine;
import io.sluice.journal.spi.CycleAppender;
import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The usual engine, with an appender that fails once when a test says so.
final class FaultyEngine implements JournalEngine {
    private final JournalEngine engine = new ChronicleEngine();
    private RuntimeException beforeAppend;
    private RuntimeException inForce;

    /// The next record is refused before anything is written.
    void failBeforeAppend(RuntimeException failure) {
        beforeAppend = failure;
    }

    /// The next force fails.
    void failInForce(RuntimeException failure) {
        inForce = failure;
    }

    @Override
    public List<CycleFile> cycles(Path directory) throws IOException {
        return engine.cycles(directory);
    }

    @Override
    public CycleCursor cursor(Path file) throws IOException {
        return engine.cursor(file);
    }

    @Override
    public void cut(Path file, long offset) throws IOException {
        engine.cut(file, offset);
    }

    @Override
    public CycleAppender appender(Path directory) {
        CycleAppender appender = engine.appender(directory);
        return new CycleAppender() {
            @Override
            public void roll(long number) {
                appender.roll(number);
            }

            @Override
            public void append(byte[] bytes, int length) {
                appender.append(bytes, length);
            }

            @Override
            public long bytesInFile(int length) {
                RuntimeException failure = beforeAppend;
                beforeAppend = null;
                if (failure != null) {
                    throw failure;
                }
                return appender.bytesInFile(length);
            }

            @Override
            public void force() {
                RuntimeException failure = inForce;
                inForce = null;
                if (failure != null) {
                    throw failure;
                }
                appender.force();
            }

            @Override
            public void close() {
                appender.close();
            }
        };
    }
}
