package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.queue.SharedTaskQueue;
import java.util.List;

/// Two cooks and two eaters without end markers: the parent waits until all buns are eaten, not only taken, and the
/// eaters are daemons.
///
/// In Python an eater that dies while it eats a bun makes `join` wait endlessly. Here the bun is on the table again.
///
/// ```
/// examples/run JoinableQueue
/// ```
public final class JoinableQueue {
    private static final int BUNS = 5;

    record Bun(int number, String cook) {}

    private JoinableQueue() {}

    /// Opens the kitchen.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var table = space.taskQueue(Codec.ofRecord(Bun.class), 4);
                var seated = space.countDownLatch(2)) {
            List<JavaProcess> eaters = List.of(
                    JavaProcess.builder(() -> eat(table, seated)).name("Carl").daemon(true).start(),
                    JavaProcess.builder(() -> eat(table, seated)).name("Dora").daemon(true).start());
            seated.await();                              // otherwise one could eat all while the other one starts
            List<JavaProcess> cooks = List.of(
                    JavaProcess.start(() -> bake(table, "Ada")),
                    JavaProcess.start(() -> bake(table, "Bob")));
            for (JavaProcess cook : cooks) {
                cook.join();
            }
            table.join();                                // as many taskDone() as put()
            System.out.println("all buns are eaten");
            for (JavaProcess eater : eaters) {           // the end of this process would do it; see ProcessAsClass
                eater.terminate();
                System.out.println(eater.name() + " " + eater.join());
            }
        }
    }

    private static void bake(SharedTaskQueue<Bun> table, String cook) throws InterruptedException {
        for (int i = 1; i <= BUNS; i++) {
            table.put(new Bun(i, cook));
        }
    }

    private static void eat(SharedTaskQueue<Bun> table, SharedCountDownLatch seated) throws InterruptedException {
        seated.countDown();
        for (;;) {
            Bun bun = table.take();
            System.out.println(JavaProcess.current().name() + " eats bun " + bun.number() + " of " + bun.cook());
            table.taskDone();
        }
    }
}
