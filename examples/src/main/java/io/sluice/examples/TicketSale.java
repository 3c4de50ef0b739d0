package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.value.SharedLong;
import java.util.List;
import java.util.stream.IntStream;

/// Ten buyers, each a process, and one ticket: under a lock, check and take are one step, so one buyer gets it.
///
/// The tutorials do this with a global variable, of which each Python process has its own: all ten get "the" ticket.
///
/// ```
/// examples/run TicketSale
/// ```
public final class TicketSale {
    private static final int BUYERS = 10;

    private TicketSale() {}

    /// Opens the box office.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var lock = space.lock();
                var tickets = space.longValue(1)) {
            List<JavaProcess> buyers = IntStream.rangeClosed(1, BUYERS)
                    .mapToObj(i -> JavaProcess.start(() -> buy(lock, tickets, "buyer " + i)))
                    .toList();
            for (JavaProcess buyer : buyers) {
                buyer.join();
            }
            System.out.println("tickets left: " + tickets.get());
        }
    }

    private static void buy(SharedLock lock, SharedLong tickets, String buyer) throws InterruptedException {
        try (var _ = lock.hold()) {
            long left = tickets.get();
            if (left > 0) {
                Thread.sleep(20);                        // paying takes a while; without the lock all would pay
                tickets.set(left - 1);
            }
            System.out.println(buyer + (left > 0 ? " got the ticket" : " got nothing"));
        }
    }
}
