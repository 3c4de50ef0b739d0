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

/// Writes the lines that arrive to standard output.
@Command(
        name = "receive",
        description = "Write the lines that are sent to NAME to standard output, until all senders have finished.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exits with 0 once every sender has finished and everything was read, and with 1 if a sender died.",
            "Without a sender it waits. If the reader of standard output goes away, it ends with 0. If standard output",
            "cannot be written for another reason, it ends with 1. What was not written stays in the queue for others.",
        })
public final class ReceiveCommand implements Callable<Integer> {
    /// How often the senders are looked at while nothing arrives.
    private static final long LOOK_MILLIS = 200;

    @Parameters(paramLabel = "NAME", description = "Name of the queue.")
    private String name;

    @Option(names = "--follow", description = "Stay for the senders that come later.")
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
                return 0;                        // as with `| head`; not our failure
            }
            throw unwritten;
        }
        return complete ? 0 : 1;
    }

    /// Where elements are drained to: each is written when it is added, while it is still in the queue.
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
                throw new UncheckedIOException("standard output: " + refused.getMessage(), refused);   // stays queued
            }
            shown.add(lines);
            return true;
        }

        @Override
        public byte[] get(int index) {
            throw new IndexOutOfBoundsException("%,d: what is written is gone".formatted(index));
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /// Writes what one queue holds, to its end.
    ///
    /// @return whether all its senders have finished
    private boolean receive(SharedSpace opened, Output out, Progress shown) throws InterruptedException {
        try (SharedQueue<byte[]> queue = LineQueue.open(opened, name)) {
            while (!queue.isEnded()) {
                // An element stays in the queue until it is written; so the wait takes none.
                boolean idle = queue.drainTo(out) == 0 && !queue.awaitElement(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (idle && queue.producersEver() > 0 && queue.producers() == 0) {
                    queue.shutdown();        // the last one died, or is about to do the same
                }
            }
            long lost = queue.producersLost();
            if (lost > 0) {
                shown.interrupt();
                System.err.printf("sluice: %s of '%s' died before the end; all that was sent is received%n",
                        lost == 1 ? "a sender" : lost + " senders", name);
            }
            queue.unlink();
            return lost == 0;
        }
    }
}
