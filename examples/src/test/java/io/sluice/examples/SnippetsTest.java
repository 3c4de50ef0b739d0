package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.examples.Snippets.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The snippets of the documents compile as printed, imports included. A snippet that is followed by a block of text
/// prints that text.
class SnippetsTest {
    private static final List<String> PAGES = List.of("README.md", "docs/tutorial.md", "docs/objects.md",
            "docs/memory-model.md", "docs/from-python.md", "docs/from-java-util-concurrent.md",
            "docs/from-agrona-aeron.md", "docs/from-chronicle.md", "docs/from-disruptor.md",
            "docs/beyond-one-host.md");
    private static final long WATCHDOG_SECONDS = 120;

    private record Running(Process process, Path output) {}

    private final List<Process> started = new ArrayList<>();
    private Path classes;
    private final Path root = TestFolders.makeRoot();

    @BeforeEach
    void makeDirectory() throws IOException {
        classes = Files.createTempDirectory("sluice-snippets-");
    }

    @AfterEach
    void nothingIsLeft() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        var _ = TestFolders.remove(classes);
        assertThat(TestFolders.remove(root)).containsExactly(root);
    }

    private static List<Snippet> snippets() throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        for (String page : PAGES) {
            snippets.addAll(Snippets.of(page));
        }
        return snippets;
    }

    /// Also the first one of the README, by its text: one process waits, another one has a symbol.
    @Test
    void snippetsCompileAsPrintedAndPrintWhatIsShown() throws IOException, InterruptedException {
        List<Snippet> snippets = snippets();
        Snippets.compile(snippets, classes);
        for (Snippet snippet : snippets) {
            if (snippet.output() != null) {
                assertThat(printed(start(snippet))).as(snippet.name()).isEqualTo(snippet.output());
            }
        }
        Running taker = start(snippets.getFirst());
        assertThat(printed(start(snippets.getFirst(), "VOD.L"))).isEmpty();
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
