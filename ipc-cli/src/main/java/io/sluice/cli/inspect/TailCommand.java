package io.sluice.cli.inspect;

import io.sluice.shm.MessageView;
import picocli.CommandLine.Command;

/// The same as `peek --follow`.
@Command(
        name = "tail",
        description = "Show the last messages, consumed or not, and then each new one: 'peek --follow'.",
        mixinStandardHelpOptions = true)
public final class TailCommand extends MessagesCommand {
    private TailCommand() {}

    @Override
    void show(MessageView view, MessageText text, int most) throws InterruptedException {
        follow(view, text, most);
    }
}
