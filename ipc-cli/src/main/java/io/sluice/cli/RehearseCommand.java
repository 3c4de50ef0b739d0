package io.sluice.cli;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Does what the commands that look do, over some objects, so that the JVM notes the classes that they need: the
/// launcher calls it once, to make its cache.
@Command(name = "rehearse", hidden = true, description = "Load what the commands that look need, for the cache.")
final class RehearseCommand implements Callable<Integer> {
    private RehearseCommand() {}

    @Override
    public Integer call() {
        try (var space = SharedSpace.open("rehearsal", SpaceOptions.defaults().withTemporary(true));
                var queue = space.queue("queue", Codec.strings(), 4);
                var ring = space.ring("ring", RingOptions.broadcast(4));
                var lock = space.readWriteLock("lock");
                var semaphore = space.semaphore("semaphore", 1);
                var number = space.longValue("number", 1)) {
            boolean used = queue.offer("x") && semaphore.tryAcquire() && lock.readLock().tryLock()
                    && number.get() == 1 && !ring.isShutdown();
            int code = Main.execute("ls") + Main.execute("ps") + Main.execute("stat", "queue", "--space", "rehearsal")
                    + Main.execute("peek", "queue", "--space", "rehearsal");
            Main.execute("locks");       // their codes tell what they found
            Main.execute("doctor");
            if (lock.readLock().tryLock()) {
                lock.readLock().unlock();
                lock.readLock().unlock();
            }
            semaphore.release();
            return used ? code : 1;
        }
    }
}
