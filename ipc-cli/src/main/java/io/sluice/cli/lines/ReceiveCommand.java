package io.sluice.cli.lines;

import io.sluice.cli.SpaceOption;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
            "Nobody sends yet: it waits. Standard output closed early: it ends, and leaves the rest to others.",
        })
public final class ReceiveCommand implements Callable<Integer> {
    private static final int WRITE_BYTES = 256 * 1024;
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
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), WRITE_BYTES);
                SharedSpace opened = SharedSpace.open(space.name())) {
            Progress shown = progress.start("receive " + name, Progress.UNKNOWN);
            do {
                complete = receive(opened, out, shown);
            } while (follow);
            shown.end();
        } catch (IOException nobodyReads) {      // as `| head` does; not our failure
            return 0;
        }
        return complete ? 0 : 1;
    }

    /// Writes what one queue holds, to its end.
    ///
    /// @return whether all its senders have finished
    private boolean receive(SharedSpace opened, OutputStream out, Progress shown)
            throws IOException, InterruptedException {
        try (SharedQueue<byte[]> queue = LineQueue.open(opened, name)) {
            while (!queue.isEnded()) {
                byte[] lines = queue.poll();
                if (lines == null) {
                    out.flush();         // nothing to do at this moment: let the reader have what there is
                    lines = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
                if (lines != null) {
                    out.write(lines);
                    shown.add(lines);
                } else if (queue.producersEver() > 0 && queue.producers() == 0) {
                    queue.shutdown();    // the last one died, or is about to do the same
                }
            }
            out.flush();
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
