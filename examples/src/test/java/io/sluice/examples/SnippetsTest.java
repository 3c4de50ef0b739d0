package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The snippets of the documents compile as printed, imports included. A snippet that is followed by a block of text
/// prints that text.
class SnippetsTest {
    private static final Path TOP = Path.of("..");
    private static final List<String> PAGES = List.of("README.md", "docs/tutorial.md", "docs/objects.md",
            "docs/memory-model.md", "docs/from-python.md", "docs/from-java-util-concurrent.md",
            "docs/from-agrona-aeron.md", "docs/from-chronicle.md", "docs/from-disruptor.md",
            "docs/beyond-one-host.md");
    private static final Pattern SNIPPET =
            Pattern.compile("```java\n(.*?)```\n(?:\n```text\n(.*?)```)?", Pattern.DOTALL);
    private static final long WATCHDOG_SECONDS = 120;

    /// A program of a page.
    ///
    /// @param name page and number of the snippet, which is a class name too
    /// @param output its output; null if the page does not show it
    private record Snippet(String name, String source, String output) {}

    private record Running(Process process, Path output) {}

    private final List<Process> started = new ArrayList<>();
    private Path classes;
    private Path root;

    @BeforeEach
    void makeDirectories() throws IOException {
        classes = Files.createTempDirectory("sluice-snippets-");
        root = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        remove(classes);
        List<Path> left = remove(root);
        assertThat(left).containsExactly(root);
    }

    private static List<Path> remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
        return all;
    }

    private static List<Snippet> snippets() throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        for (String page : PAGES) {
            String text = Files.readString(TOP.resolve(page));
            Matcher matcher = SNIPPET.matcher(text);
            int number = 0;
            while (matcher.find()) {
                String name = page.replaceAll("[^A-Za-z]", "_") + ++number;
                snippets.add(new Snippet(name, matcher.group(1), matcher.group(2)));
            }
            assertThat(number).as("snippets of " + page).isEqualTo(text.split("```java", -1).length - 1).isPositive();
        }
        return snippets;
    }

    /// Also the first one of the README, by its text: one process waits, another one has a symbol.
    @Test
    void snippetsCompileAsPrintedAndPrintWhatIsShown() throws IOException, InterruptedException {
        List<Snippet> snippets = snippets();
        compile(snippets);
        for (Snippet snippet : snippets) {
            if (snippet.output() != null) {
                assertThat(printed(start(snippet))).as(snippet.name()).isEqualTo(snippet.output());
            }
        }
        Running taker = start(snippets.getFirst());
        assertThat(printed(start(snippets.getFirst(), "VOD.L"))).isEmpty();
        assertThat(printed(taker)).isEqualTo("Order[symbol=VOD.L, quantity=100, price=71.25]\n");
    }

    private void compile(List<Snippet> snippets) throws IOException {
        List<File> sources = new ArrayList<>();
        for (Snippet snippet : snippets) {
            sources.add(Files.writeString(classes.resolve(snippet.name() + ".java"), snippet.source()).toFile());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "-d", classes.toString(),
                "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                    messages, files, null, options, null, files.getJavaFileObjectsFromFiles(sources)).call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    private Running start(Snippet snippet, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                snippet.name()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(classes, "output-", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("SLUICE_HOME", root.toString());
        Process process = builder.start();
        started.add(process);
        return new Running(process, output);
    }

    private static String printed(Running running) throws IOException, InterruptedException {
        boolean ended = running.process().waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        String output = Files.readString(running.output());
        assertThat(ended).as("ended in time, and printed " + output).isTrue();
        assertThat(running.process().exitValue()).as(output).isZero();
        return output;
    }
}
