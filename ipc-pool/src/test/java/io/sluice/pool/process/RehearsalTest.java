package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.RingRecovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a standby JVM, or one that makes a cache, has done before its task comes.
@Timeout(180)
class RehearsalTest {
    /// Rehearses in a JVM of its own.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            new Rehearsal().act();
        }
    }

    /// The first recovery after a death is then no slower than the next one.
    @Test
    void theClassesOfARecoveryAreLoaded(@TempDir Path folder) throws IOException, InterruptedException {
        Path loaded = folder.resolve("loaded");
        int exit = Jvms.runCommand(folder.resolve("output"), List.of(
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load:file=" + loaded, "-cp", System.getProperty("java.class.path"),
                Child.class.getName()));
        assertThat(exit).isZero();
        assertThat(Files.readString(loaded)).contains(RingRecovery.class.getName() + " ");
    }
}
