package io.sluice.shm.layout;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/layout.md` says what the layout classes say.
class LayoutDocumentTest {
    private static final Path PAGE = Path.of("../docs/layout.md");
    private static final Path FRAME = Path.of("src/test/resources/io/sluice/shm/layout/layout.frame");
    private static final String WRITE = "sluice.layout.write";
    private static final String COMMAND = "mvn -B -pl ipc-shm -am test -Dtest=LayoutDocumentTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";
    private static final int MOST_LINES = 40;

    @Test
    void thePageSaysWhatTheClassesSay() throws IOException {
        List<String> made = new LayoutPage().of(Files.readString(FRAME)).lines().toList();
        if (Boolean.getBoolean(WRITE)) {
            Files.write(PAGE, made);
        }
        List<String> page = Files.exists(PAGE) ? Files.readAllLines(PAGE) : List.of();
        if (!made.equals(page)) {
            fail("%s differs from the layout classes and %s:%n%s%nif that is meant, run%n    %s%nand commit the page"
                    .formatted(PAGE.normalize(), FRAME.getFileName(), difference(page, made), COMMAND));
        }
    }

    /// What lies between the equal lines at the beginning and those at the end.
    private static String difference(List<String> page, List<String> made) {
        int first = 0;
        int shorter = Math.min(page.size(), made.size());
        while (first < shorter && page.get(first).equals(made.get(first))) {
            first++;
        }
        int same = 0;
        while (same < shorter - first
                && page.get(page.size() - 1 - same).equals(made.get(made.size() - 1 - same))) {
            same++;
        }
        List<String> lines = new ArrayList<>();
        lines.add("from line " + (first + 1));
        page.subList(first, page.size() - same).stream().limit(MOST_LINES).forEach(line -> lines.add("- " + line));
        made.subList(first, made.size() - same).stream().limit(MOST_LINES).forEach(line -> lines.add("+ " + line));
        return String.join("\n", lines);
    }
}
