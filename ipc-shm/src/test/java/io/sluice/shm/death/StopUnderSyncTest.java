package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.barrier.SharedBarrier;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Slow is not dead: an owner that is stopped for two seconds keeps its lock, its permits, its read and its write.
@Timeout(120)
@SuppressWarnings("LockNotBeforeTry")   // what throws in between ends the test
class StopUnderSyncTest {
    private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// One process is stopped while it holds a lock, two permits and a read, and has opened a barrier; another one
    /// while it writes a value. Others wait, try, sweep, join and leave: none gets what the stopped ones hold, and
    /// readers of the value and acquirers of the other permit are not delayed. Afterwards every process finishes.
    @Test
    void aStoppedOwnerKeepsWhatItHolds() throws InterruptedException {
        String home = sandbox.root();
        SharedSpace space = sandbox.open();
        SyncThings things = new SyncThings(space);
        SharedBarrier barrier = things.barrier();
        Peer owner = sandbox.peer();
        Peer writer = sandbox.peer();
        for (Peer peer : List.of(owner, writer)) {
            peer.call(desk -> {
                desk.keep("things", new SyncThings(desk.space(home)));
                return null;
            });
        }
        owner.stopAt(CrashPoint.READER_COUNTED, 1);
        Reply<Object> owning = owner.start(desk -> {
            SyncThings there = desk.kept("things", SyncThings.class);
            SharedBarrier thereBarrier = there.barrier();
            there.lock.lock();
            there.semaphore.acquire(2);
            there.readWriteLock.readLock().lock();     // is stopped in here
            there.readWriteLock.readLock().unlock();
            there.semaphore.release(2);
            there.lock.unlock();
            thereBarrier.close();
            return null;
        });
        writer.stopAt(CrashPoint.VALUE_CLAIMED, 1);
        Reply<Object> writing = writer.start(desk -> {
            desk.kept("things", SyncThings.class).valueOnce(true, 5);
            return null;
        });
        owner.awaitStop();
        writer.awaitStop();

        long start = System.nanoTime();
        Threads threads = sandbox.with(Threads.platform());
        List<Reply<Object>> waiting = List.of(
                threads.start(desk -> {
                    things.lockOnce(1);
                    return null;
                }),
                threads.start(desk -> {
                    things.semaphore.acquire(2);
                    things.semaphore.release(2);
                    return null;
                }),
                threads.start(desk -> {
                    things.writeOnce(2);
                    return null;
                }),
                threads.start(desk -> {
                    things.valueOnce(true, 6);
                    return null;
                }));
        Peer passer = sandbox.peer();
        int passed = 0;
        while (System.nanoTime() - start < STOP_NANOS) {
            assertThat(space.sweep()).isZero();
            assertThat(waiting).noneMatch(Reply::isDone);
            assertThat(things.lock.tryLock()).isFalse();
            assertThat(things.lock.owner().orElseThrow().pid()).isEqualTo(owner.pid());
            assertThat(things.semaphore.tryAcquire(2)).isFalse();
            assertThat(things.semaphore.tryAcquire()).isTrue();
            things.semaphore.release();
            assertThat(things.readWriteLock.writeLock().tryLock()).isFalse();
            assertThat(things.value.get()).isEqualTo(SyncThings.Triple.of(0));
            assertThat(barrier.isBroken()).isFalse();
            passer.call(desk -> {
                SyncThings there = new SyncThings(desk.space(home));
                there.valueOnce(false, 0);
                desk.close();
                return null;
            });
            passed++;
        }
        assertThat(passed).isPositive();
        owner.resume();
        writer.resume();
        owning.get();
        writing.get();
        waiting.forEach(Reply::get);
        assertThat(things.value.get()).isEqualTo(SyncThings.Triple.of(6));
        things.useAll(3);
        things.checkNothingIsMissing();
        assertThat(barrier.isBroken()).isFalse();
        sandbox.leaveNothing();
    }
}
