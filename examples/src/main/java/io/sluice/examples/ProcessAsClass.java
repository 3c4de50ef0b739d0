package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.value.SharedLong;
import java.util.concurrent.TimeUnit;

/// A process from a class with fields, a wait that times out, and a daemon, which ends with its parent.
///
/// ```
/// examples/run ProcessAsClass
/// ```
public final class ProcessAsClass {
    private static final int SHORT = 3;

    /// Counts in shared memory. The fields travel to the new process: the numbers as copies, the count as the shared
    /// object.
    private static final class Counter implements Action {
        private static final long serialVersionUID = 1L;

        private final SharedLong count;
        private final long limit;

        Counter(SharedLong count, long limit) {
            this.count = count;
            this.limit = limit;
        }

        @Override
        public void act() throws InterruptedException {
            while (count.get() < limit) {
                count.incrementAndGet();
                Thread.sleep(20);
            }
            System.out.println(JavaProcess.current().name() + " has counted to " + count.get());
        }
    }

    private ProcessAsClass() {}

    /// Runs a counter that ends, and one that does not.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var some = space.longValue(0);
                var many = space.longValue(0)) {
            JavaProcess daemon =
                    JavaProcess.builder(new Counter(many, Long.MAX_VALUE)).name("daemon").daemon(true).start();
            JavaProcess counter = JavaProcess.builder(new Counter(some, SHORT)).name("counter").start();
            System.out.println("counter " + counter.join());
            System.out.println("the daemon ended within 100 ms: " + daemon.join(100, TimeUnit.MILLISECONDS));
            System.out.println(daemon.name() + " is a daemon: " + daemon.isDaemon() + ", alive: " + daemon.isAlive());
            while (many.get() == 0 && daemon.isAlive()) {
                Thread.sleep(1);                         // it is still starting
            }
            // The end of this process would end it too. Ending it here makes this process the last one in the space.
            daemon.terminate();
            System.out.println("daemon " + daemon.join());
        }
    }
}
