package io.sluice.journal.command;

import io.sluice.cli.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The part of the `sluice` command that needs Chronicle Queue; a jar of its own, since it needs JVM flags.
@Command(
        name = "sluice",
        description = "Record rings and queues on disk, and replay them.",
        subcommands = {RecordCommand.class, ReplayCommand.class, JournalCommand.class, HelpCommand.class},
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
public final class JournalMain implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", description = "Show the stack trace of a failure.", scope = ScopeType.INHERIT)
    @SuppressWarnings("UnusedVariable")     // Main looks for it among the arguments
    private boolean debug;

    private JournalMain() {}

    /// Runs a command and ends the process.
    ///
    /// @param arguments of the command line, with the name of the command
    public static void main(String[] arguments) {
        System.setProperty("picocli.converters.excludes", "java[.]sql[.].*,java[.]time[.].*");
        int code = Main.run(new JournalMain(), arguments);
        if (code != CommandLine.ExitCode.OK) {
            System.exit(code);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: record, replay or journal");
    }
}
