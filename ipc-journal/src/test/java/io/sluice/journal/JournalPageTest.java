package io.sluice.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// The snippet of the page about journals compiles as it is printed.
class JournalPageTest {
    @Test
    void theSnippetCompiles() throws IOException {
        Matcher snippet = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/journal.md")));
        assertThat(snippet.find()).isTrue();
        JavaFileObject source = new SimpleJavaFileObject(
                URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return snippet.group(1);
            }
        };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Folders folders = new Folders()) {
            assertThat(compiler.getTask(null, null, null, List.of("-d", folders.file("").toString(), "-cp",
                    System.getProperty("java.class.path"), "-proc:none"), null, List.of(source)).call()).isTrue();
        }
    }
}
