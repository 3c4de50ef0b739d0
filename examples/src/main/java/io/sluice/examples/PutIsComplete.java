package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import java.util.Locale;

/// A message much larger than its queue, whose producer has ended before the message is taken.
///
/// In Python this is the classic deadlock: `put` only hands the message to a thread, and the child cannot end before
/// the message is read. Here `put` is complete when it returns.
///
/// ```
/// examples/run PutIsComplete
/// ```
public final class PutIsComplete {
    private static final int CHARACTERS = 1_000_000;

    private PutIsComplete() {}

    /// Joins the producer first, and takes the message then.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var queue = space.queue(Codec.strings(), 2)) {
            // The slot gets a reference; a file beside the queue gets the text.
            JavaProcess producer = JavaProcess.start(() -> queue.put("x".repeat(CHARACTERS)));
            System.out.println("the producer " + producer.join());
            String text = queue.take();
            boolean whole = text.equals("x".repeat(CHARACTERS));
            System.out.printf(Locale.ROOT, "%,d characters, all of them x: %b%n", text.length(), whole);
        }
    }
}
