package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.SharedPipe;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A child that is never joined, and one whose parent is killed: no zombie stays, and no daemon without its parent.
///
/// In Python a child that has ended is a zombie until its parent calls `join` or `active_children`, and daemons of a
/// killed parent go on endlessly.
///
/// ```
/// examples/run ZombiesAndOrphans
/// ```
public final class ZombiesAndOrphans {
    private ZombiesAndOrphans() {}

    /// Lets one child end, and kills another one that has a child of its own.
    ///
    /// @param arguments none
    /// @throws IOException if the pipe breaks
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        JavaProcess brief = JavaProcess.start(() -> {});
        while (brief.isAlive()) {
            Thread.sleep(5);                             // no join
        }
        System.out.println("in the process table after its end: " + Files.exists(Path.of("/proc/" + brief.pid())));

        try (var space = SharedSpace.openTemporary();
                var pipe = space.pipe(Codec.strings());
                var end = pipe.first()) {
            JavaProcess parent = JavaProcess.start(() -> haveChild(pipe));
            System.out.println("grandchild: " + end.receive());
            parent.kill();
            System.out.println("its parent " + parent.join());
            try {
                end.receive();
            } catch (EOFException left) {                // the process that had the other end is gone
                System.out.println("the grandchild has left too");
            }
        }
    }

    private static void haveChild(SharedPipe<String> pipe) throws InterruptedException {
        JavaProcess.builder(() -> live(pipe)).daemon(true).start().join();
    }

    private static void live(SharedPipe<String> pipe) throws IOException, InterruptedException {
        try (var end = pipe.second()) {
            end.send("running, without end");
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
