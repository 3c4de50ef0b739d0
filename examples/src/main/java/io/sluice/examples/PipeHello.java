package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;

/// A pipe between a parent and its child, both ways; each end learns when the other one closed or died.
///
/// ```
/// sluice-examples io.sluice.examples.PipeHello            starts its child by itself
/// ```
public final class PipeHello {
    private PipeHello() {}

    /// Runs the parent, or the child.
    ///
    /// @param arguments nothing for the parent, the name of the space for the child
    /// @throws IOException if the child cannot be started, or the pipe breaks
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            parent("pipe-hello-" + ProcessHandle.current().pid());
        } else {
            child(arguments[0]);
        }
    }

    private static void parent(String spaceName) throws IOException, InterruptedException {
        try (var space = SharedSpace.openTemporary(spaceName);
                var pipe = space.pipe("hello", Codec.strings());
                Connection<String> end = pipe.first()) {
            Process child = ChildJvm.start(PipeHello.class, spaceName);
            for (String name : new String[] {"world", "pipe"}) {
                end.send("hello, " + name);
                System.out.println("parent received: " + end.receive());
            }
            end.send("bye");
            try {
                end.receive();
            } catch (PeerDiedException died) {
                System.out.println("parent: the child died");
            } catch (EOFException closed) {
                System.out.println("parent: the child has closed its end");
            }
            try {
                end.send("anybody there?");
            } catch (BrokenPipeException broken) {
                System.out.println("parent: nobody would read this any more");
            }
            child.waitFor();
        }
    }

    private static void child(String spaceName) throws IOException, InterruptedException {
        try (var space = SharedSpace.openTemporary(spaceName);
                var pipe = space.pipe("hello", Codec.strings());
                Connection<String> end = pipe.second()) {
            for (String line = end.receive(); !line.equals("bye"); line = end.receive()) {
                end.send(line.toUpperCase(Locale.ROOT));
            }
        }
    }
}
