package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.park.Waiter;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process dies at its n-th step, for every n; its cleaner dies at its m-th step, for every m, and the next cleaner
/// starts again. Then the survivors go on: the lock is free, or theirs, or poisoned, exactly if the dead process could
/// have changed the guarded data.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockDeathTest {
    private static final int VICTIM = 2;
    private static final int LONG_DEAD = 3;
    private static final long BYTES = Mutex.bytes(4);

    private final Area area = new Area(ReadWriteMutex.bytes());
    private final ScriptedParking parking = new ScriptedParking();
    private final Set<CrashPoint> seen = EnumSet.noneOf(CrashPoint.class);

    private Mutex mutex(int owner) {
        return new Mutex("test", area.address, BYTES, parking, Area.owner(owner), Mutex.Options.poison(true, PARK));
    }

    private ReadWriteMutex readWrite(int owner) {
        return new ReadWriteMutex(
                "test", area.address, parking, Area.owner(owner), Mutex.Options.poison(true, PARK));
    }

    private long word() {
        return area.getLong(LockLayout.WORD);
    }

    private void barge(Mutex barger) {
        for (long i = 0; i < Mutex.LOSSES_ALLOWED; i++) {
            barger.unlock();
            barger.lock();
        }
        long end = System.nanoTime() + Mutex.LOSING_NANOS;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void free() {
        CrashHook.script(null);
        area.close();
    }

    /// The victim's work, and the survivor's work meanwhile.
    enum Scenario {
        LOCKS {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) throws InterruptedException {
                victim.lock();
                victim.lockInterruptibly();
                victim.unlock();
                victim.unlock();
                victim.tryLock(1);
                victim.unlock();
            }
        },
        WAITS_FOR_THE_LOCK {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) {
                survivor.lock();
                test.parking.then(survivor::unlock);
                victim.lock();
                victim.unlock();
            }
        },
        BECOMES_HEIR {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) {
                survivor.lock();
                test.parking.then(() -> test.barge(survivor)).always(() -> {
                    if (test.area.getLong(LockLayout.HEIR) != 0 && survivor.isHeldByCurrentThread()) {
                        survivor.unlock();
                    }
                });
                victim.lock();
                victim.unlock();
            }
        },
        UNLOCKS_FOR_AN_HEIR {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) {
                test.area.putLong(LockLayout.HEIR, LockWord.of(1, 77));
                victim.lock();
                victim.unlock();
                test.area.putLong(LockLayout.HEIR, 0);      // the heir gives up, and takes its promise back
                if (test.word() == LockWord.PROMISED) {
                    test.area.putLong(LockLayout.WORD, LockWord.FREE);
                }
            }
        },
        REPAIRS {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) {
                victim.recover(() -> assertThat(survivor.tryLock()).isFalse());
            }
        },
        WAITS_FOR_A_SIGNAL {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) throws InterruptedException {
                victim.lock();
                test.parking.then(() -> {
                    survivor.lock();
                    assertThat(survivor.condition(5).signal(1)).isEqualTo(1);
                    survivor.unlock();
                });
                victim.condition(5).await(Waiter.FOREVER);
                victim.condition(5).await(Waiter.deadline(0));
                victim.unlock();
            }
        },
        SIGNALS {
            @Override
            void run(Mutex victim, Mutex survivor, LockDeathTest test) {
                victim.lock();
                victim.condition(0).signal(1);
                victim.condition(1).signal(9);
                victim.unlock();
            }
        };

        abstract void run(Mutex victim, Mutex survivor, LockDeathTest test) throws InterruptedException;
    }

    /// Every scenario, every death, every death of the first cleaner.
    @ParameterizedTest
    @EnumSource(Scenario.class)
    void theLockIsUsableOrPoisoned(Scenario scenario) {
        byte[] empty = area.snapshot();
        boolean died = true;
        for (int nth = 1; died; nth++) {
            area.restore(empty);
            Mutex survivor = mutex(1);
            Mutex victim = mutex(VICTIM);
            WaitList list = new WaitList(area.address, BYTES, parking);
            int waiting = list.enter(1, 0);
            int waitingToo = list.enter(1, 1);
            if (scenario == Scenario.REPAIRS) {
                mutex(LONG_DEAD).lock();
                Mutex.recover(area.address, BYTES, LONG_DEAD, 1, DeathPolicy.POISON, parking);
            }
            Reaper reaper = new Reaper(nth, area);
            died = reaper.kills(() -> scenario.run(victim, survivor, this));
            seen.addAll(reaper.seen());
            parking.forget();
            String story = "%s, death %d at %s".formatted(scenario, nth, reaper.at());
            boolean held = LockWord.isHeldBy(word(), VICTIM);
            boolean poisonedBefore = LockWord.isPoisoned(word());
            boolean survivorHolds = survivor.isHeldByCurrentThread();
            byte[] scene = area.snapshot();
            boolean cleanerDied = true;
            for (int cut = 1; cleanerDied; cut++) {
                area.restore(scene);
                Reaper cleaner = new Reaper(cut, area);
                cleanerDied = cleaner.kills(this::recover);
                seen.addAll(cleaner.seen());
                recover();
                String as = story + ", cleaner " + cut;
                assertThat(survivor.isPoisoned()).as(as).isEqualTo(held || poisonedBefore);
                assertThat(survivor.isHeldByCurrentThread()).as(as).isEqualTo(survivorHolds);
                assertThat(survivor.deaths()).as(as).isLessThanOrEqualTo(
                        (scenario == Scenario.REPAIRS ? 1 : 0) + (held ? 1 : 0));
                assertThat(LockWord.owner(area.getLong(LockLayout.HEIR))).as(as).isNotEqualTo(VICTIM);
                assertNoEntryOf(as);
                if (held) {
                    assertThat(list.isSignalled(waiting)).as(as).isTrue();
                    assertThat(list.isSignalled(waitingToo)).as(as).isTrue();
                }
                goOn(survivor, as);
            }
        }
    }

    private void recover() {
        Mutex.recover(area.address, BYTES, VICTIM, 4711, DeathPolicy.POISON, parking);
    }

    private void assertNoEntryOf(String as) {
        for (int entry = 0; entry < 4; entry++) {
            long word = area.getLong(LockLayout.FIRST_ENTRY + entry * LockLayout.ENTRY_BYTES);
            assertThat(WaitEntry.owner(word)).as(as).isNotEqualTo(VICTIM);
        }
    }

    /// The survivor and a new process use it as before; the new process has the dead owner's slot.
    private void goOn(Mutex survivor, String as) {
        if (survivor.isHeldByCurrentThread()) {
            while (survivor.isHeldByCurrentThread()) {
                survivor.unlock();
            }
        }
        if (area.getLong(LockLayout.HEIR) != 0) {       // the survivor that was heir gives up
            Mutex.recover(area.address, BYTES, 1, 0, DeathPolicy.POISON, parking);
        }
        Mutex newcomer = mutex(VICTIM);
        if (survivor.isPoisoned()) {
            assertThatThrownBy(newcomer::lock).as(as).isInstanceOf(LockPoisonedException.class);
            assertThat(newcomer.recover(() -> assertThat(survivor.tryLock()).isFalse())).as(as).isTrue();
        }
        for (int i = 0; i < 3; i++) {
            newcomer.lock();
            assertThat(newcomer.holdCount()).as(as).isEqualTo(1);
            assertThat(survivor.tryLock()).as(as).isFalse();
            newcomer.unlock();
            assertThat(survivor.tryLock()).as(as).isTrue();
            assertThat(survivor.holdCount()).as(as).isEqualTo(1);
            survivor.unlock();
        }
        assertThat(word()).as(as).isEqualTo(LockWord.FREE);
    }

    /// The unused signal of a waiter that dies goes to the next waiter; to one only, if the cleaner lives.
    @Test
    void aSignalOfADeadWaiterGoesToTheNext() {
        Mutex survivor = mutex(1);
        WaitList list = new WaitList(area.address, BYTES, parking);
        survivor.lock();
        int dead = list.enter(VICTIM, 2);
        int elsewhere = list.enter(1, 3);
        int deadToo = list.enter(VICTIM, 2);
        int next = list.enter(1, 2);
        assertThat(survivor.condition(2).signal(1)).isEqualTo(1);
        assertThat(list.isSignalled(dead)).isTrue();
        survivor.unlock();
        byte[] scene = area.snapshot();
        boolean cleanerDied = true;
        for (int cut = 1; cleanerDied; cut++) {
            area.restore(scene);
            cleanerDied = new Reaper(cut, area).kills(this::recover);
            recover();
            assertThat(list.isSignalled(next)).isTrue();
            assertThat(list.isSignalled(elsewhere)).isFalse();
            assertThat(list.isSignalled(dead) || list.isSignalled(deadToo)).isFalse();
            assertNoEntryOf("cleaner " + cut);
        }
    }

    /// A read-write lock: reads of a dead process are cleared, and it is poisoned exactly if the victim wrote, not
    /// while it arrived or left.
    @ParameterizedTest
    @EnumSource(Readers.class)
    void aReadWriteLockClearsReadersAndIsPoisonedByWriters(Readers scenario) {
        byte[] empty = area.snapshot();
        boolean died = true;
        for (int nth = 1; died; nth++) {
            area.restore(empty);
            ReadWriteMutex survivor = readWrite(1);
            ReadWriteMutex victim = readWrite(VICTIM);
            Reaper reaper = new Reaper(nth, area);
            died = reaper.kills(() -> scenario.run(victim, survivor, this));
            seen.addAll(reaper.seen());
            parking.forget();
            boolean wrote = LockWord.isHeldBy(word(), VICTIM) && LockWord.isHolding(word());
            byte[] scene = area.snapshot();
            boolean cleanerDied = true;
            for (int cut = 1; cleanerDied; cut++) {
                area.restore(scene);
                cleanerDied = new Reaper(cut, area).kills(() -> recoverReaders(VICTIM));
                recoverReaders(VICTIM);
                String as = "%s, death %d at %s, cleaner %d".formatted(scenario, nth, reaper.at(), cut);
                assertThat(survivor.writers().isPoisoned()).as(as).isEqualTo(wrote);
                assertThat(survivor.readers()).as(as).isEqualTo(survivor.readHolds());
                recoverReaders(1);                   // and the survivor leaves too, in any state
                goOnReading(as);
            }
        }
    }

    private void recoverReaders(int dead) {
        ReadWriteMutex.recover(area.address, dead, 4711, DeathPolicy.POISON, parking);
    }

    private void goOnReading(String as) {
        ReadWriteMutex one = readWrite(1);
        ReadWriteMutex two = readWrite(VICTIM);
        try {
            if (one.writers().isPoisoned()) {
                assertThatThrownBy(() -> one.read(Waiter.FOREVER)).isInstanceOf(LockPoisonedException.class);
                assertThat(one.writers().recover(() -> {})).as(as).isTrue();
            }
            for (int i = 0; i < 2; i++) {
                assertThat(one.read(Waiter.FOREVER) && two.read(Waiter.FOREVER)).as(as).isTrue();
                assertThat(one.readers()).as(as).isEqualTo(2);
                one.endRead();
                two.endRead();
                assertThat(two.write(Waiter.FOREVER)).as(as).isTrue();
                assertThat(one.tryRead()).as(as).isFalse();
                two.endWrite();
            }
        } catch (InterruptedException never) {
            throw new AssertionError(never);
        }
    }

    /// The victim's work with a read-write lock.
    enum Readers {
        READS {
            @Override
            void run(ReadWriteMutex victim, ReadWriteMutex survivor, LockDeathTest test) throws InterruptedException {
                survivor.tryRead();
                victim.read(Waiter.FOREVER);
                victim.tryRead();
                victim.endRead();
                victim.endRead();
            }
        },
        READS_AFTER_A_WRITER {
            @Override
            void run(ReadWriteMutex victim, ReadWriteMutex survivor, LockDeathTest test) throws InterruptedException {
                survivor.write(Waiter.FOREVER);
                test.parking.then(survivor::endWrite);
                victim.read(Waiter.FOREVER);
                victim.endRead();
            }
        },
        WRITES_AFTER_A_READER {
            @Override
            void run(ReadWriteMutex victim, ReadWriteMutex survivor, LockDeathTest test) throws InterruptedException {
                survivor.tryRead();
                test.parking.then(survivor::endRead);
                victim.write(Waiter.FOREVER);
                victim.write(Waiter.FOREVER);
                victim.read(Waiter.FOREVER);
                victim.endRead();
                victim.endWrite();
                victim.endWrite();
            }
        },
        BECOMES_A_READER {
            @Override
            void run(ReadWriteMutex victim, ReadWriteMutex survivor, LockDeathTest test) throws InterruptedException {
                victim.write(Waiter.FOREVER);
                victim.read(Waiter.FOREVER);
                victim.endWrite();
                victim.endRead();
            }
        };

        abstract void run(ReadWriteMutex victim, ReadWriteMutex survivor, LockDeathTest test)
                throws InterruptedException;
    }

    /// The scenarios lead to every step of a lock, so each of them is died at.
    @Test
    void everyStepHasADeath() {
        for (Scenario scenario : Scenario.values()) {
            theLockIsUsableOrPoisoned(scenario);
            area.restore(new byte[(int) area.size]);
        }
        for (Readers scenario : Readers.values()) {
            aReadWriteLockClearsReadersAndIsPoisonedByWriters(scenario);
            area.restore(new byte[(int) area.size]);
        }
        assertThat(seen).containsExactlyInAnyOrder(CrashPoint.LOCK_WORD_SET, CrashPoint.LOCK_HEIR_SET,
                CrashPoint.UNLOCK_WORD_SET, CrashPoint.LOCK_REPAIR_BEGUN, CrashPoint.CONDITION_ENTERED,
                CrashPoint.CONDITION_WOKEN, CrashPoint.CONDITION_SIGNALLED, CrashPoint.READER_COUNTED,
                CrashPoint.READER_UNCOUNTED, CrashPoint.WRITER_WAITING_FOR_READERS, CrashPoint.WAIT_ANNOUNCED,
                CrashPoint.RECOVER_LOCK_TAKEN);
    }
}
