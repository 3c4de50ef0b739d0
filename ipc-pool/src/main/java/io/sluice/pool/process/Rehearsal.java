package io.sluice.pool.process;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.Waiter;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.ObjectHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Does once what most tasks do, so that their classes are loaded and linked: opens a space, takes a task with handles
/// from its bytes, locks, puts, takes, and sleeps in a wait that ends with a look for dead owners. The space is a
/// temporary one of its own, which it removes.
///
/// - **Blocking:** for some tenths of a second.
/// - **Death** leaves the space, as that of any process does: it is removed when a process opens one under this root.
record Rehearsal() implements Action {
    private record Step(String name, int number) {}

    /// A task as a class, with a lambda: both ways in which tasks come.
    private record Part(Action inner, List<String> words, SharedLongArray numbers) implements Action {
        @Override
        public void act() throws Exception {
            numbers.set(0, words.size());
            inner.act();
        }
    }

    @Override
    public void act() throws Exception {
        try (SharedSpace space = SharedSpace.openTemporary();
                SharedLock lock = space.lock();
                SharedLongArray numbers = space.longArray(1);
                SharedQueue<Step> steps = space.with(WaitStrategy.PARK).queue(Codec.ofRecord(Step.class), 2);
                KeptObjects kept = new KeptObjects()) {
            // In vain: it sleeps, and behind its first slice it loads what the recovery after a death needs.
            var _ = steps.poll(2 * Waiter.SLICE_NANOS, TimeUnit.NANOSECONDS);
            Action put = () -> {
                try (var _ = lock.hold()) {
                    steps.put(new Step("rehearsed", 1));
                }
            };
            byte[] task = TaskBytes.encode(new Part(put, List.of("one"), numbers), kept);
            List<ObjectHandle> opened = new ArrayList<>();
            ((Action) TaskBytes.decode(task, opened::add)).act();
            for (ObjectHandle handle : opened) {
                handle.close();
            }
            var _ = steps.take();
        }
    }
}
