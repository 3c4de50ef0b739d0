package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program whose class files are replaced while it runs, as by a new release: processes that it starts later have
/// other lambdas under the same names.
class ChangedClassesTest {
    private static final String PROGRAM = """
            import io.sluice.pool.ProcessPool;
            import io.sluice.pool.process.JavaProcess;
            import io.sluice.pool.task.Task;
            import java.lang.ProcessBuilder.Redirect;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.nio.file.StandardCopyOption;
            import java.util.concurrent.Callable;

            public class Shop {
                public static void main(String[] arguments) throws Exception {
                    Task<String> %s = () -> "%s";
                    Task<String> %s = () -> "%s";
                    try (ProcessPool pool = ProcessPool.create(1)) {
                        System.out.println(pool.apply(charge));
                        Thread.sleep(600);      // no less: a change right after the start of the JVM is not detected
                        for (String file : new String[] {"Shop.class", "Late.class"}) {
                            Files.copy(Path.of(arguments[0], file), Path.of(arguments[1], file),
                                    StandardCopyOption.REPLACE_EXISTING);
                        }
                        System.out.println(pool.apply(charge));
                        ProcessHandle worker = ProcessHandle.of(pool.workers().getFirst().pid()).orElseThrow();
                        worker.destroyForcibly();
                        worker.onExit().join();
                        print(() -> pool.apply(charge));
                    }
                    print(() -> JavaProcess.builder(() -> {}).stderr(Redirect.DISCARD).start().join());
                    print(() -> JavaProcess.start(Late::run).join());
                    System.exit(0);
                }

                /// Prints its result, or the message of its root failure.
                private static void print(Callable<?> source) {
                    try {
                        System.out.println(source.call());
                    } catch (Throwable failure) {
                        Throwable why = failure;
                        while (why.getCause() != null && !why.getMessage().startsWith("class ")) {
                            why = why.getCause();
                        }
                        System.out.println(why.getMessage());
                    }
                }
            }

            class Late {
                static void run() {}
            }
            """;

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 600, unit = TimeUnit.SECONDS)
    void aWorkerThatStartsAfterTheChangeRunsNoOtherLambda() throws Exception {
        Path now = compile("now", PROGRAM.formatted("charge", "charge the customer", "delete", "DELETE the customer"));
        Path next = compile(
                "next", PROGRAM.formatted("delete", "DELETE the customer", "charge", "charge the customer"));
        Path output = folder.resolve("output");
        Process program = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", now + ":" + System.getProperty("java.class.path"), "Shop",
                next.toString(), now.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(program.waitFor()).isZero();
        } finally {
            var _ = program.destroyForcibly();
        }
        List<String> said = Files.readAllLines(output);
        assertThat(said).hasSize(5);
        assertThat(said.subList(0, 2)).containsOnly("charge the customer");
        // Sent before the change, read after it.
        assertThat(said.get(2)).startsWith("class Shop of this process is another version than that of the sender");
        assertThat(said.get(3))
                .startsWith("failed with io.sluice.core.codec.CodecException: class Shop of this process");
        // Sent for the first time after the change: the loaded version is unknown.
        assertThat(said.get(4)).startsWith("class Late: its file changed at ").endsWith("start this program again");
    }

    private Path compile(String name, String source) throws Exception {
        Path directory = Files.createDirectory(folder.resolve(name));
        Path file = Files.writeString(directory.resolve("Shop.java"), source);
        int compiled = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-cp", System.getProperty("java.class.path"), file.toString());
        assertThat(compiled).isZero();
        return directory;
    }
}
