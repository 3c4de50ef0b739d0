package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The documents hold together: each relative link leads to a file that exists, each anchor to a heading of its page,
/// the walks through the code name classes and methods that exist, and lines end at 120 columns. Links to other hosts
/// are not followed.
class DocumentsTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final int COLUMNS = 120;
    private static final String FENCE = "```";
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\](?:\\(([^)\\s]+)\\)|: (\\S+)$)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.([a-z]\\w*))?(?:\\(.*?\\))?`");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?)\\s*");

    /// A line outside of blocks of code, which hold neither links nor headings and may be of any length.
    ///
    /// @param place file and number, for the message
    private record Line(String place, String text) {}

    @Test
    void relativeLinksLeadToFilesAndHeadings() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (Line line : lines(page)) {
                Matcher link = LINK.matcher(withoutCode(line.text()));
                while (link.find()) {
                    String target = link.group(1) != null ? link.group(1) : link.group(2);
                    if (!ELSEWHERE.matcher(target).matches() && !leadsSomewhere(page, target)) {
                        broken.add(line.place() + ": " + target);
                    }
                }
            }
        }

        assertThat(broken).as("links to files or headings that do not exist").isEmpty();
    }

    @Test
    void walksNameClassesAndMethodsThatExist() throws IOException {
        Map<String, String> sources = productionSources();
        List<String> unknown = new ArrayList<>();
        for (Line line : lines(TOP.resolve("docs/architecture.md"))) {
            Matcher name = NAME.matcher(line.text());
            while (name.find()) {
                String source = sources.get(name.group(1) + ".java");
                if (source == null || (name.group(2) != null && !source.contains(" " + name.group(2) + "("))) {
                    unknown.add(line.place() + ": " + name.group());
                }
            }
        }

        assertThat(unknown).as("classes or methods that do not exist").isEmpty();
    }

    @Test
    void linesEndAtTheLastColumn() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path page : pages()) {
            for (Line line : lines(page)) {
                int length = line.text().codePointCount(0, line.text().length());
                if (length > COLUMNS && !line.text().startsWith("|")) {
                    tooLong.add("%s: %s columns".formatted(line.place(), length));
                }
            }
        }

        assertThat(tooLong).as("lines beyond %s columns, outside of tables and code", COLUMNS).isEmpty();
    }

    /// The pages of this repository; not what the build or an editor puts beside them.
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        Files.walkFileTree(TOP, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean skipped = !directory.equals(TOP) && (name.equals("target") || name.startsWith("."));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    pages.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(pages).contains(TOP.resolve("README.md"), TOP.resolve("docs/README.md"));
        return pages;
    }

    /// The production sources of the library, by file name; classes of one name, one behind the other.
    private static Map<String, String> productionSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("ipc-core", "ipc-shm", "ipc-pool")) {
            try (Stream<Path> walk = Files.walk(TOP.resolve(module).resolve("src/main/java"))) {
                for (Path file : walk.filter(Files::isRegularFile).toList()) {
                    sources.merge(file.getFileName().toString(), Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }

    private static List<Line> lines(Path page) throws IOException {
        List<Line> lines = new ArrayList<>();
        boolean inCode = false;
        int number = 0;
        for (String text : Files.readAllLines(page)) {
            number++;
            if (text.stripLeading().startsWith(FENCE)) {
                inCode = !inCode;
            } else if (!inCode) {
                lines.add(new Line(TOP.relativize(page) + ":" + number, text));
            }
        }
        assertThat(inCode).as("block of code without an end in %s", page).isFalse();
        return lines;
    }

    private static String withoutCode(String text) {
        return CODE.matcher(text).replaceAll("x");
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        boolean found = target.startsWith(TOP) && Files.exists(target);
        return found && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    /// The anchors that the headings of a page have: small letters, digits, dashes for blanks, and a number behind the
    /// second heading of the same text.
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Line line : lines(page)) {
            Matcher heading = HEADING.matcher(line.text());
            if (heading.matches()) {
                String anchor = heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-');
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? anchor : anchor + "-" + before);
            }
        }
        return anchors;
    }
}
