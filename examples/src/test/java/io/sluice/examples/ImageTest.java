package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program runs from an image that `jlink` made of it: its modules are on no path, and neither are those of its
/// children.
class ImageTest {
    private static final long WATCHDOG_SECONDS = 300;

    @TempDir
    private Path folder;
    private Process running;

    @AfterEach
    void end() {
        if (running != null) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly().onExit().join();
        }
    }

    @Test
    void aProgramOfAnImageStartsProcessesAndPools() throws Exception {
        List<String> command = new ArrayList<>(List.of("jlink/build", folder.resolve("image").toString()));
        Stream.of(DirectBuffer.class, Codec.class, SharedSpace.class, JavaProcess.class)
                .map(ImageTest::whereFrom)
                .map(Path::toString)
                .forEach(command::add);
        assertThat(run("build", command)).as("build of the image").isZero();

        int code = run("output", List.of(folder.resolve("image/bin/post").toString()));

        assertThat(folder.resolve("output")).hasContent("""
                Letter[from=this process, text=hello]
                Letter[from=a child, text=hello, too]
                returned normally
                42
                """);
        assertThat(code).isZero();
    }

    private static Path whereFrom(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /// The exit code.
    private int run(String output, List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(output).toFile());
        builder.environment().put("SLUICE_JAVA_HOME", System.getProperty("java.home"));
        running = builder.start();
        assertThat(running.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
        return running.exitValue();
    }
}
