package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.barrier.SharedBarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A process dies at each named step of a lock, a condition, a semaphore, a barrier, a value: what the others see, and
/// that they go on.
@Timeout(120)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"})   // a victim dies before a finally or a loop matters
class DeathUnderSyncTest {
    private static final List<Long> PAUSES = new ArrayList<>();
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final SyncThings things = new SyncThings(space);

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @AfterAll
    static void tellHowLongSurvivorsWereBlocked() {
        Deaths.print("survivors of deaths under locks and their like, after the kernel had reported the death", PAUSES);
    }

    /// What a victim does.
    enum Act {
        LOCK, RECOVER, AWAIT, SIGNAL, READ, WRITE, ACQUIRE, RELEASE, HAND_OVER, DRAIN, SET, COUNT_DOWN, VALUE;

        void perform(SyncThings there) throws InterruptedException {
            switch (this) {
                case LOCK -> {
                    there.lock.lock();
                    there.lock.unlock();
                }
                case RECOVER -> there.lock.recover(() -> {});
                case AWAIT -> {
                    there.lock.lock();
                    there.lock.condition(0).await(1, TimeUnit.MILLISECONDS);
                    there.lock.unlock();
                }
                case SIGNAL -> {
                    there.lock.lock();
                    there.lock.condition(0).signal();
                    there.lock.unlock();
                }
                case READ -> {
                    there.readWriteLock.readLock().lock();
                    there.readWriteLock.readLock().unlock();
                }
                case WRITE -> {
                    there.readWriteLock.writeLock().lock();
                    there.readWriteLock.writeLock().unlock();
                }
                case ACQUIRE -> there.semaphore.acquire(2);
                case RELEASE -> {
                    there.semaphore.acquire(2);
                    there.semaphore.release();
                }
                case HAND_OVER -> {
                    there.semaphore.acquire(2);
                    there.semaphore.release(1);
                    there.semaphore.handOver(0);
                }
                case DRAIN -> there.semaphore.drainPermits();
                case SET -> there.event.set();
                case COUNT_DOWN -> there.latch.countDown();
                case VALUE -> there.value.set(SyncThings.Triple.of(7));
            }
        }
    }

    private Peer victim() {
        Peer victim = sandbox.peer();
        String home = root;
        victim.call(desk -> {
            desk.keep("things", new SyncThings(desk.space(home)));
            return null;
        });
        return victim;
    }

    private static void die(Peer victim, CrashPoint point, int hit, Act act) {
        victim.dieAt(point, hit);
        victim.start(desk -> {
            act.perform(desk.kept("things", SyncThings.class));
            return null;
        });
        victim.awaitSelfKill();
    }

    /// Uses every object, and notes how long it took: no operation waits for any process but the dead one.
    private void survive() throws InterruptedException {
        long start = System.nanoTime();
        things.useAll(1);
        long pause = System.nanoTime() - start;
        synchronized (PAUSES) {
            PAUSES.add(pause);
        }
        things.checkNothingIsMissing();
        assertThat(pause).isLessThan(20 * LONGEST_PAUSE_NANOS);     // a watchdog; the usual times are printed
    }

    /// The victim is a holder, waiter, signaller, reader or writer, or it moves permits, sets an event, counts a latch
    /// down or writes a value. No other process uses the objects meanwhile.
    @ParameterizedTest
    @Share
    @CsvSource({
        "LOCK_WORD_SET, 1, LOCK", "UNLOCK_WORD_SET, 1, LOCK", "CONDITION_ENTERED, 1, AWAIT",
        "CONDITION_WOKEN, 1, AWAIT", "LOCK_WORD_SET, 2, AWAIT", "READER_COUNTED, 1, READ", "READER_UNCOUNTED, 1, READ",
        "WRITER_WAITING_FOR_READERS, 1, WRITE", "LOCK_WORD_SET, 1, WRITE", "UNLOCK_WORD_SET, 1, WRITE",
        "PERMITS_INTENDED, 1, ACQUIRE", "PERMITS_WORD_SET, 1, ACQUIRE", "PERMITS_ACCOUNTED, 1, ACQUIRE",
        "PERMITS_INTENDED, 2, RELEASE", "PERMITS_WORD_SET, 2, RELEASE", "PERMITS_ACCOUNTED, 2, RELEASE",
        "PERMITS_INTENDED, 3, HAND_OVER", "PERMITS_WORD_SET, 3, HAND_OVER", "PERMITS_ACCOUNTED, 3, HAND_OVER",
        "PERMITS_INTENDED, 1, DRAIN", "PERMITS_WORD_SET, 1, DRAIN", "PERMITS_ACCOUNTED, 1, DRAIN",
        "EVENT_WORD_SET, 1, SET", "LATCH_WORD_SET, 1, COUNT_DOWN", "VALUE_CLAIMED, 1, VALUE",
        "VALUE_WRITTEN, 1, VALUE", "VALUE_PUBLISHED, 1, VALUE"
    })
    void survivorsGoOn(CrashPoint point, int hit, Act act) throws InterruptedException {
        die(victim(), point, hit, act);
        if (act == Act.VALUE) {
            long expected = point == CrashPoint.VALUE_PUBLISHED ? 7 : 0;
            assertThat(things.value.get()).isEqualTo(SyncThings.Triple.of(expected));
        }
        survive();
        sandbox.leaveNothing();
    }

    /// A waiter and later lockers learn of the holder's death, with its process id; after one repair the lock works.
    @Test
    void theDeathOfAHolderIsReported() throws InterruptedException {
        Peer victim = victim();
        Reply<Object> holding = victim.start(desk -> {
            desk.kept("things", SyncThings.class).lock.lock();
            desk.tell("held");
            desk.stayAt(CrashPoint.WAIT_ANNOUNCED);
            Thread.sleep(Long.MAX_VALUE);
            return null;
        });
        holding.told();
        assertThat(things.lock.owner().orElseThrow().pid()).isEqualTo(victim.pid());
        Threads threads = sandbox.with(Threads.platform());
        Reply<Object> waiting = threads.start(desk -> {
            desk.tellWhenWaiting();
            things.lock.lock();
            return null;
        }).awaitWaiting();
        victim.kill();
        victim.awaitDeath();
        assertThat(waiting.failure()).isInstanceOf(LockPoisonedException.class)
                .hasMessageContaining("process %d died".formatted(victim.pid()));
        assertThatThrownBy(things.lock::lock).isInstanceOf(LockPoisonedException.class);
        assertThatThrownBy(things.lock::tryLock).isInstanceOf(LockPoisonedException.class);
        assertThat(things.lock.recover(() -> assertThat(things.lock.isHeldByCurrentThread()).isTrue())).isTrue();
        assertThat(things.lock.recover(() -> {})).isFalse();
        survive();
        sandbox.leaveNothing();
    }

    /// A process dies while it repairs: the lock is poisoned as before, and the next holder repairs.
    @Test
    void aProcessThatRepairsMayDieToo() throws InterruptedException {
        die(victim(), CrashPoint.LOCK_WORD_SET, 1, Act.LOCK);
        Peer repairer = victim();
        space.sweep();
        assertThat(things.lock.isPoisoned()).isTrue();
        die(repairer, CrashPoint.LOCK_REPAIR_BEGUN, 1, Act.RECOVER);
        space.sweep();
        assertThat(things.lock.isPoisoned()).isTrue();
        survive();
        sandbox.leaveNothing();
    }

    /// A signaller dies after it marked a waiter and before it woke it, holding the lock: the waiter learns of the
    /// poison.
    @Test
    void aSignallerThatDiesLeavesNoWaiterBehind() throws InterruptedException {
        Peer victim = victim();
        Threads threads = sandbox.with(Threads.platform());
        Reply<Object> waiting = threads.start(desk -> {
            things.lock.lock();
            desk.tellWhenWaiting();
            things.lock.condition(0).await();
            return null;
        }).awaitWaiting();
        die(victim, CrashPoint.CONDITION_SIGNALLED, 1, Act.SIGNAL);
        assertThat(waiting.failure()).isInstanceOf(LockPoisonedException.class);
        survive();
        sandbox.leaveNothing();
    }

    /// Of two waiters the one that was signalled dies before it is back: the other one gets the signal.
    @Test
    void aSignalToADeadWaiterGoesToTheNext() throws InterruptedException {
        Peer victim = victim();
        victim.dieAt(CrashPoint.CONDITION_WOKEN, 1);
        victim.start(desk -> {
            SyncThings there = desk.kept("things", SyncThings.class);
            there.lock.lock();
            desk.tellWhenWaiting();
            there.lock.condition(0).await();
            return null;
        }).awaitWaiting();
        Threads threads = sandbox.with(Threads.platform());
        Reply<Object> second = threads.start(desk -> {
            things.lock.lock();
            desk.tellWhenWaiting();
            things.lock.condition(0).await();
            things.lock.unlock();
            return null;
        }).awaitWaiting();
        try (var _ = things.lock.hold()) {
            assertThat(things.lock.condition(0).signal(1)).isEqualTo(1);
        }
        victim.awaitSelfKill();
        second.get();
        survive();
        sandbox.leaveNothing();
    }

    /// A waiter that has lost often makes itself the heir, and dies: no other waiter waits for it.
    @Test
    void theDeathOfAnHeirReleasesThePromise() throws InterruptedException {
        Peer victim = victim();
        AtomicBoolean over = new AtomicBoolean();
        Threads threads = sandbox.with(Threads.platform());
        List<Reply<Object>> barging = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            barging.add(threads.start(desk -> {
                while (!over.get()) {
                    things.lock.lock();
                    things.lock.unlock();
                }
                return null;
            }));
        }
        victim.dieAt(CrashPoint.LOCK_HEIR_SET, 1);
        victim.start(desk -> {
            SyncThings there = desk.kept("things", SyncThings.class);
            for (;;) {
                there.lock.lock();
                there.lock.unlock();
            }
        });
        victim.awaitSelfKill();
        over.set(true);
        barging.forEach(Reply::get);
        survive();
        sandbox.leaveNothing();
    }

    /// A party dies while it waits, before it arrives, as the last one before the action, and after the decision.
    @ParameterizedTest
    @CsvSource({"BARRIER_ARRIVED, false", "BARRIER_FULL, true", "BARRIER_DECIDED, true", "BARRIER_ADVANCED, true"})
    void theDeathOfAPartyBreaksTheBarrier(CrashPoint point, boolean last) throws Exception {
        SharedBarrier barrier = things.barrier();
        Threads threads = sandbox.with(Threads.platform());
        Peer victim = victim();
        Reply<Integer> waiting = !last ? null : threads.start(desk -> {
            desk.tellWhenWaiting();
            return barrier.await();
        }).awaitWaiting();
        victim.dieAt(point, 1);
        victim.start(desk -> desk.kept("things", SyncThings.class).barrier().await());
        victim.awaitSelfKill();
        boolean tripped = point == CrashPoint.BARRIER_DECIDED || point == CrashPoint.BARRIER_ADVANCED;
        if (tripped) {
            assertThat(waiting.get()).isEqualTo(1);
        } else if (last) {
            assertThat(waiting.failure()).isInstanceOf(BrokenBarrierException.class)
                    .hasMessageContaining("process " + victim.pid());
        }
        space.sweep();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class)
                .hasMessageContaining("process " + victim.pid());
        barrier.reset();
        Reply<Integer> again = threads.start(desk -> barrier.await());
        barrier.await();
        again.get();
        survive();
        sandbox.leaveNothing();
    }

    /// A process dies holding a lock, permits and a claim. Its cleaner dies at each step of the recovery, and the next
    /// cleaner finishes.
    @ParameterizedTest
    @Share
    @CsvSource({
        "RECOVER_BEGUN, 1", "RECOVER_LOCK_TAKEN, 1", "RECOVER_PERMITS_SETTLED, 1", "PERMITS_INTENDED, 1",
        "PERMITS_WORD_SET, 1", "PERMITS_ACCOUNTED, 1", "BARRIER_DECIDED, 1", "BARRIER_ADVANCED, 1",
        "RECOVER_OBJECTS_DONE, 1"
    })
    void aCleanerMayDieToo(CrashPoint point, int hit) throws InterruptedException {
        SharedBarrier barrier = things.barrier();
        Peer victim = victim();
        Peer cleaner = victim();
        victim.call(desk -> {
            SyncThings there = desk.kept("things", SyncThings.class);
            there.barrier();
            there.lock.lock();
            there.semaphore.acquire(2);
            there.readWriteLock.readLock().lock();
            return null;
        });
        die(victim, CrashPoint.VALUE_CLAIMED, 1, Act.VALUE);
        String home = root;
        cleaner.dieAt(point, hit);
        cleaner.start(desk -> desk.space(home).sweep());
        cleaner.awaitSelfKill();
        survive();
        space.sweep();        // no process waits at the barrier
        assertThat(barrier.isBroken()).isTrue();
        assertThat(things.lock.ownerDeaths()).isEqualTo(1);
        sandbox.leaveNothing();
    }
}
