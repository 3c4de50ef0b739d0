package io.sluice.shm.layout;

import io.sluice.shm.object.Kind;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Makes the page of layouts from a frame with directives. Offsets and numbers come from the classes, descriptions from
/// the comments beside them.
///
/// ```
/// {{struct LockLayout LOCK}}           a table of the members of a StructLayout
/// {{fields RingLayout KEY..SLOTS}}     a table of the constants with `Bytes:` from one to the other
/// {{values SlotWord}}                  a table of the constants that have a comment, but no `Bytes:`
/// {{doc LockWord}}                     the documentation of a class
/// {{essay Mutex}}                      the first block comment in a class
/// {{kinds Kind}}                       a table of the kinds of objects
/// {{=RegionLayout.VERSION}}            a constant
/// ```
///
/// A comment may end with parts that begin with `Writer:`, `Death:` and `Bytes:`. A table may name the usual writer:
/// `{{struct RegionLayout HEADER: the creator}}`.
final class LayoutPage {
    private static final List<Path> ROOTS =
            List.of(Path.of("../ipc-core/src/main/java"), Path.of("src/main/java"));
    private static final Pattern DIRECTIVE = Pattern.compile("\\{\\{(\\w+) (\\w+)(?: (.+?))?}}");
    private static final Pattern CONSTANT = Pattern.compile("\\{\\{=(\\w+)\\.(\\w+)}}");
    private static final Pattern DECLARATION =
            Pattern.compile("^ +(?:public |private )?static final (?:int|long|short|byte) (\\w+) = ");
    private static final Pattern ESSAY = Pattern.compile("\\n    /\\*\\n(.*?)\\n     \\*/", Pattern.DOTALL);
    private static final String WRITER = "Writer: ";
    private static final String DEATH = "Death: ";
    private static final String BYTES = "Bytes: ";

    private final Map<String, Path> sources = new HashMap<>();

    /// A row of a table, as a comment describes it.
    private record Text(String what, String writer, String death, String bytes) {}

    LayoutPage() throws IOException {
        for (Path root : ROOTS) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
            }
        }
    }

    String of(String frame) {
        String constants = CONSTANT.matcher(frame)
                .replaceAll(found -> String.valueOf(number(found.group(1), found.group(2))));
        return DIRECTIVE.matcher(constants).replaceAll(found -> Matcher.quoteReplacement(expand(found)));
    }

    private String expand(MatchResult found) {
        String name = found.group(2);
        return switch (found.group(1)) {
            case "struct" -> struct(name, found.group(3));
            case "fields" -> fields(name, found.group(3));
            case "values" -> values(name);
            case "doc" -> doc(name);
            case "essay" -> essay(name);
            case "kinds" -> kinds();
            default -> throw new AssertionError("the frame has an unknown directive: " + found.group());
        };
    }

    // The classes.

    private Class<?> type(String name) {
        Path source = source(name);
        for (Path root : ROOTS) {
            if (source.startsWith(root)) {
                String relative = root.relativize(source).toString();
                try {
                    return Class.forName(relative.replace(".java", "").replace('/', '.'));
                } catch (ClassNotFoundException missing) {
                    throw new AssertionError(missing);
                }
            }
        }
        throw new AssertionError(source + " is outside of all roots");
    }

    private static Object constant(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError("a layout class changed", missing);
        }
    }

    /// The value of a constant, private ones included.
    long number(String type, String name) {
        return number(type(type), name);
    }

    private static long number(Class<?> type, String name) {
        return ((Number) constant(type, name)).longValue();
    }

    private Path source(String name) {
        Path source = sources.get(name);
        if (source == null) {
            throw new AssertionError("no class %s in %s".formatted(name, ROOTS));
        }
        return source;
    }

    private List<String> lines(String name) {
        try {
            return Files.readAllLines(source(name));
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    // Tables.

    private static final String HEAD = "| at | bytes | field | written by | after a death |\n|---|---|---|---|---|\n";

    private String struct(String name, String arguments) {
        String[] parts = arguments.split(": ", 2);
        String usual = parts.length > 1 ? parts[1] : "";
        var layout = (StructLayout) constant(type(name), parts[0]);
        List<String> lines = lines(name);
        int line = lineOf(lines, " StructLayout " + parts[0] + " = ", 0);
        StringBuilder table = new StringBuilder(HEAD);
        long at = 0;
        for (MemoryLayout member : layout.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                String field = member.name().orElseThrow();
                line = lineOf(lines, "withName(\"" + field + "\")", line);
                Text text = comment(lines, line);
                String writer = text.writer().isEmpty() ? usual : text.writer();
                table.append(row(at, String.valueOf(member.byteSize()), field, text, writer));
            }
            at += member.byteSize();
        }
        return table.append("\n%s bytes in all.".formatted(layout.byteSize())).toString();
    }

    private static int lineOf(List<String> lines, String text, int from) {
        for (int line = from; line < lines.size(); line++) {
            if (lines.get(line).contains(text)) {
                return line;
            }
        }
        throw new AssertionError("no line with " + text);
    }

    private String fields(String name, String arguments) {
        String[] parts = arguments.split(": ", 2);
        String usual = parts.length > 1 ? parts[1] : "";
        String[] range = parts[0].split("\\.\\.", 2);
        Class<?> type = type(name);
        List<String> lines = lines(name);
        StringBuilder table = new StringBuilder(HEAD);
        int last = lineOf(lines, " " + range[1] + " = ", 0);
        long end = 0;
        for (int line = lineOf(lines, " " + range[0] + " = ", 0); line <= last; line++) {
            Matcher declaration = DECLARATION.matcher(lines.get(line));
            if (declaration.find()) {
                Text text = comment(lines, line);
                if (text.bytes().isEmpty()) {
                    continue;
                }
                long at = number(type, declaration.group(1));
                if (at < end) {
                    throw new AssertionError("%s.%s begins at %d, inside of the field before it"
                            .formatted(name, declaration.group(1), at));
                }
                end = at + Long.parseLong(text.bytes());
                String bytes = text.bytes().equals("0") ? "all the rest" : text.bytes();
                String writer = text.writer().isEmpty() ? usual : text.writer();
                table.append(row(at, bytes, camelCase(declaration.group(1)), text, writer));
            }
        }
        return table.toString().stripTrailing();
    }

    private static String row(long at, String bytes, String field, Text text, String writer) {
        if (text.what().isEmpty() || writer.isEmpty()) {
            throw new AssertionError("the field '%s' at %d needs a comment that says what it is, and 'Writer: '"
                    .formatted(field, at));
        }
        return "| %d | %s | `%s`: %s | %s | %s |%n".formatted(at, bytes, field, text.what(), writer, text.death());
    }

    private static String camelCase(String constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.split("_", -1)) {
            name.append(name.isEmpty() ? word.substring(0, 1).toLowerCase(Locale.ROOT) : word.substring(0, 1))
                    .append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private String values(String name) {
        Class<?> type = type(name);
        List<String> lines = lines(name);
        StringBuilder table = new StringBuilder("| value | name | meaning |\n|---|---|---|\n");
        for (int line = 0; line < lines.size(); line++) {
            Matcher declaration = DECLARATION.matcher(lines.get(line));
            if (declaration.find()) {
                Text text = comment(lines, line);
                if (!text.what().isEmpty() && text.bytes().isEmpty()) {
                    table.append("| %d | %s | %s |%n".formatted(
                            number(type, declaration.group(1)), declaration.group(1), text.what()));
                }
            }
        }
        return table.toString().stripTrailing();
    }

    private static String kinds() {
        StringBuilder table = new StringBuilder("| number | kind | parameters, in their order |\n|---|---|---|\n");
        for (Kind kind : Kind.values()) {
            String names = IntStream.range(0, kind.parameters()).mapToObj(i -> "`" + kind.parameterName(i) + "`")
                    .collect(Collectors.joining(", "));
            table.append("| %d | `%s` | %s |%n".formatted(
                    numberOf(kind), kind, names.isEmpty() ? "none" : names));
        }
        return table.toString().stripTrailing();
    }

    private static int numberOf(Kind kind) {
        try {
            Field number = Kind.class.getDeclaredField("number");
            number.setAccessible(true);
            return number.getInt(kind);
        } catch (ReflectiveOperationException missing) {
            throw new LinkageError("a layout class changed", missing);
        }
    }

    /// The comment above a line.
    private static Text comment(List<String> lines, int line) {
        List<String> parts = new ArrayList<>();
        int first = line;
        while (first > 0 && lines.get(first - 1).strip().startsWith("//")) {
            first--;
        }
        for (String text : lines.subList(first, line)) {
            String words = text.strip().replaceFirst("^///?", "").strip();
            boolean begins = parts.isEmpty() || Stream.of(WRITER, DEATH, BYTES).anyMatch(words::startsWith);
            if (begins) {
                parts.add(words);
            } else {
                parts.add(parts.removeLast() + " " + words);
            }
        }
        String what = parts.isEmpty() ? "" : parts.getFirst();
        String bytes = part(parts, BYTES);
        return new Text(plain(what), part(parts, WRITER), part(parts, DEATH), bytes.replace(".", ""));
    }

    private static String part(List<String> parts, String label) {
        return parts.stream()
                .filter(part -> part.startsWith(label))
                .map(part -> plain(part.substring(label.length())))
                .findFirst().orElse("");
    }

    // Texts.

    private String doc(String name) {
        List<String> lines = lines(name);
        int end = 0;
        while (!lines.get(end).matches("(public )?(final )?(abstract )?(sealed )?(class|enum|record) .*")) {
            end++;
        }
        while (lines.get(end - 1).startsWith("@")) {
            end--;
        }
        int first = end;
        while (lines.get(first - 1).startsWith("///")) {
            first--;
        }
        return lines.subList(first, end).stream()
                .map(line -> line.replaceFirst("^/// ?", ""))
                .filter(line -> !line.startsWith("@"))
                .map(LayoutPage::plain)
                .collect(Collectors.joining("\n"));
    }

    /// Links of the Javadoc become names.
    private static String plain(String text) {
        return text.replaceAll("\\[([\\w.#]+)]", "`$1`").replace("`#", "`");
    }

    private String essay(String name) {
        String text = String.join("\n", lines(name));
        Matcher essay = ESSAY.matcher(text);
        if (!essay.find()) {
            throw new AssertionError("no essay in " + name);
        }
        String inside = essay.group(1).lines()
                .map(line -> line.replaceFirst("^     \\* ?", ""))
                .collect(Collectors.joining("\n"));
        return "```text\n" + inside + "\n```";
    }
}
