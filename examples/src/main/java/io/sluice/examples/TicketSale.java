package io.sluice.examples;

import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Ten buyers, each a process, and one ticket: under a lock, looking and taking are one step, so one buyer gets it.
///
/// ```
/// sluice-examples io.sluice.examples.TicketSale            starts its buyers by itself
/// ```
public final class TicketSale {
    private static final int BUYERS = 10;

    private TicketSale() {}

    /// Runs the box office, or a buyer.
    ///
    /// @param arguments nothing for the box office, the name of the space and of the buyer for a buyer
    /// @throws IOException if a buyer cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "ticket-sale-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var lock = space.lock("counter");
                var tickets = space.longValue("tickets", 1)) {
            if (arguments.length == 0) {
                List<Process> buyers = new ArrayList<>();
                for (int i = 1; i <= BUYERS; i++) {
                    buyers.add(ChildJvm.start(TicketSale.class, spaceName, "buyer " + i));
                }
                for (Process buyer : buyers) {
                    buyer.waitFor();
                }
                System.out.println("tickets left: " + tickets.get());
                return;
            }
            lock.lock();
            try {
                long left = tickets.get();
                if (left > 0) {
                    Thread.sleep(20);                    // paying takes a while; without the lock all would pay
                    tickets.set(left - 1);
                }
                System.out.println(arguments[1] + (left > 0 ? " got the ticket" : " got nothing"));
            } finally {
                lock.unlock();
            }
        }
    }
}
