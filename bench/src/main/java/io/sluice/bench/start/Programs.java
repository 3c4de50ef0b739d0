package io.sluice.bench.start;

import io.sluice.bench.benchmark.External;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs that are started from a command line: a bare JVM, [FirstUse], the `sluice` command, and Python.
final class Programs {
    /// Standard output has the answer, also if the JVM refuses the cache, as with folders on the class path.
    private static final String SILENT = "-Xlog:aot*=off,cds*=off";
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    private Programs() {}

    /// The floor.
    public static final class Nothing {
        private Nothing() {}

        /// Does nothing.
        ///
        /// @param arguments none
        public static void main(String[] arguments) {
            // Nothing.
        }
    }

    /// A `java` whose `main` does nothing, from its start to its end.
    static Starter bareJvm() {
        List<String> command = java(List.of(), Nothing.class);
        return () -> elapsed(command);
    }

    /// One JVM, from its first line to its first element.
    ///
    /// @param directory for an ahead-of-time cache, which is made here; null for none
    static Starter firstUse(Path directory) {
        return new Starter() {
            private final Path cache = directory == null ? null : directory.resolve("first-use.aot");
            private final List<String> command =
                    java(cache == null ? List.of() : List.of("-XX:AOTCache=" + cache, SILENT), FirstUse.class);

            @Override
            public void open() {
                if (cache != null && !Files.exists(cache)) {
                    var _ = External.run(java(List.of("-XX:AOTCacheOutput=" + cache), FirstUse.class));
                }
            }

            @Override
            public double start() {
                return number(External.run(command));
            }
        };
    }

    /// `sluice ls`, from its start to its end.
    ///
    /// @param root of this repository
    static Starter command(Path root) {
        List<String> command = List.of(root.resolve("sluice").toString(), "ls");
        return new Starter() {
            @Override
            public void open() throws IOException, InterruptedException {
                var _ = elapsed(command);        // builds it if it must
            }

            @Override
            public double start() throws IOException, InterruptedException {
                return elapsed(command);
            }
        };
    }

    /// Python's `multiprocessing`; one sample is the median of some starts.
    static Starter python(Path script, String what, String method) {
        return () -> number(External.run(List.of("python3", script.toString(), what, method, "0.5")));
    }

    private static List<String> java(List<String> options, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
        return command;
    }

    private static double number(String output) {
        return output.isEmpty() ? Double.NaN : Double.parseDouble(output);
    }

    private static double elapsed(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var _ = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        return (System.nanoTime() - start) / 1e6;
    }
}
