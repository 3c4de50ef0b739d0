package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.queue.SharedQueue;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// A child sends a list to its parent, once through a queue and once through a pipe.
///
/// ```
/// examples/run QueueAndPipe
/// ```
public final class QueueAndPipe {
    private QueueAndPipe() {}

    /// Starts the child, and takes its messages.
    ///
    /// @param arguments none
    /// @throws IOException if the pipe breaks
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        // A list of any objects needs Java serialization, here of values of the JDK only. For data of a fixed shape,
        // use a record with Codec.ofRecord.
        try (var space = SharedSpace.openTemporary();
                var queue = space.queue(Codec.serializable(), 4);
                var pipe = space.pipe(Codec.serializable(), PipeOptions.simplex());
                var sender = pipe.first();
                var receiver = pipe.second()) {
            JavaProcess child = JavaProcess.start(() -> send(queue, sender));    // handles travel
            System.out.println("through the queue: " + queue.take());
            System.out.println("through the pipe: " + receiver.receive());
            child.join();
        }
    }

    private static void send(SharedQueue<Object> queue, Connection<Object> sender)
            throws IOException, InterruptedException {
        List<Object> parcel = Arrays.asList(42, null, "hello");
        queue.put(parcel);
        sender.send(parcel);
        sender.close();
    }
}
