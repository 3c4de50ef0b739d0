package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;

/// A duplex pipe between a parent and its child: one message each way, and each end learns of the other's close or
/// death.
///
/// ```
/// examples/run PipeHello
/// ```
public final class PipeHello {
    private PipeHello() {}

    /// Runs the parent.
    ///
    /// @param arguments none
    /// @throws IOException if the pipe breaks
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var pipe = space.pipe(Codec.strings());
                var end = pipe.first();
                var otherEnd = pipe.second()) {
            JavaProcess child = JavaProcess.start(() -> answer(otherEnd));   // the child's end from here on
            end.send("hello");
            System.out.println("parent received: " + end.receive());
            try {
                end.receive();
            } catch (PeerDiedException died) {
                System.out.println("parent: the child died");
            } catch (EOFException closed) {
                System.out.println("parent: the child has closed its end");
            }
            try {
                end.send("hello?");
            } catch (BrokenPipeException broken) {
                System.out.println("parent: the other end is closed, so this was refused");
            }
            child.join();
        }
    }

    private static void answer(Connection<String> given) throws IOException, InterruptedException {
        try (var end = given) {
            System.out.println("child received: " + end.receive());
            end.send("Hello, too");
        }
    }
}
