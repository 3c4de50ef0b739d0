package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.Memory;
import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An application in a named module that opens none of its packages starts processes and pools with lambdas like any
/// other.
class ModulePathTest {
    private static final String DESCRIPTOR = """
            module bakery {
                requires io.sluice.pool;
            }
            """;
    private static final String MAIN = """
            package bakery;

            import io.sluice.pool.ProcessPool;
            import io.sluice.pool.process.JavaProcess;
            import java.io.Serializable;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.List;

            public final class Main {
                private record Dish(String name, int number) implements Serializable {}

                private Main() {}

                public static void main(String[] arguments) throws Exception {
                    String folder = arguments[0];
                    Dish buns = new Dish("buns", 3);
                    try (JavaProcess process = JavaProcess.start(() -> Files.writeString(Path.of(folder, "process"),
                            Main.class.getModule().getName() + " in another: " + buns))) {
                        System.out.println(process.join());
                    }
                    try (ProcessPool pool = ProcessPool.create(1)) {
                        System.out.println(pool.submit(() -> 6 * 7 + buns.number()).get());
                        System.out.println(pool.submit(() -> new Dish(Main.class.getModule().getName(), 1)).get());
                        System.out.println(pool.map(number -> number * number, List.of(1, 2, 3)));
                        System.out.println(pool.map(Main::shout, List.of("a", "b")));
                    }
                }

                private static String shout(String text) {
                    return text + "!";
                }
            }
            """;

    @TempDir
    private Path folder;

    private static Path whereFrom(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /// Both modules of Sluice need native access; each lacks it once.
    @Test
    void deniedNativeAccessNamesTheFlag() throws Exception {
        String modules = modules();
        Path classes = compile(modules);
        for (String allowed : List.of("io.sluice.core", "io.sluice.shm")) {
            Path output = folder.resolve("denied");
            int code = Jvms.runCommand(output, List.of(
                    "--illegal-native-access=deny", "--enable-native-access=" + allowed,
                    "--module-path", modules + ":" + classes, "--module", "bakery/bakery.Main", folder.toString()));
            assertThat(output).content().startsWith(
                    "Exception in thread \"main\" java.lang.IllegalCallerException: this JVM denies Sluice"
                            + " native access")
                    .contains("--enable-native-access=io.sluice.core,io.sluice.shm if it is on the module path");
            assertThat(code).isEqualTo(1);
        }
    }

    @Test
    void aNamedModuleStartsProcessesAndPoolsWithLambdas() throws Exception {
        String modules = modules();
        Path classes = compile(modules);
        Path output = folder.resolve("output");
        int code = Jvms.runCommand(output, List.of("--enable-native-access=io.sluice.core,io.sluice.shm",
                "--module-path", modules + ":" + classes, "--module", "bakery/bakery.Main", folder.toString()));
        assertThat(output).hasContent("""
                returned normally
                45
                Dish[name=bakery, number=1]
                [1, 4, 9]
                [a!, b!]
                """);
        assertThat(code).isZero();
        assertThat(folder.resolve("process")).hasContent("bakery in another: Dish[name=buns, number=3]");
    }

    /// A rehearsal is what a JVM of a stock does first, and what an ahead-of-time cache is made of; its failure is
    /// silent there.
    @Test
    void aRehearsalSucceedsInANamedModule() throws Exception {
        Path output = folder.resolve("output");
        int code = Jvms.runCommand(output, List.of("--enable-native-access=io.sluice.core,io.sluice.shm",
                "-Dsluice.home=" + folder.resolve("root"), "--module-path", modules(),
                "--patch-module", "io.sluice.pool=" + whereFrom(ModulePathTest.class),
                "--module", "io.sluice.pool/" + RehearsalMain.class.getName()));
        assertThat(output).isEmptyFile();
        assertThat(code).isZero();
    }

    static final class RehearsalMain {
        private RehearsalMain() {}

        public static void main(String[] arguments) throws Exception {
            new Rehearsal().act();
        }
    }

    private static String modules() {
        return Stream.of(DirectBuffer.class, Memory.class, SharedSpace.class, JavaProcess.class)
                .map(ModulePathTest::whereFrom)
                .map(Path::toString)
                .collect(Collectors.joining(":"));
    }

    private Path compile(String modules) throws IOException {
        Path source = Files.createDirectories(folder.resolve("source/bakery"));
        Path descriptor = Files.writeString(folder.resolve("source/module-info.java"), DESCRIPTOR);
        Path main = Files.writeString(source.resolve("Main.java"), MAIN);
        Path classes = folder.resolve("classes");
        int compiled = ToolProvider.getSystemJavaCompiler().run(null, null, null, "--module-path", modules,
                "-d", classes.toString(), descriptor.toString(), main.toString());
        assertThat(compiled).isZero();
        return classes;
    }
}
