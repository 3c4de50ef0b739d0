package io.sluice.gateway;

import io.sluice.core.error.SluiceException;
import io.sluice.core.ring.RoleHeldException;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.SystemUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `sluice gateway`.
@Command(
        name = "sluice gateway",
        description = "Carry a ring, a broadcast, a queue or a pipe to another host, over Aeron.",
        mixinStandardHelpOptions = true,
        versionProvider = GatewayCommand.Version.class,
        sortOptions = false,
        footer = {
            "",
            "Both ends get the same ENDPOINT: host:port of the subscribing host, whose next port is used too; or a",
            "channel of Aeron: aeron:udp?control=HOST:PORT|control-mode=dynamic (an address of the publishing host,",
            "for several subscribers), or the endpoint of a multicast group.",
            "Example, on two hosts:",
            "  hostA$ sluice gateway --publish orders --to hostB:40456",
            "  hostB$ sluice gateway --subscribe orders --from hostB:40456",
            "Recorded, for hosts that come later; the gateway that records goes on until it is stopped:",
            "  hostA$ sluice gateway --publish orders --to hostB:40456 --archive /var/orders",
            "  hostB$ sluice gateway --subscribe orders --from hostB:40456 --replay",
            "Exit codes: 0 the stream has ended at both ends, 1 failed, 2 wrong usage.",
        })
public final class GatewayCommand implements Callable<Integer> {
    private static final int MOST_STREAM = Recorder.REPLAY_STREAMS - 1;
    private static final int SPINS = 200;
    private static final int YIELDS = 100;
    private static final String HOME = ".gateway";

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Work work;

    @Option(names = "--to", paramLabel = "ENDPOINT", description = "Where to publish.")
    private String to;

    @Option(names = "--from", paramLabel = "ENDPOINT", description = "Where from to subscribe.")
    private String from;

    @Option(names = "--space", paramLabel = "SPACE", defaultValue = "default",
            description = "Space of NAME (default: ${DEFAULT-VALUE}).")
    private String space;

    @Option(names = "--stream", paramLabel = "N", defaultValue = "1",
            description = "Tells streams with one ENDPOINT apart; the same at both ends (default: ${DEFAULT-VALUE}).")
    private int stream;

    @Option(names = "--policy", paramLabel = "block|drop", defaultValue = "block",
            description = "If the messages have nowhere to go: let the producers wait, or drop and count"
                    + " (default: ${DEFAULT-VALUE}).")
    private Policy policy;

    @Option(names = "--receivers", paramLabel = "N", defaultValue = "1",
            description = "How many subscribers have to acknowledge (default: ${DEFAULT-VALUE}).")
    private int receivers;

    @Option(names = "--archive", paramLabel = "DIR",
            description = "Publishing: record in DIR what is sent, and replay it to each subscriber with --replay.")
    private Path archive;

    @Option(names = "--archive-keep", paramLabel = "SIZE",
            description = "Remove the oldest files when more than SIZE is recorded, as 10g (default: keep all).")
    private String archiveKeep;

    @Option(names = "--replay",
            description = "Subscribing: get what the other end has recorded (--archive), then what comes.")
    private boolean replay;

    @Option(names = "--from-sequence", paramLabel = "N", defaultValue = "0",
            description = "With --replay: begin with message N, counted from 1 (default: the oldest).")
    private long fromSequence;

    @Option(names = "--end", paramLabel = "first|second",
            description = "Which end of the pipe the gateway takes (default: second with --to, first with --from).")
    private End end;

    @Option(names = "--leave-open",
            description = "Subscribing: do not shut NAME down when the object at the other end was shut down.")
    private boolean leaveOpen;

    @Option(names = "--aeron-dir", paramLabel = "DIR",
            description = "Use the media driver that runs there (default: one in this process).")
    private Path aeronDir;

    @Option(names = "--driver-timeout", paramLabel = "SECONDS", defaultValue = "10",
            description = "A media driver that is silent for so long is gone (default: ${DEFAULT-VALUE}).")
    private long driverTimeout;

    @Option(names = "--spin", description = "Never sleep: the lowest latency, for a whole core.")
    private boolean spin;

    @Option(names = "--report", paramLabel = "SECONDS", defaultValue = "10",
            description = "Print the counters that often; 0 for never (default: ${DEFAULT-VALUE}).")
    private long report;

    @Option(names = "--debug", description = "Show the stack trace of a failure.")
    private boolean debug;

    private final Report lines;
    private volatile Gateway gateway;
    private volatile boolean stopped;

    /// The command, with the streams for its lines.
    GatewayCommand(Report lines) {
        this.lines = lines;
    }

    /// What to do with which object.
    private static final class Work {
        @Option(names = "--publish", paramLabel = "NAME", required = true,
                description = "Send the messages of the local object NAME.")
        private String publish;

        @Option(names = "--subscribe", paramLabel = "NAME", required = true,
                description = "Put what comes into the local object NAME.")
        private String subscribe;

        @Option(names = "--pipe", paramLabel = "NAME", required = true,
                description = "Take an end of the local pipe NAME, and carry both directions.")
        private String pipe;

        private String name() {
            return publish != null ? publish : subscribe != null ? subscribe : pipe;
        }
    }

    private enum End { FIRST, SECOND }

    /// Runs the command in the calling thread, for programs that have a gateway as a thread; to be ended with the
    /// process. The JVM needs the options that `./sluice gateway` sets.
    ///
    /// @param arguments of the command line
    /// @return the exit code
    public static int run(String... arguments) {
        return new GatewayCommand(new Report(System.out, System.err)).execute(arguments);
    }

    /// Runs the command and ends the process.
    ///
    /// @param arguments of the command line
    public static void main(String[] arguments) {
        GatewayCommand command = new GatewayCommand(new Report(System.out, System.err));
        Runtime.getRuntime().addShutdownHook(new Thread(command::stop));
        System.exit(command.execute(arguments));
    }

    /// Runs the command. @return its exit code
    int execute(String... arguments) {
        return new CommandLine(this)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, _) -> {
                    lines.failure(wrong.getMessage());
                    lines.failure("see 'sluice gateway --help'");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, _, _) -> failed(failure))
                .execute(arguments);
    }

    /// Ends the gateway, if one runs, and waits for its end.
    void stop() {
        stopped = true;
        Gateway running = gateway;
        if (running != null) {
            running.stop();
        }
    }

    private int failed(Exception failure) {
        boolean known = switch (failure) {
            case GatewayException _, SluiceException _, RoleHeldException _, ShutdownException _ -> true;
            case UnsupportedOperationException _, IllegalArgumentException _ -> true;
            default -> false;
        };
        lines.failure(known ? failure.getMessage() : "%s (--debug shows more)".formatted(failure));
        if (debug) {
            lines.trace(failure);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean publishes = to != null;
        if (publishes == (from != null) || (work.publish != null && !publishes)
                || (work.subscribe != null && publishes)) {
            throw new ParameterException(spec.commandLine(),
                    "--publish goes with --to, --subscribe with --from, and --pipe with one of the two");
        }
        if (stream < 1 || stream > MOST_STREAM || receivers < 1) {
            throw new ParameterException(spec.commandLine(),
                    "--stream is between 1 and %d, and --receivers at least 1".formatted(MOST_STREAM));
        }
        checkArchive();
        JvmFlags.check();
        Endpoint endpoint = Endpoint.parse(publishes ? to : from);
        if (aeronDir != null && !Media.isActive(aeronDir, driverTimeoutMillis())) {
            throw new GatewayException(("no media driver runs in '%s'; start one there, or leave --aeron-dir out to"
                    + " have one in this process").formatted(aeronDir));
        }
        try (LocalObject local = LocalObject.open(space, work.name());
                Gateway made = new Gateway(driver(publishes), driverIsThere(), idle(), lines,
                        TimeUnit.SECONDS.toNanos(Math.max(0, report)))) {
            addFlows(made, local, endpoint, publishes);
            gateway = made;
            if (!stopped) {
                made.run();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void checkArchive() {
        boolean isSet = archive != null || replay;
        if ((archive != null && work.publish == null) || (replay && work.subscribe == null)
                || (archiveKeep != null && archive == null) || (fromSequence != 0 && !replay)) {
            throw new ParameterException(spec.commandLine(), "--archive goes with --publish, and --archive-keep with"
                    + " it; --replay goes with --subscribe, and --from-sequence with it");
        }
        if (isSet && (policy != Policy.BLOCK || receivers != 1)) {
            throw new ParameterException(spec.commandLine(),
                    "--archive and --replay go without --policy drop and --receivers: the recording has every message");
        }
        if (archive != null && aeronDir != null) {
            throw new ParameterException(spec.commandLine(), "--archive goes without --aeron-dir");
        }
        if (fromSequence < 0 || keepBytes() < Segments.SEGMENT_BYTES) {
            throw new ParameterException(spec.commandLine(), "--from-sequence is at least 1, and --archive-keep %dm"
                    .formatted(Segments.SEGMENT_BYTES >> 20));
        }
    }

    private long keepBytes() {
        try {
            return archiveKeep == null ? Long.MAX_VALUE : SystemUtil.parseSize("--archive-keep", archiveKeep);
        } catch (NumberFormatException wrong) {
            throw new ParameterException(spec.commandLine(),
                    "--archive-keep %s is no size; write for instance 10g".formatted(archiveKeep), wrong);
        }
    }

    private Supplier<Media> driver(boolean publishes) {
        if (aeronDir != null) {
            Path directory = aeronDir;
            return () -> Media.external(directory, driverTimeoutMillis());
        }
        Path directory = SpaceRoot.usual().path().resolve(HOME)
                .resolve(driverFolder(space, work.name(), publishes, stream));
        return () -> Media.embedded(directory, driverTimeoutMillis());
    }

    /// The folder of an own driver, another one for each end. Names have no plus sign, and may have dots.
    static String driverFolder(String space, String name, boolean publishes, int stream) {
        return "%s+%s+%s+%s".formatted(space, name, publishes ? "out" : "in", stream);
    }

    private long driverTimeoutMillis() {
        return TimeUnit.SECONDS.toMillis(Math.max(1, driverTimeout));
    }

    private BooleanSupplier driverIsThere() {
        Path directory = aeronDir;
        return () -> directory == null
                || (Files.isDirectory(directory) && Media.isActive(directory, driverTimeoutMillis()));
    }

    private IdleStrategy idle() {
        return spin ? BusySpinIdleStrategy.INSTANCE
                : new BackoffIdleStrategy(SPINS, YIELDS, 1_000, TimeUnit.MILLISECONDS.toNanos(1));
    }

    private void addFlows(Gateway made, LocalObject local, Endpoint endpoint, boolean publishes) {
        if ((local.form() == Form.PIPE) != (work.pipe != null)) {
            throw new GatewayException("'%s' is a %s; a pipe, and nothing else, goes with --pipe".formatted(
                    local.name(), local.form()));
        }
        boolean second = end == null ? publishes : end == End.SECOND;
        if (work.subscribe == null && (work.pipe == null || local.hasOutgoing(second))) {
            made.add(outbound(local, endpoint, publishes, second));
        }
        if (work.publish == null && (work.pipe == null || local.hasOutgoing(!second))) {
            made.add(inbound(local, endpoint, publishes, second));
        }
    }

    private Flow outbound(LocalObject local, Endpoint endpoint, boolean publishes, boolean second) {
        RecordingMark mark = archive == null ? null : RecordingMark.open(archive, local);
        Board board = null;
        try {
            board = Board.open(local, "out", stream, Board.HEADER);
            if (mark != null) {
                return new Recorder(new Source(local.outgoing(second)), board, mark, keepBytes(), lines,
                        local.name() + " -> " + endpoint.text(), endpoint.there(), endpoint.backIn(), stream);
            }
            return new Outbound(new Source(local.outgoing(second)), board, lines,
                    local.name() + " -> " + endpoint.text(),
                    publishes ? endpoint.there() : endpoint.back(), publishes ? endpoint.backIn() : endpoint.thereIn(),
                    stream, policy, receivers);
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietCloseAll(board, mark);
            throw refused;
        }
    }

    private Flow inbound(LocalObject local, Endpoint endpoint, boolean publishes, boolean second) {
        Board board = Board.open(local, "in", stream, Ledger.ELEMENTS);
        try {
            if (replay) {
                return new Replayer(new Target(local.incoming(second)), board, new Ledger(board), lines,
                        local.name() + " <- " + endpoint.text(), endpoint.thereIn(), endpoint.back(), stream,
                        fromSequence, !leaveOpen);
            }
            return new Inbound(new Target(local.incoming(second)), board, new Ledger(board), lines,
                    local.name() + " <- " + endpoint.text(),
                    publishes ? endpoint.backIn() : endpoint.thereIn(), publishes ? endpoint.there() : endpoint.back(),
                    stream, policy, !leaveOpen);
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietClose(board);
            throw refused;
        }
    }

    /// The output of `--version`.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = GatewayCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "sluice gateway " + (version == null ? "(development)" : version),
                "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name")),
            };
        }
    }
}
