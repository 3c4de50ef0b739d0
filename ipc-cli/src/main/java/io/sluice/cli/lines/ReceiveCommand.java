package io.sluice.cli.lines;

import io.sluice.cli.SpaceOption;
import io.sluice.cli.StandardOutput;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes received lines to standard output.
@Command(
        name = "receive",
        description = "Write the lines sent to NAME to standard output, until all senders have finished.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Waits for a sender if there is none. Exits with 0 when every sender has",
            "finished and all lines are read, and with 1 if a sender died. If standard",
            "output cannot be written, exits with 0 if its reader has closed it, and",
            "otherwise with 1; unwritten lines stay in the queue for other receivers.",
        })
public final class ReceiveCommand implements Callable<Integer> {
    /// Interval of checks of the senders while no line arrives.
    private static final long POLL_MILLIS = 200;

    @Parameters(paramLabel = "NAME", description = "Name of the queue.")
    private String name;

    @Option(names = "--follow", description = "Do not exit when all senders have finished; wait for the next ones.")
    private boolean follow;

    @Mixin
    private SpaceOption space;

    @Mixin
    private ProgressOption progress;

    private ReceiveCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        boolean complete;
        try (SharedSpace opened = SharedSpace.open(space.name())) {
            Progress shown = progress.start("receive " + name, Progress.UNKNOWN);
            Output out = new Output(shown);
            do {
                complete = receive(opened, out, shown);
            } while (follow);
            shown.end();
        } catch (UncheckedIOException unwritten) {
            if (StandardOutput.hasNoReader(unwritten.getCause())) {
                return 0;                        // as with `| head`, which is no failure
            }
            throw unwritten;
        }
        return complete ? 0 : 1;
    }

    /// The target of a drain: each element is written when it is added, while it is still in the queue.
    private static final class Output extends AbstractList<byte[]> {
        private final OutputStream out = new FileOutputStream(FileDescriptor.out);
        private final Progress shown;

        Output(Progress shown) {
            this.shown = shown;
        }

        @Override
        public boolean add(byte[] lines) {
            try {
                out.write(lines);
            } catch (IOException refused) {
                // The element stays in the queue.
                throw new UncheckedIOException("standard output: " + refused.getMessage(), refused);
            }
            shown.add(lines);
            return true;
        }

        @Override
        public byte[] get(int index) {
            throw new IndexOutOfBoundsException("%,d: written lines are not kept".formatted(index));
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /// Writes the lines of one queue, to its end.
    ///
    /// @return whether all its senders have finished
    private boolean receive(SharedSpace opened, Output out, Progress shown) throws InterruptedException {
        try (SharedQueue<byte[]> queue = LineQueue.open(opened, name)) {
            while (!queue.isEnded()) {
                // An element stays in the queue until it is written, so the wait takes none.
                boolean idle = queue.drainTo(out) == 0 && !queue.awaitReady(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (idle && queue.producersEver() > 0 && queue.producers() == 0) {
                    queue.shutdown();        // the last sender died, or is about to shut it down
                }
            }
            long lost = queue.producersLost();
            if (lost > 0) {
                shown.interrupt();
                System.err.printf("sluice: %s of '%s' died before the end; all lines that were sent are received%n",
                        lost == 1 ? "a sender" : lost + " senders", name);
            }
            queue.unlink();
            return lost == 0;
        }
    }
}
