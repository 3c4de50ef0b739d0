package io.sluice.cli;

import io.sluice.cli.demo.DemoCommand;
import io.sluice.cli.doctor.DoctorCommand;
import io.sluice.cli.inspect.ErrorsCommand;
import io.sluice.cli.inspect.ListCommand;
import io.sluice.cli.inspect.LocksCommand;
import io.sluice.cli.inspect.PeekCommand;
import io.sluice.cli.inspect.ProcessCommand;
import io.sluice.cli.inspect.StatCommand;
import io.sluice.cli.inspect.TailCommand;
import io.sluice.cli.inspect.TopCommand;
import io.sluice.cli.lines.ReceiveCommand;
import io.sluice.cli.lines.SendCommand;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `sluice` command.
@Command(
        name = "sluice",
        description = "Queues, pipes and rings between the JVMs of this machine, over shared memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "",
            "'sluice bench' measures the speed; see 'sluice bench --help'.",
            "'sluice record', 'sluice replay' and 'sluice journal' keep what passes on disk; see 'sluice record --help'.",
            "'sluice gateway' carries objects to another host; see 'sluice gateway --help'.",
            "Spaces are in /dev/shm/sluice-<uid>, or in the folder that SLUICE_HOME names.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
        })
public final class Main implements Runnable {
    /// In the order of the help.
    private static final List<Subcommand> SUBCOMMANDS = List.of(
            new Subcommand("demo", DemoCommand.class),
            new Subcommand("send", SendCommand.class),
            new Subcommand("receive", ReceiveCommand.class),
            new Subcommand("ls", ListCommand.class),
            new Subcommand("ps", ProcessCommand.class),
            new Subcommand("locks", LocksCommand.class),
            new Subcommand("top", TopCommand.class),
            new Subcommand("stat", StatCommand.class),
            new Subcommand("peek", PeekCommand.class),
            new Subcommand("tail", TailCommand.class),
            new Subcommand("recover", RecoverCommand.class),
            new Subcommand("unlink", UnlinkCommand.class),
            new Subcommand("clean", CleanCommand.class),
            new Subcommand("errors", ErrorsCommand.class),
            new Subcommand("doctor", DoctorCommand.class),
            new Subcommand("manager", ManagerCommand.class),
            new Subcommand("completion", CompletionCommand.class),
            new Subcommand("man", ManCommand.class),
            new Subcommand("rehearse", RehearseCommand.class),
            new Subcommand("help", HelpCommand.class));
    /// These look at all of the others.
    private static final List<String> NEED_ALL = List.of("completion", "man", "help");

    private record Subcommand(String name, Class<?> type) {}

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", description = "Show the stack trace of a failure.", scope = ScopeType.INHERIT)
    @SuppressWarnings("UnusedVariable")     // run() looks for it among the arguments
    private boolean debug;

    private Main() {}

    /// Runs a command and ends the process.
    ///
    /// @param arguments of the command line
    public static void main(String[] arguments) {
        int code = run(new Main(), arguments);
        if (code != CommandLine.ExitCode.OK) {
            System.exit(code);
        }
        // A return ends the process too, since all other threads are daemons. System.exit would set up logging.
    }

    /// Runs a command: a failure is one line on standard error, with a stack trace if `--debug` is among the arguments.
    ///
    /// @param command annotated for picocli
    /// @param arguments of the command line
    /// @return the exit code
    public static int run(Object command, String... arguments) {
        StandardOutput out = new StandardOutput();
        System.setOut(new PrintStream(out, true, System.out.charset()));
        int code = execute(command, arguments);
        System.out.flush();
        if (out.failure() != null) {
            System.err.println("sluice: standard output: " + out.failure().getMessage());
            return code == CommandLine.ExitCode.OK ? CommandLine.ExitCode.SOFTWARE : code;
        }
        return code;
    }

    /// Runs a command of `sluice`, without a look whether standard output has failed.
    ///
    /// @param arguments of the command line
    /// @return its exit code
    static int execute(String... arguments) {
        return execute(new Main(), arguments);
    }

    private static int execute(Object command, String... arguments) {
        // Picocli registers converters for every type that it knows. No option has one of these types.
        System.setProperty("picocli.converters.excludes", "java[.]sql[.].*,java[.]time[.].*");
        boolean debug = Arrays.asList(arguments).contains("--debug");
        return line(command, arguments)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler((failure, failing, parsed) -> failed(failure, failing, debug))
                .execute(arguments);
    }

    /// The reflection over all subcommands takes longer than most of them, so the one that is named stands alone.
    private static CommandLine line(Object command, String... arguments) {
        CommandLine line = new CommandLine(command);
        if (command instanceof Main) {
            boolean alone = arguments.length > 0 && !NEED_ALL.contains(arguments[0])
                    && SUBCOMMANDS.stream().anyMatch(each -> each.name().equals(arguments[0]));
            for (Subcommand each : SUBCOMMANDS) {
                if (!alone || each.name().equals(arguments[0])) {
                    line.addSubcommand(each.name(), each.type());
                }
            }
        }
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command");
    }

    private static int wrongUsage(ParameterException wrong, String[] arguments) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        System.err.println("sluice: " + mistyped(wrong).orElse(wrong.getMessage()));
        System.err.printf("sluice: see '%s --help'%n", command.qualifiedName());
        return command.exitCodeOnInvalidInput();
    }

    /// The message for a mistyped command, with the most similar one.
    private static Optional<String> mistyped(ParameterException wrong) {
        CommandLine line = wrong.getCommandLine();
        if (!(wrong instanceof UnmatchedArgumentException unmatched) || line.getParent() != null) {
            return Optional.empty();
        }
        String typed = unmatched.getUnmatched().getFirst();
        return typed.startsWith("-") ? Optional.empty() : Optional.of("unknown command '%s'%s".formatted(typed,
                line.getSubcommands().keySet().stream()
                        .filter(name -> distance(typed, name) <= 1 + name.length() / 3)
                        .min(Comparator.comparingInt(name -> distance(typed, name)))
                        .map("; did you mean '%s'?"::formatted)
                        .orElse("")));
    }

    /// The number of letters to insert, remove or replace to turn one word into the other (V. Levenshtein, 1965).
    private static int distance(String one, String other) {
        int[] row = IntStream.rangeClosed(0, other.length()).toArray();
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[other.length()];
    }

    private static int failed(Exception failure, CommandLine command, boolean debug) {
        System.err.println("sluice: " + Failures.text(failure));
        if (debug) {
            failure.printStackTrace();
        }
        return failure instanceof IllegalArgumentException
                ? command.getCommandSpec().exitCodeOnInvalidInput()
                : command.getCommandSpec().exitCodeOnExecutionException();
    }

    /// The output of `--version`.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "sluice " + (version == null ? "(development)" : version),
                "Java %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name")),
            };
        }
    }
}
