package io.sluice.cli;

import io.sluice.cli.demo.DemoCommand;
import io.sluice.cli.lines.ReceiveCommand;
import io.sluice.cli.lines.SendCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `sluice` command.
@Command(
        name = "sluice",
        description = "Queues, pipes and rings between the JVMs of this machine, over shared memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            DemoCommand.class,
            SendCommand.class,
            ReceiveCommand.class,
            ListCommand.class,
            UnlinkCommand.class,
            CleanCommand.class,
            HelpCommand.class,
        },
        footer = {
            "",
            "How fast it is, beside its peers, tells 'sluice bench'; see 'sluice bench --help'.",
            "Spaces lie in /dev/shm/sluice-<uid>; the environment variable SLUICE_HOME moves them.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", description = "Show the stack trace of a failure.", scope = ScopeType.INHERIT)
    private boolean debug;

    private Main() {}

    /// Runs a command and ends the process.
    ///
    /// @param arguments of the command line
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        Main main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(main::failed)
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private static int wrongUsage(ParameterException wrong, String[] arguments) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        System.err.println("sluice: " + wrong.getMessage());
        System.err.printf("sluice: see '%s --help'%n", command.qualifiedName());
        return command.exitCodeOnInvalidInput();
    }

    private int failed(Exception failure, CommandLine command, ParseResult parsed) {
        System.err.println("sluice: " + Failures.text(failure));
        if (debug) {
            failure.printStackTrace();
        }
        return failure instanceof IllegalArgumentException
                ? command.getCommandSpec().exitCodeOnInvalidInput()
                : command.getCommandSpec().exitCodeOnExecutionException();
    }

    /// What `--version` prints.
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
