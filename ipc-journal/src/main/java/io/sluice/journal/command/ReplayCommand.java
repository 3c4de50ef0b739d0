package io.sluice.journal.command;

import io.sluice.cli.SpaceOption;
import io.sluice.cli.StandardOutput;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.replay.Replay;
import io.sluice.journal.replay.ReplayTarget;
import io.sluice.shm.SpaceRoot;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Replays a journal.
@Command(
        name = "replay",
        description = "Send the messages of a journal into a ring or a queue, or to standard output.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A ring or queue that is not there is made like the one that was recorded. Waits while it is full.",
            "To standard output each message is its bytes and a newline.",
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Directory of the journal.")
    private Path directory;

    @Option(names = "--to", paramLabel = "NAME", required = true,
            description = "Name of the ring or queue; '-' for standard output.")
    private String target;

    @Mixin
    private SpaceOption space;

    @Mixin
    private Range range;

    @Option(names = "--speed", paramLabel = "SPEED", defaultValue = "1x",
            description = "As fast as it was recorded (1x), so many times as fast (10x, 0.5x), without pauses (max), or"
                    + " a message at each line of standard input (step) (default: ${DEFAULT-VALUE}).")
    private String speed;

    private ReplayCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        double factor = factor();
        JournalRecord first = first();
        if (first == null) {
            System.err.printf("sluice: journal '%s' has no records%n", directory);
            return 0;
        }
        try (JournalReader reader = range.read(directory);
                ReplayTarget opened = open(first)) {
            Replay replay = new Replay(range.apply(reader), range.within(), factor);
            try (Counter _ = new Counter(() -> "replay: " + Counter.grouped(replay.sent()) + " sent")) {
                replay.run(speed.equals("step") ? stepped(opened) : opened);
            } catch (InterruptedException over) {
                if (!speed.equals("step")) {
                    throw over;
                }
            }
            end(replay, reader);
            return 0;
        } catch (UncheckedIOException unwritten) {
            if (StandardOutput.hasNoReader(unwritten.getCause())) {
                return 0;
            }
            throw unwritten;
        }
    }

    /// The first record that tells its source; the first of all if none does; null if there is none.
    private JournalRecord first() {
        try (JournalReader reader = range.read(directory)) {
            JournalRecord first = reader.next();
            JournalRecord next = first;
            while (next != null && next.source() == null) {
                next = reader.next();
            }
            return next == null ? first : next;
        }
    }

    private void end(Replay replay, JournalReader reader) {
        System.err.printf("sluice: %s messages replayed%s%s%n", Counter.grouped(replay.sent()),
                replay.gaps() == 0 ? "" : "; the recording has %s gaps of %s slots".formatted(
                        Counter.grouped(replay.gaps()), Counter.grouped(replay.lost())),
                reader.skipped() == 0 ? "" : "; %s records were damaged or missing".formatted(
                        Counter.grouped(reader.skipped())));
    }

    private double factor() {
        if (speed.equals("max") || speed.equals("step")) {
            return Replay.MAX;
        }
        double factor = speed.matches("\\d{1,9}([.]\\d{1,9})?x")
                ? Double.parseDouble(speed.substring(0, speed.length() - 1)) : 0;
        if (factor > 0) {
            return factor;
        }
        throw new IllegalArgumentException(
                "--speed: '%s' is no speed; write one as 1x, 10x, 0.5x, max or step".formatted(speed));
    }

    private ReplayTarget open(JournalRecord first) {
        if (target.equals("-")) {
            return new Lines();
        }
        if (first.source() == null) {
            throw new JournalException(("journal '%s': the head of each file is damaged, and only they tell what was"
                    + " recorded; replay to standard output").formatted(directory));
        }
        return ReplayTarget.named(SpaceRoot.usual(), space.name(), target, first.source());
    }

    /// A message at each line, until standard input ends.
    private static ReplayTarget stepped(ReplayTarget target) {
        return message -> {
            try {
                for (int octet = System.in.read(); octet != '\n'; octet = System.in.read()) {
                    if (octet < 0) {
                        throw new InterruptedException("standard input has ended");
                    }
                }
            } catch (IOException refused) {
                throw new UncheckedIOException("standard input: " + refused.getMessage(), refused);
            }
            target.put(message);
            System.err.printf("sequence %s, type %s, %s bytes%n", message.sequence(), message.type(),
                    message.payload().length);
        };
    }

    /// Standard output.
    private static final class Lines implements ReplayTarget {
        private final OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);

        @Override
        public void put(JournalRecord message) {
            byte[] payload = message.payload();
            write(() -> {
                out.write(payload);
                if (payload.length == 0 || payload[payload.length - 1] != '\n') {
                    out.write('\n');
                }
            });
        }

        private interface Write {
            void run() throws IOException;
        }

        private static void write(Write write) {
            try {
                write.run();
            } catch (IOException refused) {
                throw new UncheckedIOException("standard output: " + refused.getMessage(), refused);
            }
        }

        @Override
        public void close() {
            write(out::flush);
        }
    }
}
