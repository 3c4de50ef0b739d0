package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.object.SpaceView;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.space.SpaceInfo;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A process that is stopped while it cleans up after a dead one delays one object, and no more.
@Timeout(120)
class StoppedCleanerTest {
    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private List<SpaceInfo.Owner> owners() {
        return SpaceView.of(Path.of(root), Sandbox.SPACE).owners();
    }

    /// A peer that has the only permits of both semaphores.
    private Peer holder() {
        String home = root;
        Peer holder = sandbox.peer();
        holder.call(desk -> {
            for (String name : List.of("a", "b")) {
                SharedSemaphore semaphore = desk.space(home).semaphore(name, 1);
                semaphore.acquire();
                desk.keep(name, semaphore);
            }
            return null;
        });
        return holder;
    }

    /// A peer that waits for a permit of one semaphore, and will clean up there after the holder.
    private Reply<Object> waiting(Peer peer, String name) {
        String home = root;
        return peer.start(desk -> {
            SharedSemaphore semaphore = desk.space(home).semaphore(name, 1);
            desk.keep(name, semaphore);
            desk.tellWhenWaiting();
            semaphore.acquire();
            return null;
        }).awaitWaiting();
    }

    /// A process dies with the permits of two semaphores. The waiter that cleans up in one of them is stopped at each
    /// step: the permit of the other comes back, also for a process that joins only then, and for one that tries
    /// without waiting after a sweep. When the stopped cleaner goes on, or dies, its object is recovered too.
    @ParameterizedTest
    @CsvSource({
        "RECOVER_BEGUN, true", "RECOVER_BEGUN, false", "RECOVER_PERMITS_SETTLED, true",
        "RECOVER_PERMITS_SETTLED, false", "RECOVER_OBJECT_DONE, true", "RECOVER_OBJECT_DONE, false"
    })
    void aStoppedCleanerDelaysOneObject(CrashPoint step, boolean goesOn) throws InterruptedException {
        String home = root;
        SharedSemaphore a = space.semaphore("a", 1);
        SharedSemaphore b = space.semaphore("b", 1);
        Peer holder = holder();
        Peer cleaner = sandbox.peer();
        Reply<Object> reply = waiting(cleaner, "a");
        cleaner.stopAt(step, 1);
        holder.close();
        cleaner.awaitStop();

        assertThat(b.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        b.release();
        Peer late = sandbox.peer();
        assertThat(late.<Boolean>call(desk -> {
            try (SharedSemaphore there = desk.space(home).semaphore("b", 1)) {
                return there.tryAcquire();
            }
        })).isTrue();

        if (goesOn) {
            cleaner.resume();
            reply.get();
            cleaner.call(desk -> {
                desk.kept("a", SharedSemaphore.class).release();
                return null;
            });
        } else {
            cleaner.close();
        }
        assertThat(a.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        a.release();
        assertThat(a.availablePermits()).isEqualTo(1);
        assertThat(b.availablePermits()).isEqualTo(1);
        space.sweep();
        assertThat(owners()).allMatch(SpaceInfo.Owner::alive);
        assertThat(space.list()).allMatch(object -> object.dead() == 0);
    }

    /// A cleaner is stopped when it has found that no object names a dead process any more. Others free the slot and
    /// give it to a new process meanwhile. When the cleaner goes on, it takes nothing from that new process.
    @Test
    void aCleanerThatGoesOnLateMeetsANewLifeOfTheSlot() throws InterruptedException {
        String home = root;
        SharedSemaphore a = space.semaphore("a", 1);
        Peer holder = holder();
        int slot = owners().getLast().slot();
        Peer cleaner = sandbox.peer();
        cleaner.call(desk -> desk.space(home).sweep());
        cleaner.stopAt(CrashPoint.RECOVER_OBJECTS_DONE, 1);
        holder.close();
        Reply<Integer> sweep = cleaner.start(desk -> desk.space(home).sweep());
        cleaner.awaitStop();

        space.sweep();
        Peer next = holder();
        assertThat(owners()).anyMatch(owner -> owner.slot() == slot && owner.pid() == next.pid() && owner.alive());
        cleaner.resume();
        assertThat(sweep.get()).as("another cleaner freed the slot").isZero();
        space.sweep();
        assertThat(owners()).anyMatch(owner -> owner.slot() == slot && owner.pid() == next.pid() && owner.alive());
        assertThat(a.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
        next.close();
        assertThat(a.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        a.release();
    }

    /// A waiter whose process has used up its descriptors recovers what it waits for with those that it has.
    @Test
    void aWaiterWithoutDescriptorsRecoversWhatItWaitsFor() {
        String home = root;
        space.queue("q", Codec.bytes(), 4).add(new byte[8]);
        Peer holder = holder();
        Peer victim = sandbox.peer();
        Reply<Object> taking = victim.start(desk -> {
            desk.stayAt(CrashPoint.TAKE_HELD);
            return desk.space(home).queue("q", Codec.bytes(), 4).take();
        });
        assertThat(taking.told()).isEqualTo("there");
        Peer waiter = sandbox.peer();
        Reply<Object> acquire = waiting(waiter, "a");
        waiter.call(desk -> {
            SharedQueue<byte[]> other = desk.space(home).queue("other", Codec.bytes(), 4);
            other.add(new byte[8]);
            return other.take().length;    // loads the classes that decoding needs
        });
        Reply<Integer> take = waiter.<Integer>start(desk -> {
            SharedQueue<byte[]> queue = desk.space(home).queue("q", Codec.bytes(), 4);
            desk.tellWhenWaiting();
            return queue.take().length;
        }).awaitWaiting();
        int files = waiter.call(desk -> {
            Thread.sleep(100);     // several slices: a sweep has loaded its classes
            List<FileInputStream> open = new ArrayList<>();
            desk.keep("files", open);
            try {
                for (;;) {
                    open.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException full) {
                return open.size();
            }
        });
        assertThat(files).isPositive();
        holder.kill();
        victim.kill();
        acquire.get();
        assertThat(take.get()).isEqualTo(8);
        waiter.call(desk -> {
            for (Object each : desk.kept("files", List.class)) {
                ((FileInputStream) each).close();
            }
            return null;
        });
    }

    /// Without `.alive` and `.registry`, joining processes make new ones, and do not know the processes that were there
    /// before. These keep what they hold, since each holds its place in each object; and their deaths are noticed.
    @Test
    void everyProcessKeepsWhatItHoldsWhenTheRegistryIsRemoved() throws IOException, InterruptedException {
        String home = root;
        SharedSemaphore own = space.semaphore("own", 1);
        own.acquire();
        Peer holder = holder();
        Files.delete(space.path().resolve(".alive"));
        Files.delete(space.path().resolve(".registry"));
        Peer first = sandbox.peer();
        Peer second = sandbox.peer();
        Peer third = sandbox.peer();
        first.call(desk -> desk.space(home).sweep());
        second.call(desk -> desk.space(home).sweep());
        assertThat(third.<Boolean>call(desk -> {
            SharedSemaphore a = desk.space(home).semaphore("a", 1);
            desk.keep("a", a);
            return a.tryAcquire(100, TimeUnit.MILLISECONDS);
        })).isFalse();
        assertThat(own.availablePermits()).isZero();
        holder.close();
        assertThat(third.<Boolean>call(desk ->
                desk.kept("a", SharedSemaphore.class).tryAcquire(30, TimeUnit.SECONDS))).isTrue();
        assertThat(own.availablePermits()).isZero();
        own.release();
    }
}
