package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// If a JVM denies native access, every entry point of a program reports it, in the same words.
class NativeAccessTest {
    private static final String REFUSAL = "java.lang.IllegalCallerException: this JVM denies Sluice native access,"
            + " which it needs to map memory and to call Linux; start it with --enable-native-access=ALL-UNNAMED if"
            + " Sluice is on the class path, or with --enable-native-access=io.sluice.core,io.sluice.shm if it is on"
            + " the module path";

    @TempDir
    private Path folder;

    /// The entry points of a program.
    static final class EntryPoints {
        private EntryPoints() {}

        public static void main(String[] arguments) {
            List<Callable<Object>> all = List.of(
                    () -> JavaProcess.start(() -> {}),
                    () -> ProcessContext.standby(1).start(() -> {}),
                    () -> ProcessPool.create(1),
                    () -> SharedSpace.open("denied"),
                    () -> SharedSpace.openTemporary("denied"),
                    () -> SpaceRoot.usual().unlink("denied", "it"),
                    () -> Codec.longs().encode(1L, new ExpandableMemoryBuffer(), 0),
                    MemoryBuffer::new,
                    Cpus::usable,
                    () -> {
                        JavaProcess.ignoreInterruptSignal();
                        return "ignored";
                    });
            for (Callable<Object> beginning : Stream.concat(all.stream(), all.reversed().stream()).toList()) {
                try {
                    System.out.println(beginning.call());
                } catch (Throwable refusal) {
                    System.out.println(refusal);
                }
            }
            System.exit(0);
        }
    }

    @Test
    void everyEntryPointNamesTheFlag() throws Exception {
        Path output = folder.resolve("output");
        int code = Jvms.runCommand(output, List.of("--illegal-native-access=deny", "-XX:TieredStopAtLevel=1",
                "--class-path", System.getProperty("java.class.path"), EntryPoints.class.getName()));
        assertThat(Files.readString(output)).isEqualTo(
                Stream.generate(() -> REFUSAL + "\n").limit(20).collect(Collectors.joining()));
        assertThat(code).isZero();
    }
}
