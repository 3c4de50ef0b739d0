package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import java.io.IOException;

/// A message much larger than the queue it goes through, which its producer does not live to see taken.
///
/// ```
/// sluice-examples io.sluice.examples.LargeMessage            starts its producer by itself
/// ```
public final class LargeMessage {
    private static final int CHARACTERS = 1_000_000;

    private LargeMessage() {}

    /// Runs the consumer, or the producer.
    ///
    /// @param arguments nothing for the consumer, the name of the space for the producer
    /// @throws IOException if the producer cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "large-message-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var queue = space.queue("texts", Codec.strings(), 2)) {
            if (arguments.length > 0) {
                queue.put("x".repeat(CHARACTERS));       // the slot gets a reference, a file beside the queue the text
                return;
            }
            int code = ChildJvm.start(LargeMessage.class, spaceName).waitFor();
            System.out.printf("the producer has ended with code %d%n", code);
            String text = queue.take();
            boolean whole = text.equals("x".repeat(CHARACTERS));
            System.out.printf("%,d characters, all of them x: %b%n", text.length(), whole);
        }
    }
}
