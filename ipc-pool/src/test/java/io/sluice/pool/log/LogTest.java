package io.sluice.pool.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.logging.Logged;
import org.junit.jupiter.api.Test;

/// A line of the log names the part that wrote it, and no other.
class LogTest {
    @Test
    void aLineSaysWhatItsWriterSaid() {
        try (Logged logged = Logged.all("io.sluice.pool")) {
            Log.error("manager 'unix:x': a connection failed", new IllegalStateException("x"));
            Log.warning("pool: a callback failed", null);
            Log.debug("pool: could not sweep", null);
            assertThat(logged.messages()).containsExactly("manager 'unix:x': a connection failed",
                    "pool: a callback failed", "pool: could not sweep");
        }
    }
}
