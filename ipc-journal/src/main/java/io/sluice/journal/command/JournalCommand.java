package io.sluice.journal.command;

import io.sluice.cli.Json;
import io.sluice.cli.Sizes;
import io.sluice.cli.Table;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalReport;
import io.sluice.journal.JournalSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Looks into journals.
@Command(
        name = "journal",
        description = "List, show, search, check and cut journals.",
        mixinStandardHelpOptions = true,
        subcommands = {
            JournalCommand.ListCommand.class,
            JournalCommand.DumpCommand.class,
            JournalCommand.GrepCommand.class,
            JournalCommand.VerifyCommand.class,
            JournalCommand.TruncateCommand.class,
        })
final class JournalCommand implements Runnable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Spec
    private CommandSpec spec;

    private JournalCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: ls, dump, grep, verify or truncate");
    }

    /// Output formats.
    enum Format {
        text,
        json
    }

    /// What all of them have.
    static final class Subject {
        @Parameters(index = "0", paramLabel = "DIR", description = "Directory of the journal.")
        private Path directory;

        @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", defaultValue = "text",
                description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Format format;

        private Subject() {}

        JournalReport report() {
            AtomicInteger percent = new AtomicInteger();
            JournalReport report;
            try (Counter _ = new Counter(() -> "journal " + directory + ": " + percent + " % read")) {
                report = Journal.verify(directory, percent::set);
            }
            if (report.cycles().stream().allMatch(JournalCommand::isForeign)) {
                throw new JournalException("journal '%s': its files are of another program; it is no journal"
                        .formatted(directory));
            }
            return report;
        }

        boolean json() {
            return format == Format.json;
        }
    }

    private static boolean isForeign(JournalReport.Cycle cycle) {
        return cycle.problems().stream().anyMatch(problem -> problem.kind().equals("foreign"));
    }

    private static String time(long nanos) {
        return nanos == 0 ? "" : Instant.ofEpochMilli(nanos / 1_000_000).toString();
    }

    private static void print(String text) {
        System.out.print(text);
        System.out.flush();
    }

    private static Json json(JournalReport report) {
        Json json = new Json().beginObject()
                .field("directory", report.directory().toString())
                .field("first", report.first())
                .field("last", report.last())
                .field("written", report.written())
                .field("sound", report.isSound())
                .name("cycles").beginArray();
        for (JournalReport.Cycle cycle : report.cycles()) {
            JournalSource source = cycle.source();
            json.beginObject()
                    .field("file", cycle.file())
                    .field("bytes", cycle.bytes())
                    .field("first", cycle.first())
                    .field("last", cycle.last())
                    .field("messages", cycle.messages())
                    .field("gaps", cycle.gaps())
                    .field("lost", cycle.lost())
                    .field("retractions", cycle.retractions())
                    .field("from", time(cycle.fromNanos()))
                    .field("until", time(cycle.untilNanos()))
                    .field("space", source == null ? "" : source.space())
                    .field("source", source == null ? "" : source.name())
                    .field("kind", source == null ? "" : source.kind())
                    .field("elementType", source == null ? "" : source.elementType())
                    .field("ending", cycle.ending())
                    .field("end", cycle.end())
                    .field("chain", cycle.chain())
                    .name("problems").beginArray();
            for (JournalReport.Problem problem : cycle.problems()) {
                json.beginObject()
                        .field("kind", problem.kind())
                        .field("sequence", problem.sequence())
                        .field("offset", problem.offset())
                        .field("text", problem.text())
                        .endObject();
            }
            json.endArray().endObject();
        }
        return json.endArray().endObject();
    }

    /// Lists the cycles.
    @Command(name = "ls", description = "List the files of a journal: sequences, gaps, times.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Subject subject;

        private ListCommand() {}

        @Override
        public Integer call() {
            JournalReport report = subject.report();
            if (subject.json()) {
                print(json(report) + "\n");
                return 0;
            }
            Table table = new Table("FILE", ">FIRST", ">LAST", ">MESSAGES", ">GAPS", ">LOST", ">SIZE", "FROM", "UNTIL",
                    "END", "SOURCE");
            for (JournalReport.Cycle cycle : report.cycles()) {
                table.row(cycle.file(), Long.toString(cycle.first()), Long.toString(cycle.last()),
                        Long.toString(cycle.messages()), Long.toString(cycle.gaps()), Long.toString(cycle.lost()),
                        Sizes.text(cycle.bytes()), time(cycle.fromNanos()), time(cycle.untilNanos()), cycle.ending(),
                        cycle.source() == null ? "" : cycle.source().toString());
            }
            print(table.toString());
            return 0;
        }
    }

    /// Checks everything.
    @Command(name = "verify", description = "Read and check every record: sequences, gaps, the hash chain of each file,"
            + " torn ends. Changes nothing. Exit code 1 if something is wrong.", mixinStandardHelpOptions = true)
    static final class VerifyCommand implements Callable<Integer> {
        @Mixin
        private Subject subject;

        private VerifyCommand() {}

        @Override
        public Integer call() {
            JournalReport report = subject.report();
            if (subject.json()) {
                print(json(report) + "\n");
            } else {
                show(report);
            }
            return report.isSound() ? 0 : 1;
        }

        private static void show(JournalReport report) {
            StringBuilder text = new StringBuilder();
            for (JournalReport.Cycle cycle : report.cycles()) {
                text.append(cycle.records() == 0
                        ? "%s: no records".formatted(cycle.file())
                        : "%s: sequences %s to %s, %s messages, %s gaps (%s slots lost), %s, chain %s".formatted(
                                cycle.file(), cycle.first(), cycle.last(), cycle.messages(), cycle.gaps(), cycle.lost(),
                                cycle.ending(), cycle.chain())).append('\n');
                for (JournalReport.Problem problem : cycle.problems()) {
                    text.append("  %s at sequence %s, byte %s: %s%n".formatted(
                            problem.kind(), problem.sequence(), problem.offset(), problem.text()));
                }
            }
            int problems = report.problems().size();
            text.append("%s: sequences %s to %s, %s%s%n".formatted(report.directory(), report.first(), report.last(),
                    problems == 0 ? "sound" : problems == 1 ? "1 problem" : problems + " problems",
                    report.written() ? "; a writer has it open" : ""));
            print(text.toString());
        }
    }

    /// Shows a record: as one line of text, or as a JSON object.
    private static void show(JournalRecord found, boolean json) {
        byte[] payload = found.payload();
        if (json) {
            print(new Json().beginObject()
                    .field("sequence", found.sequence())
                    .field("kind", found.kind().name().toLowerCase(Locale.ROOT))
                    .field("committed", found.committed().toString())
                    .field("received", found.received().toString())
                    .field("type", found.type())
                    .field("source", found.source() == null ? "" : found.source().toString())
                    .field("position", found.position())
                    .field("lost", found.lost())
                    .field("length", payload.length)
                    .field("payload", Base64.getEncoder().encodeToString(payload))
                    .endObject() + "\n");
        } else {
            print(String.format(Locale.ROOT, "%d %s %s%n", found.sequence(), found.received(), switch (found.kind()) {
                case GAP -> "gap: " + found.lost() + " slots lost, up to position " + found.position();
                case RETRACTION -> "retraction of " + (found.sequence() - 1);
                case MESSAGE -> "type " + found.type() + ", " + payload.length + " bytes: " + text(payload);
            }));
        }
    }

    /// Bytes as text, with a dot for each that is none.
    private static String text(byte[] payload) {
        StringBuilder text = new StringBuilder();
        for (byte octet : payload) {
            text.append(octet >= ' ' && octet < 0x7f ? (char) octet : '.');
        }
        return text.toString();
    }

    /// Shows records.
    @Command(name = "dump", description = "Show the records, one line for each; as JSON with the bytes in base 64.",
            mixinStandardHelpOptions = true)
    static final class DumpCommand implements Callable<Integer> {
        @Mixin
        private Subject subject;

        @Mixin
        private Range range;

        @Option(names = "--follow", description = "Do not end with the last record: show each one that comes, until"
                + " --until or Ctrl-C.")
        private boolean follow;

        private DumpCommand() {}

        @Override
        public Integer call() {
            boolean _ = each(subject, range, follow, Pattern.compile(""));
            return 0;
        }
    }

    /// Searches records.
    @Command(name = "grep", description = "Show the records whose bytes match a regular expression. Exit code 1 if"
            + " there is none.", mixinStandardHelpOptions = true)
    static final class GrepCommand implements Callable<Integer> {
        @Mixin
        private Subject subject;

        @Parameters(index = "1", paramLabel = "PATTERN", description = "Regular expression; bytes count as Latin-1.")
        private String pattern;

        @Mixin
        private Range range;

        @Option(names = "--follow", description = "Do not end with the last record: show each one that comes, until"
                + " --until or Ctrl-C.")
        private boolean follow;

        private GrepCommand() {}

        @Override
        public Integer call() {
            try {
                return each(subject, range, follow, Pattern.compile(pattern, Pattern.DOTALL)) ? 0 : 1;
            } catch (PatternSyntaxException wrong) {
                throw new IllegalArgumentException(
                        "PATTERN: %s in '%s'".formatted(wrong.getDescription(), pattern), wrong);
            }
        }
    }

    private static boolean each(Subject subject, Range range, boolean follow, Pattern pattern) {
        boolean found = false;
        boolean all = pattern.pattern().isEmpty();
        var within = range.within();
        try (JournalReader reader = range.apply(range.read(subject.directory))) {
            while (!System.out.checkError()) {       // true once its reader has closed a pipe; Main reports the rest
                JournalRecord next = reader.next();
                if (next == null && follow) {
                    LockSupport.parkNanos(POLL_NANOS);
                    continue;
                }
                if (next == null || !within.test(next)) {
                    break;
                }
                if (all || (next.kind() == JournalRecord.Kind.MESSAGE
                        && pattern.matcher(new String(next.payload(), StandardCharsets.ISO_8859_1)).find())) {
                    found = true;
                    show(next, subject.json());
                }
                if (range.isLast(next)) {
                    break;
                }
            }
            if (reader.skipped() > 0) {
                System.err.printf("sluice: %s records are damaged or missing%n", reader.skipped());
            }
        }
        return found;
    }

    /// Cuts a journal.
    @Command(name = "truncate", description = "Remove the records behind a sequence, or only what is torn.",
            mixinStandardHelpOptions = true)
    static final class TruncateCommand implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "DIR", description = "Directory of the journal.")
        private Path directory;

        @Option(names = "--after", paramLabel = "SEQUENCE",
                description = "The last record to keep (default: the last one that is whole).")
        private Long after;

        private TruncateCommand() {}

        @Override
        public Integer call() {
            if (after != null && after < 0) {
                throw new IllegalArgumentException("--after: a sequence is not negative");
            }
            long removed = Journal.truncate(directory, after == null ? Long.MAX_VALUE : after);
            System.err.printf("sluice: %s records removed%n", removed);
            return 0;
        }
    }
}
