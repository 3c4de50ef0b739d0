package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.examples.Snippets.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The snippets of the documents compile as printed, imports included. A snippet that is followed by a block of text
/// prints that text.
@Execution(ExecutionMode.CONCURRENT)
class SnippetsTest {
    private static final String README = "README.md";
    private static final List<String> PAGES = List.of(README, "docs/tutorial.md", "docs/objects.md",
            "docs/memory-model.md", "docs/from-python.md", "docs/from-java-util-concurrent.md",
            "docs/from-agrona-aeron.md", "docs/from-chronicle.md", "docs/from-disruptor.md",
            "docs/beyond-one-host.md", "docs/journal.md", "docs/monitoring.md");
    private static final long WATCHDOG_SECONDS = 120;

    private static final Map<String, List<Snippet>> SNIPPETS = new LinkedHashMap<>();
    private static Path classes;

    private record Running(Process process, Path output) {}

    private final List<Process> started = new ArrayList<>();
    private final Path root = TestFolders.makeRoot();

    @BeforeAll
    static void compile() throws IOException {
        classes = Files.createTempDirectory("sluice-snippets-");
        for (String page : PAGES) {
            SNIPPETS.put(page, Snippets.of(page));
        }
        Snippets.compile(SNIPPETS.values().stream().flatMap(List::stream).toList(), classes);
    }

    @AfterAll
    static void noFileIsLeft() {
        var _ = TestFolders.remove(classes);
    }

    @AfterEach
    void nothingIsLeft() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        assertThat(TestFolders.remove(root)).containsExactly(root);
    }

    @ParameterizedTest
    @FieldSource("PAGES")
    void snippetsPrintWhatIsShown(String page) throws IOException, InterruptedException {
        for (Snippet snippet : SNIPPETS.get(page)) {
            if (snippet.output() != null) {
                assertThat(printed(start(snippet))).as(snippet.name()).isEqualTo(snippet.output());
            }
        }
    }

    /// The first one of the README, by its text: one process waits, another one has a symbol.
    @Test
    void theFirstSnippetIsTwoPrograms() throws IOException, InterruptedException {
        Snippet first = SNIPPETS.get(README).getFirst();
        Running taker = start(first);
        assertThat(printed(start(first, "VOD.L"))).isEmpty();
        assertThat(printed(taker)).isEqualTo("Order[symbol=VOD.L, quantity=100, price=71.25]\n");
    }

    private Running start(Snippet snippet, String... arguments) throws IOException {
        Path output = Files.createTempFile(classes, "output-", ".txt");
        Process process = Snippets.command(snippet, classes, root, output, arguments).start();
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
