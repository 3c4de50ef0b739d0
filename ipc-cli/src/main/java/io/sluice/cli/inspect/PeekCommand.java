package io.sluice.cli.inspect;

import io.sluice.cli.SpaceOption;
import io.sluice.shm.MessageView;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.space.RingMessage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
public class PeekCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 50;
    /// How many messages are copied before they are printed.
    private static final int BATCH = 1000;

    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Option(
            names = "-n",
            paramLabel = "COUNT",
            defaultValue = "10",
            description = "How many messages (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--history", description = "Show the last consumed messages before the waiting ones, as many.")
    private boolean history;

    @Option(names = "--follow", description = "Show the last messages, consumed or not, and then each new one.")
    private boolean follow;

    @Option(names = "--hex", description = "Show bytes.")
    private boolean hex;

    @Option(names = "--json", description = "Write one JSON object for each message.")
    private boolean json;

    @Mixin
    private SpaceOption space;

    private final boolean follows;

    private PeekCommand() {
        this(false);
    }

    PeekCommand(boolean follows) {
        this.follows = follows;
    }

    @Override
    public final Integer call() throws InterruptedException {
        if (count < 0) {
            throw new IllegalArgumentException("-n %s: a number of messages is not negative".formatted(count));
        }
        try (MessageView view = SpaceRoot.usual().messages(space.name(), name)) {
            MessageText text = new MessageText(view.kind(), view.elementType(), view.flows(), hex, json);
            if (follow || follows) {
                follow(view, text);
            } else {
                for (int flow = 0; flow < view.flows(); flow++) {
                    show(view, text, flow);
                }
            }
        }
        System.out.flush();
        return 0;
    }

    private void show(MessageView view, MessageText text, int flow) {
        List<RingMessage> waiting = view.waiting(flow, count);
        boolean broadcast = waiting.isEmpty() && view.isBroadcast();
        if (history || broadcast) {
            long before = waiting.isEmpty() ? Long.MAX_VALUE : waiting.getFirst().position();
            view.youngest(flow, count, before).forEach(message -> print(text.line(message)));
        }
        waiting.forEach(message -> print(text.line(message)));
    }

    private void follow(MessageView view, MessageText text) throws InterruptedException {
        long[] from = new long[view.flows()];
        for (int flow = 0; flow < from.length; flow++) {
            from[flow] = view.end(flow);
            List<RingMessage> last = view.youngest(flow, count, from[flow]);
            last.forEach(message -> print(text.line(message)));
            from[flow] = last.isEmpty() ? from[flow] : last.getLast().next();
        }
        while (!System.out.checkError()) {       // which flushes, and is true once its reader has closed a pipe
            boolean any = false;
            for (int flow = 0; flow < from.length; flow++) {
                for (int i = 0; i < BATCH; i++) {
                    RingMessage message = view.next(flow, from[flow]);
                    if (message == null) {
                        break;
                    }
                    any = true;
                    if (message.position() > from[flow]) {
                        missed(view, flow, from[flow], message.position());
                    }
                    from[flow] = message.next();
                    print(text.line(message));
                }
            }
            if (!any) {
                if (!view.isLinked()) {
                    System.err.println("sluice: '" + name + "' was unlinked");
                    return;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /// Tells of messages that were overwritten before this look; slots of padding and of claims given up are none.
    private static void missed(MessageView view, int flow, long from, long to) {
        if (view.isOverwritten(flow, from)) {
            System.err.println("sluice: " + (to - from) + " slots were overwritten before they were read");
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /// The same as `peek --follow`.
    @Command(
            name = "tail",
            description = "Show the last messages, consumed or not, and then each new one: 'peek --follow'.",
            mixinStandardHelpOptions = true)
    public static final class TailCommand extends PeekCommand {
        private TailCommand() {
            super(true);
        }
    }
}
