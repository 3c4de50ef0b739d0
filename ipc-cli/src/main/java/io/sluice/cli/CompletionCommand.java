package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints what a shell needs to complete the command line.
@Command(
        name = "completion",
        description = "Print the script with which bash or zsh completes commands and options.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "bash:  source <(sluice completion)",
            "zsh:   autoload -U +X bashcompinit && bashcompinit && source <(sluice completion)",
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private CompletionCommand() {}

    @Override
    public Integer call() {
        System.out.print(AutoComplete.bash("sluice", spec.root().commandLine()));
        System.out.flush();
        return 0;
    }
}
