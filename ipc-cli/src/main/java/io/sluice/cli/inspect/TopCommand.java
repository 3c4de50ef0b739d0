package io.sluice.cli.inspect;

import io.sluice.cli.ColourOption;
import io.sluice.cli.Span;
import io.sluice.cli.Terminal;
import io.sluice.shm.linux.WindowSize;
import io.sluice.shm.object.SpaceWatch;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows all objects, again and again.
@Command(
        name = "top",
        description = "Show the objects of one space, or of all spaces, and refresh the picture. Keys: q quits; r, d, w"
                + " and n sort by rate, depth, waiting threads and name; j and k scroll.",
        mixinStandardHelpOptions = true,
        footer = {"", "Where the output is no terminal, pictures are written one below the other, without colours."})
public final class TopCommand implements Callable<Integer> {
    private static final long KEY_NANOS = 50_000_000;
    private static final WindowSize PLAIN = new WindowSize(1_000_000, 160);

    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = Span.Converter.class,
            description = "Between two pictures (default: ${DEFAULT-VALUE}).")
    private Span delay;

    @Option(
            names = {"-s", "--sort"},
            paramLabel = "ORDER",
            defaultValue = "rate",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private TopFrame.Order order;

    @Option(
            names = "-n",
            paramLabel = "COUNT",
            description = "How many pictures (default: until a key or a signal ends the command).")
    private Integer count;

    @Mixin
    private ColourOption colours;

    private int scroll;
    private boolean over;

    private TopCommand() {}

    @Override
    public Integer call() throws InterruptedException, IOException {
        boolean terminal = Terminal.is(Terminal.OUT);
        boolean keys = terminal && Terminal.is(Terminal.IN);
        try (TerminalMode _ = terminal ? TerminalMode.begin(keys) : null; SpaceWatch watch = new SpaceWatch()) {
            show(watch, terminal, keys ? new FileInputStream(FileDescriptor.in) : InputStream.nullInputStream());
        }
        return 0;
    }

    private void show(SpaceWatch watch, boolean terminal, InputStream keys) throws InterruptedException, IOException {
        Map<UUID, ObjectState> before = new HashMap<>();
        Ages ages = new Ages();
        // A first look without a picture: it makes the rates of the second one.
        List<SpaceState> first = Spaces.read(space, false);
        remember(before, first);
        ages.see(first);
        wait(keys, Math.min(delay.nanos(), 200_000_000));
        for (int frame = 0; !over && (count == null || frame < count); frame++) {
            if (frame > 0) {
                wait(keys, delay.nanos());
            }
            if (over || System.out.checkError()) {
                return;
            }
            List<SpaceState> spaces = Spaces.watch(watch, space);
            WindowSize size = terminal ? TerminalMode.size() : PLAIN;
            ages.see(spaces);
            TopFrame picture = new TopFrame(spaces, before, ages, order, size.rows(), size.columns(),
                    terminal && colours.isColoured());
            scroll = Math.clamp(scroll, 0, picture.mostScroll());
            System.out.print(terminal ? picture.screen(scroll) : picture.plain());
            System.out.flush();
            remember(before, spaces);
        }
    }

    private static void remember(Map<UUID, ObjectState> before, List<SpaceState> spaces) {
        before.clear();
        for (SpaceState one : spaces) {
            for (ObjectState object : one.objects()) {
                before.put(object.info().id(), object);
            }
        }
    }

    /// Waits, and obeys keys; a key that changes the picture ends the wait.
    private void wait(InputStream keys, long nanos) throws InterruptedException, IOException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            new Span(Math.min(left, KEY_NANOS)).sleep();
            boolean changed = false;
            while (keys.available() > 0) {
                changed |= obey(keys.read());
            }
            if (changed) {
                return;
            }
        }
    }

    private boolean obey(int key) {
        switch (key) {
            case 'q', 'Q', 3, 4 -> over = true;
            case 'r' -> order = TopFrame.Order.rate;
            case 'd' -> order = TopFrame.Order.depth;
            case 'w' -> order = TopFrame.Order.waits;
            case 'n' -> order = TopFrame.Order.name;
            case 'j' -> scroll++;
            case 'k' -> scroll = Math.max(0, scroll - 1);
            default -> {
                return false;
            }
        }
        return true;
    }
}
