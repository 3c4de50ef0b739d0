package io.sluice.cli.inspect;

import io.sluice.shm.MessageView;
import io.sluice.shm.space.RingMessage;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows messages without consuming them.
@Command(
        name = "peek",
        description = "Show the messages that wait in a queue, ring, pipe or service, without consuming them. Of a"
                + " broadcast, the last ones.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A consumed message can be read until its place is used again; one that took several slots has lost eight",
            "bytes in each slot but the first, and is marked with '~'. Records show their fields if the text of their",
            "codec fits into the header of the object. No class is loaded, and no Java-serialized object is read.",
        })
public final class PeekCommand extends MessagesCommand {
    @Option(names = "--history", description = "Show the last consumed messages before the waiting ones, as many.")
    private boolean history;

    @Option(names = "--follow", description = "Show the last messages, consumed or not, and then each new one.")
    private boolean follow;

    private PeekCommand() {}

    @Override
    void show(MessageView view, MessageText text, int most) throws InterruptedException {
        if (follow) {
            follow(view, text, most);
            return;
        }
        for (int flow = 0; flow < view.flows(); flow++) {
            show(view, text, flow, most);
        }
    }

    private void show(MessageView view, MessageText text, int flow, int most) {
        List<RingMessage> waiting = view.waiting(flow, most);
        boolean broadcast = waiting.isEmpty() && view.isBroadcast();
        if (history || broadcast) {
            long before = waiting.isEmpty() ? Long.MAX_VALUE : waiting.getFirst().position();
            view.youngest(flow, most, before).forEach(message -> print(text.line(message)));
        }
        waiting.forEach(message -> print(text.line(message)));
    }
}
