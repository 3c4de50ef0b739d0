package io.sluice.cli.inspect;

import io.sluice.cli.SpaceOption;
import io.sluice.shm.MessageView;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.space.RingMessage;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the commands that show messages have in common.
abstract class MessagesCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 50;
    /// How many messages of one way are copied before the next way gets its turn.
    private static final int BATCH = 1000;

    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Option(
            names = "-n",
            paramLabel = "COUNT",
            defaultValue = "10",
            description = "How many messages (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--hex", description = "Show bytes.")
    private boolean hex;

    @Option(names = "--json", description = "Write one JSON object for each message.")
    private boolean json;

    @Mixin
    private SpaceOption space;

    @Override
    public final Integer call() throws InterruptedException {
        if (count < 0) {
            throw new IllegalArgumentException("-n %s: a number of messages is not negative".formatted(count));
        }
        try (MessageView view = SpaceRoot.usual().messages(space.name(), name)) {
            show(view, new MessageText(view.kind(), view.elementType(), view.flows(), hex, json), count);
        }
        System.out.flush();
        return 0;
    }

    /// Shows messages of the object.
    ///
    /// @param view of it
    /// @param text how a message is shown
    /// @param most how many the user wants
    abstract void show(MessageView view, MessageText text, int most) throws InterruptedException;

    /// Shows the last messages, consumed or not, and then each new one, until the object or the reader is gone.
    final void follow(MessageView view, MessageText text, int most) throws InterruptedException {
        long[] from = new long[view.flows()];
        for (int flow = 0; flow < from.length; flow++) {
            from[flow] = view.end(flow);
            List<RingMessage> last = view.youngest(flow, most, from[flow]);
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

    static void print(String line) {
        System.out.println(line);
    }
}
