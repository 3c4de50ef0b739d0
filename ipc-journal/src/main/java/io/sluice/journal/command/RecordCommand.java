package io.sluice.journal.command;

import io.sluice.cli.SpaceOption;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.tap.Recorder;
import io.sluice.journal.tap.RecorderOptions;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Records a ring or a queue until it ends, or a signal comes.
@Command(
        name = "record",
        description = "Follow a ring, a broadcast or a queue, and record every message in a journal. Takes nothing away"
                + " from the consumers, and does not slow the producers down.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Ends when the source is shut down or unlinked, or at SIGINT or SIGTERM. Started again, it goes on behind",
            "its last record, with what the source still has; what it has not is one gap record.",
        })
final class RecordCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 30;

    @Parameters(paramLabel = "NAME", description = "Name of the ring or queue.")
    private String name;

    @Mixin
    private SpaceOption space;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Directory of the journal.")
    private Path directory;

    @Option(names = "--slow", paramLabel = "POLICY", defaultValue = "gap",
            description = "When it falls a ring behind: gap counts what was lost, block lets the producer of a"
                    + " broadcast wait (default: ${DEFAULT-VALUE}).")
    private RecorderOptions.Slow slow;

    @Option(names = "--start", paramLabel = "WHERE", defaultValue = "oldest",
            description = "Where a new recording begins: with the oldest message that the ring still has, or with what"
                    + " comes now (default: ${DEFAULT-VALUE}).")
    private RecorderOptions.Start start;

    @Option(names = "--once", description = "Record what is there, and end.")
    private boolean once;

    @Option(names = "--roll-every", paramLabel = "TIME", defaultValue = "1d",
            description = "Longest time of a file (default: ${DEFAULT-VALUE}).")
    private String rollEvery;

    @Option(names = "--roll-size", paramLabel = "SIZE", defaultValue = "1G",
            description = "Largest file, up to 4G (default: ${DEFAULT-VALUE}).")
    private String rollSize;

    @Option(names = "--keep-for", paramLabel = "TIME", description = "Remove files that ended longer ago.")
    private String keepFor;

    @Option(names = "--keep-size", paramLabel = "SIZE", description = "Remove the oldest files beyond this.")
    private String keepSize;

    @Option(names = "--min-free", paramLabel = "SIZE", defaultValue = "256M",
            description = "Stop before less of the disk is free (default: ${DEFAULT-VALUE}).")
    private String minFree;

    @Option(names = "--force-every", paramLabel = "TIME",
            description = "Write to the device so often; otherwise the kernel does it when it likes, and a power cut"
                    + " costs some seconds.")
    private String forceEvery;

    private RecordCommand() {}

    @Override
    public Integer call() {
        RecorderOptions options = RecorderOptions.defaults().withSlow(slow).withStart(start).withFollow(!once)
                .withForceEvery(forceEvery == null ? Duration.ZERO : Amounts.time("--force-every", forceEvery));
        JournalOptions journal = JournalOptions.defaults()
                .withRoll(Amounts.time("--roll-every", rollEvery), Amounts.bytes("--roll-size", rollSize))
                .withKeep(keepFor == null ? Duration.ZERO : Amounts.time("--keep-for", keepFor),
                        keepSize == null ? 0 : Amounts.bytes("--keep-size", keepSize))
                .withMinFree(Amounts.bytes("--min-free", minFree));
        try (Recorder recorder = Recorder.open(
                SpaceRoot.usual(), space.name(), name, directory, options, journal)) {
            CountDownLatch closed = new CountDownLatch(1);
            Thread hook = Thread.ofPlatform().unstarted(() -> stop(recorder, closed));
            Runtime.getRuntime().addShutdownHook(hook);
            System.err.printf("sluice: recording '%s' of space '%s' to '%s', behind sequence %s%n", name, space.name(),
                    directory, recorder.sequence());
            try {
                show(record(recorder), recorder);
            } finally {
                closed.countDown();          // a JVM that ends waits for that
            }
            return 0;
        }
    }

    private Recorder.End record(Recorder recorder) {
        try (recorder; Counter _ = new Counter(() -> "record " + name + ": " + counts(recorder))) {
            return recorder.run();
        }
    }

    private static void show(Recorder.End end, Recorder recorder) {
        System.err.printf("sluice: %s, up to sequence %s; %s%n", counts(recorder), recorder.sequence(), switch (end) {
            case STOPPED -> "stopped";
            case SHUT_DOWN -> "the source was shut down";
            case UNLINKED -> "the source was unlinked";
            case DRAINED -> "nothing is left";
        });
    }

    private static String counts(Recorder recorder) {
        String counts = Counter.grouped(recorder.recorded()) + " recorded";
        return recorder.lost() == 0 ? counts : counts + ", " + Counter.grouped(recorder.lost()) + " lost";
    }

    /// At a signal the journal is closed before the JVM ends.
    private static void stop(Recorder recorder, CountDownLatch closed) {
        recorder.stop();
        try {
            boolean _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }
}
