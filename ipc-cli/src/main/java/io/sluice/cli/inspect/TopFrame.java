package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Numbers;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/// One picture of `top`: a line about the whole, a table of objects that fits the screen, and a line of keys.
final class TopFrame {
    private static final int AROUND = 4;
    private static final int MOST_KIND = 10;
    /// A screen of fewer columns has no room for ages.
    private static final int WIDE = 120;
    private static final String TO_LINE_END = "\u001b[K";

    /// What comes first.
    enum Order {
        /// The fastest.
        rate,
        /// The fullest.
        depth,
        /// That in which most threads wait.
        waits,
        /// By space and name.
        name
    }

    private record Row(String name, String kind, String use, double rate, long depth, long waits, String who,
            Ages.Age age, Supplier<Cell> state) {}

    private final List<String> head = new ArrayList<>();
    private final List<Row> all = new ArrayList<>();
    private final boolean coloured;
    private final int columns;
    private final boolean wide;
    private final int name;
    private final int kind;
    private final int use;
    private final String foot;
    private final int rows;

    /// Makes a picture.
    ///
    /// @param spaces the second look
    /// @param before the first look, by the ids of the objects
    /// @param ages what all looks tell about the oldest messages
    /// @param order of the rows
    /// @param rows of the screen
    /// @param columns of the screen
    /// @param coloured whether states have colours
    TopFrame(List<SpaceState> spaces, Map<UUID, ObjectState> before, Ages ages, Order order, int rows, int columns,
            boolean coloured) {
        this.rows = rows;
        this.columns = columns;
        this.coloured = coloured;
        int processes = 0;
        for (SpaceState space : spaces) {
            processes += space.info().owners().size();
            for (ObjectState object : space.objects()) {
                all.add(row(space, object, Words.rate(before.get(object.info().id()), object), ages.of(object)));
            }
            space.info().unreadable().forEach((name, why) -> all.add(new Row(space.info().name() + "/" + name, "?", "",
                    -1, 0, 0, "", null, () -> Cell.of("unreadable", "unreadable: " + why).in(Tone.BAD))));
        }
        all.sort(comparator(order));
        head.add(cut("sluice top: " + count(spaces.size(), "space") + ", " + count(all.size(), "object") + ", "
                + count(processes, "process") + "; by " + order, columns));
        wide = columns >= WIDE;
        name = width("NAME", all.stream().map(Row::name).toList(), Math.max(12, columns / 4));
        kind = width("KIND", all.stream().map(Row::kind).toList(), MOST_KIND);
        use = width("USE", all.stream().map(Row::use).toList(), Math.max(9, columns / 6));
        head.add(cut(left("NAME", name) + left("KIND", kind) + left("USE", use) + right("RATE", 9) + right("P/C", 5)
                + (wide ? right("AGE", 10) : "") + "  STATE", columns));
        foot = cut("q quit  r rate  d depth  w waits  n name  j/k scroll", columns);
    }

    /// A line of the table; made when it is shown, since few of many are.
    private String line(Row row) {
        String begin = left(row.name(), name) + left(row.kind(), kind) + left(row.use(), use)
                + right(row.rate() < 0 ? "" : Numbers.rate(row.rate()), 9) + right(row.who(), 5)
                + (wide ? right(row.age() == null ? "" : row.age().cell().text(), 10) : "") + "  ";
        int room = columns - begin.length();
        if (room <= 0) {
            return cut(begin, columns);
        }
        Cell state = row.state().get();
        return begin + state.tone().on(cut(state.text(), room), coloured);
    }

    private static Row row(SpaceState space, ObjectState object, double rate, Ages.Age age) {
        long depth = 0;
        long waits = 0;
        for (ObjectState.Flow flow : object.flows()) {
            depth += flow.depth();
        }
        for (ObjectState.Wait wait : object.waits()) {
            waits += wait.count();
        }
        Integer producers = Words.participants(object, true);
        Integer consumers = Words.participants(object, false);
        return new Row(space.info().name() + "/" + object.info().name(), Words.kind(object.info()),
                Words.use(space, object), rate, depth, waits,
                object.flows().isEmpty() ? "" : (producers == null ? "-" : producers) + "/"
                        + (consumers == null ? "-" : consumers),
                age, () -> Words.state(space.info().name(), object));
    }

    private static Comparator<Row> comparator(Order order) {
        Comparator<Row> byName = Comparator.comparing(Row::name);
        return switch (order) {
            case rate -> Comparator.comparingDouble(Row::rate).reversed().thenComparing(byName);
            case depth -> Comparator.comparingLong(Row::depth).reversed().thenComparing(byName);
            case waits -> Comparator.comparingLong(Row::waits).reversed().thenComparing(byName);
            case name -> byName;
        };
    }

    private static String count(int number, String what) {
        return Numbers.grouped(number) + " " + what + (number == 1 ? "" : what.endsWith("s") ? "es" : "s");
    }

    private static int width(String heading, List<String> texts, int most) {
        int width = heading.length();
        for (String text : texts) {
            width = Math.max(width, text.length());
        }
        return Math.min(width, most);
    }

    private static String left(String text, int width) {
        String cut = cut(text, width);
        return cut + " ".repeat(width - cut.length()) + "  ";
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }

    /// How many rows of objects fit.
    private int room() {
        return Math.max(0, rows - AROUND);
    }

    /// How far one can scroll until the last row is the last on the screen.
    int mostScroll() {
        return Math.max(0, all.size() - room());
    }

    /// The picture over the last one.
    ///
    /// @param from the first row that is shown
    /// @return with escapes; as many lines as the screen has at most, and no newline at the end
    String screen(int from) {
        StringBuilder text = new StringBuilder("\u001b[H");
        for (String line : head) {
            text.append(line).append(TO_LINE_END).append("\r\n");
        }
        for (Row row : all.subList(from, Math.min(all.size(), from + room()))) {
            text.append(line(row)).append(TO_LINE_END).append("\r\n");
        }
        return text.append("\u001b[J\u001b[").append(rows).append(";1H").append(foot).append(TO_LINE_END).toString();
    }

    /// The picture below the last one.
    ///
    /// @return all rows, without escapes
    String plain() {
        StringBuilder text = new StringBuilder();
        head.forEach(line -> text.append(line).append('\n'));
        all.forEach(row -> text.append(line(row)).append('\n'));
        return text.toString();
    }
}
