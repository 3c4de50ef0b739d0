package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What the README shows is what the build compiles and runs.
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

    private static String withoutIndentation(String text) {
        return String.join("\n", text.lines().map(String::strip).toList()).strip();
    }
}
