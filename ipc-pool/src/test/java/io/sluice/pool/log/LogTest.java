package io.sluice.pool.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/// A line of the log names the part that wrote it, and no other.
class LogTest {
    // A strong reference: a logger that was collected has lost its handlers.
    private static final Logger LOGGER = Logger.getLogger("io.sluice.pool");

    @Test
    void aLineSaysWhatItsWriterSaid() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
        LOGGER.setLevel(Level.ALL);
        try {
            Log.error("manager 'unix:x': a connection failed", new IllegalStateException("x"));
            Log.warning("pool: a callback failed", null);
            Log.debug("pool: could not sweep", null);
        } finally {
            LOGGER.removeHandler(handler);
            LOGGER.setUseParentHandlers(true);
            LOGGER.setLevel(null);
        }
        assertThat(lines).containsExactly("manager 'unix:x': a connection failed", "pool: a callback failed",
                "pool: could not sweep");
    }
}
