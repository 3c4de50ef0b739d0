package post;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;

/// A letter over a queue, within a process and from a child; and a task in a pool.
public final class Main {
    record Letter(String from, String text) {}

    private Main() {}

    /// Writes and reads.
    ///
    /// @param arguments none
    /// @throws Exception if a child fails
    public static void main(String[] arguments) throws Exception {
        try (var space = SharedSpace.openTemporary();
                var letters = space.queue(Codec.ofRecord(Letter.class), 16)) {
            letters.put(new Letter("this process", "hello"));
            System.out.println(letters.take());
            try (var child = JavaProcess.start(() -> letters.put(new Letter("a child", "hello, too")))) {
                System.out.println(letters.take());
                System.out.println(child.join());
            }
        }
        try (var pool = ProcessPool.create(1)) {
            System.out.println(pool.submit(() -> 6 * 7).get());
        }
    }
}
