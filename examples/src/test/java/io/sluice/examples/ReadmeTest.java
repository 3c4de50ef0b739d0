package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the README and the tutorial show is what the build compiles and runs.
class ReadmeTest {
    private static final Path ROOT = Path.of("..");

    /// Line by line and in one piece, but for the indentation.
    @Test
    void theQuickStartOfTheReadmeIsTheOneThatRuns() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String fence = "```java\n";
        int start = readme.indexOf(fence) + fence.length();
        String snippet = readme.substring(start, readme.indexOf("```", start));
        String record = snippet.lines().findFirst().orElseThrow();
        String body = snippet.substring(record.length());

        String program = Files.readString(Path.of("src/main/java/io/sluice/examples/QuickStart.java"));

        assertThat(snippet.lines().count()).isLessThanOrEqualTo(15);
        assertThat(withoutIndentation(program)).contains(record).contains(withoutIndentation(body));
    }

    /// Each of its snippets, in one piece.
    @Test
    void theSnippetsOfTheTutorialAreOfTheProgramThatRuns() throws IOException {
        List<String> snippets = blocks(ROOT.resolve("docs/tutorial.md"), "java");
        String program = withoutIndentation(
                Files.readString(Path.of("src/main/java/io/sluice/examples/Tutorial.java")));

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(7).allSatisfy(snippet ->
                assertThat(program).contains(withoutIndentation(withoutLastBrace(snippet))));
    }

    /// A snippet may leave out what stands between its last statement and its brace.
    private static String withoutLastBrace(String snippet) {
        String text = snippet.strip();
        return text.endsWith("}") ? text.substring(0, text.length() - 1) : text;
    }

    /// The fenced blocks of a language.
    static List<String> blocks(Path page, String language) throws IOException {
        String fence = "```";
        List<String> blocks = new ArrayList<>();
        String text = Files.readString(page);
        for (int at = text.indexOf(fence + language + "\n"); at >= 0; at = text.indexOf(fence + language + "\n", at)) {
            int start = text.indexOf('\n', at) + 1;
            at = text.indexOf(fence, start);
            blocks.add(text.substring(start, at));
        }
        return blocks;
    }

    private static String withoutIndentation(String text) {
        return String.join("\n", text.lines().map(String::strip).toList()).strip();
    }
}
