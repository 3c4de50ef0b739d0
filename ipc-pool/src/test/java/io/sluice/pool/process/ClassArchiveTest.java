package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The location of the class archive; programs run without one.
class ClassArchiveTest {
    @TempDir
    private Path folder;
    private String classPath;

    @BeforeEach
    void makeJar() throws IOException {
        classPath = Files.createFile(folder.resolve("classes.jar")).toString();
    }

    private Path home() {
        return folder.resolve("home");
    }

    @Test
    void theArchiveIsInTheCacheOfTheUser() {
        assertThat(ClassArchive.of(classPath, null, home().toString()).getParent())
                .isEqualTo(home().resolve(".cache/sluice"));
        assertThat(ClassArchive.of(classPath, "", home().toString()).getParent())
                .isEqualTo(home().resolve(".cache/sluice"));
        Path cache = folder.resolve("cache");
        assertThat(ClassArchive.of(classPath, cache.toString(), "?").getParent())
                .isEqualTo(cache.resolve("sluice"));
    }

    /// A user without a home, as in containers, has the home `?`.
    @Test
    void withoutAHomeThereIsNoArchiveAndNoFileIsMade() {
        assertThat(ClassArchive.of(classPath, null, "?")).isNull();
        assertThat(ClassArchive.of(classPath, null, null)).isNull();
        assertThat(ClassArchive.of(classPath, "relative", "?")).isNull();
        assertThat(Path.of("?")).doesNotExist();
        assertThat(Path.of("relative")).doesNotExist();
    }

    @Test
    void aCacheThatCannotBeWrittenIsNotUsed() {
        assertThat(ClassArchive.of(classPath, classPath, "/")).isNull();
        assertThat(ClassArchive.of(classPath, null, classPath)).isNull();
        assertThat(ClassArchive.of(classPath, "/proc/none", "/")).isNull();
    }
}
