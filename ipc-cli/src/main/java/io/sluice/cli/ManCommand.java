package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Prints a manual page, made from the same texts as `--help`.
@Command(
        name = "man",
        description = "Print the manual page of a command, or that of sluice, for man(1).",
        mixinStandardHelpOptions = true,
        footer = {"", "Read one:     sluice man ls | man -l -", "Install one:  sluice man > sluice.1"})
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..2", paramLabel = "COMMAND", description = "Such as 'ls', or 'manager serve'.")
    private List<String> path = List.of();

    @Spec
    private CommandSpec spec;

    private ManCommand() {}

    @Override
    public Integer call() {
        CommandLine command = spec.root().commandLine();
        for (String name : path) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw new IllegalArgumentException("no command '%s %s'; 'sluice --help' lists all"
                        .formatted(command.getCommandSpec().qualifiedName(), name));
            }
            command = next;
        }
        System.out.print(page(command.getCommandSpec()));
        System.out.flush();
        return 0;
    }

    private static String page(CommandSpec command) {
        CommandLine.Help help = new CommandLine.Help(command, CommandLine.Help.defaultColorScheme(Ansi.OFF));
        String name = command.qualifiedName("-");
        StringBuilder page = new StringBuilder();
        page.append(".TH ").append(name.toUpperCase(Locale.ROOT)).append(" 1\n.SH NAME\n").append(name)
                .append(" \\- ").append(text(String.join(" ", command.usageMessage().description()))).append('\n')
                .append(".SH SYNOPSIS\n").append(text(help.synopsis(0).strip().replaceAll(" +", " "))).append('\n');
        section(page, "ARGUMENTS", command.positionalParameters(), PositionalParamSpec::paramLabel);
        List<OptionSpec> options = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                options.add(option);
            }
        }
        section(page, "OPTIONS", options, option -> String.join(", ", option.names())
                + (option.arity().max() > 0 ? " " + option.paramLabel() : ""));
        if (!command.subcommands().isEmpty()) {
            page.append(".SH COMMANDS\n");
            command.subcommands().forEach((each, line) -> page.append(".TP\n.B ").append(text(each)).append('\n')
                    .append(text(String.join(" ", line.getCommandSpec().usageMessage().description()))).append('\n'));
        }
        if (command.usageMessage().footer().length > 0) {
            page.append(".SH NOTES\n");
            for (String line : command.usageMessage().footer()) {
                page.append(line.isEmpty() ? ".PP\n" : text(line) + "\n.br\n");
            }
        }
        return page.append(".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage\n").toString();
    }

    /// What introduces one argument.
    private interface Heading<A> {
        String of(A argument);
    }

    private static <A extends ArgSpec> void section(
            StringBuilder page, String title, List<A> arguments, Heading<A> heading) {
        if (!arguments.isEmpty()) {
            page.append(".SH ").append(title).append('\n');
        }
        for (A argument : arguments) {
            String words = String.join(" ", argument.description());
            page.append(".TP\n.B ").append(text(heading.of(argument))).append('\n').append(text(words)).append('\n');
        }
    }

    /// A text for troff: dashes are dashes, and no line begins with a request.
    private static String text(String words) {
        String escaped = words.replace("\\", "\\e").replace("-", "\\-").replace("\n", " ");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
