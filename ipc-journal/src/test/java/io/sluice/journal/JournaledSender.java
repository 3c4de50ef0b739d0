package io.sluice.journal;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import java.nio.file.Path;

/// A producer in a JVM of its own: puts numbers through a journaled queue until it is killed.
final class JournaledSender {
    static final QueueOptions SHAPE = QueueOptions.of(64);
    static final JournalOptions JOURNAL = JournalOptions.defaults().withMinFree(0);

    private JournaledSender() {}

    /// Puts.
    ///
    /// @param arguments directory of the journal
    public static void main(String[] arguments) throws InterruptedException {
        try (SharedSpace space = SharedSpace.open("s");
                JournaledQueue<Integer> queue = JournaledQueue.open(
                        space, "numbers", Codec.ints(), SHAPE, Path.of(arguments[0]), JOURNAL)) {
            for (int number = 0;; number++) {
                queue.put(number);
            }
        }
    }
}
