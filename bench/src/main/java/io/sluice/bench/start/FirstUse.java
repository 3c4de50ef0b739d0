package io.sluice.bench.start;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.queue.SharedQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that opens a space, puts one record and takes it, and prints the milliseconds since its first line. With
/// the argument `steps` it prints the processor time of its thread in each step instead.
public final class FirstUse {
    private FirstUse() {}

    /// What it puts.
    record Order(String symbol, int quantity, double price) {}

    /// Runs it.
    ///
    /// @param arguments none, or `steps`
    /// @throws InterruptedException never
    /// @throws IOException if the kernel shows no processor times
    public static void main(String[] arguments) throws InterruptedException, IOException {
        boolean steps = arguments.length > 0;
        var _ = now(steps);          // loads what the clock needs
        long start = now(steps);
        Codec<Order> codec = Codec.ofRecord(Order.class);
        long planned = now(steps);
        try (SharedSpace space = SharedSpace.openTemporary()) {
            long opened = now(steps);
            try (SharedQueue<Order> queue = space.queue("orders", codec, 16)) {
                long created = now(steps);
                queue.put(new Order("VOD.L", 100, 71.25));
                long put = now(steps);
                if (queue.take().quantity() != 100) {
                    throw new AssertionError("another order arrived");
                }
                long taken = now(steps);
                if (!steps) {
                    System.out.println((taken - start) / 1e6);
                    return;
                }
                try (SharedLock lock = space.lock("book")) {
                    lock.hold().close();
                }
                long locked = now(true);
                print("codec of a record", planned - start);
                print("open a space", opened - planned);
                print("create a queue", created - opened);
                print("first put", put - created);
                print("first take", taken - put);
                print("create a lock, lock and unlock", locked - taken);
            }
        }
    }

    /// @param ofThread the processor time of the calling thread, from the kernel; otherwise the clock
    /// @return nanoseconds
    private static long now(boolean ofThread) throws IOException {
        return ofThread
                ? Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ", -1)[0])
                : System.nanoTime();
    }

    private static void print(String step, long nanos) {
        System.out.println(Math.round(nanos / 1e3) / 1e3 + "  " + step);
    }
}
