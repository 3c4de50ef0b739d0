package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The programs in the documents: to be compiled as printed, and run.
final class Snippets {
    private static final Path TOP = Path.of("..");
    private static final Pattern SNIPPET =
            Pattern.compile("```java\n(.*?)```\n(?:\n```text\n(.*?)```)?", Pattern.DOTALL);

    private static final Pattern FLAG = Pattern.compile("(?:^| )(--[-a-z]+=\\S+)(?= --|$)", Pattern.MULTILINE);

    private Snippets() {}

    /// A program of a page.
    ///
    /// @param name page and number of the snippet, which is a class name too
    /// @param output its output; null if the page does not show it
    /// @param flags what the page says that the JVM needs, on lines of their own
    record Snippet(String name, String source, String output, List<String> flags) {}

    /// The snippets of a page, one or more.
    static List<Snippet> of(String page) throws IOException {
        String text = Files.readString(TOP.resolve(page));
        List<Snippet> snippets = new ArrayList<>();
        List<String> flags = FLAG.matcher(text).results().map(flag -> flag.group(1)).toList();
        Matcher matcher = SNIPPET.matcher(text);
        while (matcher.find()) {
            String name = page.replaceAll("[^A-Za-z]", "_") + (snippets.size() + 1);
            snippets.add(new Snippet(name, matcher.group(1), matcher.group(2), flags));
        }
        assertThat(snippets.size()).as("snippets of " + page).isEqualTo(text.split("```java", -1).length - 1)
                .isPositive();
        return snippets;
    }

    /// Compiles snippets into a folder.
    static void compile(List<Snippet> snippets, Path classes) throws IOException {
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

    /// The start of a compiled snippet, whose output and errors go into a file.
    ///
    /// @param root of its spaces
    static ProcessBuilder command(Snippet snippet, Path classes, Path root, Path output, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(snippet.flags());
        command.addAll(List.of(
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                snippet.name()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("SLUICE_HOME", root.toString());
        return builder;
    }
}
