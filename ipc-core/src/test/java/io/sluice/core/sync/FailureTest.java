package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Waiter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A step in the middle of an operation fails: a sweep, a system call, or memory or stack runs out. The operation is
/// undone or done, and the object stays usable.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailureTest {
    private static final List<Throwable> FAILURES = List.of(new IllegalStateException("cannot sweep"),
            new OutOfMemoryError("none"), new StackOverflowError(), new NoClassDefFoundError("Missing"));

    private final ScriptedParking parking = new ScriptedParking();
    private Area area;

    @AfterEach
    void free() {
        CrashHook.script(null);
        area.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }

    private Runnable fails(Throwable failure) {
        return () -> FailureTest.<RuntimeException>raise(failure);
    }

    private void failAt(CrashPoint point, Throwable failure) {
        CrashHook.script(reached -> {
            if (reached == point) {
                CrashHook.script(null);
                FailureTest.<RuntimeException>raise(failure);
            }
        });
    }

    private Mutex mutex(int owner) {
        return new Mutex("test", area.address, area.size, parking, Area.owner(owner), Mutex.Options.poison(true, PARK));
    }

    /// A failed wait on a condition holds the lock again when it throws, as often as before, and is no longer a waiter.
    @Test
    void aWaitThatFailsHoldsTheLock() {
        area = new Area(Mutex.bytes(2));
        for (Throwable failure : FAILURES) {
            Mutex lock = mutex(1);
            lock.lock();
            lock.lock();
            parking.then(fails(failure));
            assertThatThrownBy(() -> lock.condition(0).await(Waiter.FOREVER)).isSameAs(failure);
            assertThat(lock.holdCount()).isEqualTo(2);
            assertThat(lock.condition(0).waiting()).isZero();
            lock.unlock();
            lock.unlock();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    /// The call that wakes the lock's waiters fails when a condition releases the lock.
    @Test
    void aWaitWhoseCallFailsHoldsTheLock() {
        area = new Area(Mutex.bytes(2));
        Mutex lock = mutex(1);
        lock.lock();
        Memory.putInt(area.address + LockLayout.SLEEPERS, 1);
        parking.onWake(fails(FAILURES.getFirst()));
        assertThatThrownBy(() -> lock.condition(0).await(Waiter.FOREVER)).isSameAs(FAILURES.getFirst());
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(lock.condition(0).waiting()).isZero();
    }

    /// A signal that came before the wait failed goes to the next waiter.
    @Test
    void aWaitThatFailsPassesItsSignalOn() {
        area = new Area(Mutex.bytes(2));
        for (Throwable failure : FAILURES) {
            area.restore(new byte[(int) area.size]);
            Mutex lock = mutex(1);
            Mutex signaller = mutex(3);
            lock.lock();
            int next = LockLayout.FIRST_ENTRY + LockLayout.ENTRY_BYTES;
            parking.then(() -> {
                area.putLong(next, WaitEntry.waiting(4, 0, 99));
                Memory.putInt(area.address + LockLayout.ENTRIES_USED, 2);
                signaller.lock();
                assertThat(signaller.condition(0).signal(1)).isEqualTo(1);
                signaller.unlock();
                FailureTest.<RuntimeException>raise(failure);
            });
            assertThatThrownBy(() -> lock.condition(0).await(Waiter.FOREVER)).isSameAs(failure);
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            assertThat(area.getLong(LockLayout.FIRST_ENTRY)).isEqualTo(WaitEntry.FREE);
            assertThat(WaitEntry.state(area.getLong(next))).isEqualTo(WaitEntry.SIGNALLED);
            lock.unlock();
        }
    }

    /// The wait for the lock, after the signal, fails: it is tried again.
    @Test
    void aWaitThatCannotTakeTheLockAtFirstTriesAgain() {
        area = new Area(Mutex.bytes(2));
        for (Throwable failure : FAILURES) {
            Mutex lock = mutex(1);
            Mutex other = mutex(3);
            lock.lock();
            parking.then(() -> {
                other.lock();
                other.condition(0).signal(1);
            }).then(fails(failure)).then(other::unlock);
            assertThatThrownBy(() -> lock.condition(0).await(Waiter.FOREVER)).isSameAs(failure);
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            lock.unlock();
        }
    }

    /// A reader that has queued up as a writer releases the writers' lock, and its call of the next waiter fails: it
    /// does not read.
    @Test
    void aReaderWhoseCallFailsDoesNotRead() {
        area = new Area(ReadWriteMutex.bytes());
        for (Throwable failure : FAILURES) {
            area.restore(new byte[(int) area.size]);
            ReadWriteMutex lock = new ReadWriteMutex(
                    "test", area.address, parking, Area.owner(1), Mutex.Options.poison(true, PARK));
            ReadWriteMutex writer = new ReadWriteMutex(
                    "test", area.address, parking, Area.owner(3), Mutex.Options.poison(true, PARK));
            assertThat(writer.tryWrite()).isTrue();
            parking.then(() -> {
                writer.endWrite();
                Memory.putInt(area.address + LockLayout.SLEEPERS, 1);
                parking.onWake(fails(failure));
            });
            assertThatThrownBy(() -> lock.read(Waiter.FOREVER)).isSameAs(failure);
            parking.onWake(() -> {});
            assertThat(lock.readHolds()).isZero();
            assertThat(lock.readers()).isZero();
            assertThat(writer.tryWrite()).isTrue();
            writer.endWrite();
        }
    }

    /// A move of permits that is cut short is undone or done, and its process's holds are known.
    @Test
    void aMoveThatIsCutShortIsUndoneOrDone() {
        area = new Area(Permits.bytes());
        for (CrashPoint point : List.of(CrashPoint.PERMITS_INTENDED, CrashPoint.PERMITS_WORD_SET,
                CrashPoint.PERMITS_ACCOUNTED)) {
            area.restore(new byte[(int) area.size]);
            Permits.format(area.address, 5);
            Permits permits = new Permits(
                    "test", area.address, 5, true, new Object(), parking, Area.owner(2), PARK);
            failAt(point, new StackOverflowError());
            assertThatThrownBy(() -> permits.tryAcquire(1)).isInstanceOf(StackOverflowError.class);
            int took = point == CrashPoint.PERMITS_INTENDED ? 0 : 1;
            assertThat(permits.available()).isEqualTo(5 - took);
            assertThat(permits.tryAcquire(2)).isTrue();
            assertThat(permits.held()).isEqualTo(2 + took);
            assertThat(permits.outstanding()).isEqualTo(2 + took);
            Permits.recover(area.address, 5, true, 2, parking);
            assertThat(permits.available()).isEqualTo(5);
            assertThat(permits.outstanding()).isZero();
        }
    }

    /// A write that fails after it has claimed the cell gives the claim back; the value is the old one.
    @Test
    void aWriteThatFailsLeavesNoClaim() {
        area = new Area(ValueCells.bytes(1, 8));
        try (Area local = new Area(8)) {
            ValueCells cells = new ValueCells("test", area.address, 8, parking, Area.owner(2), PARK);
            cells.write(0, local.address, 8);
            for (CrashPoint point : List.of(CrashPoint.VALUE_CLAIMED, CrashPoint.VALUE_WRITTEN)) {
                for (Throwable failure : FAILURES) {
                    local.putLong(0, 4711);
                    long version = cells.version(0);
                    failAt(point, failure);
                    assertThat(catchThrowable(() -> cells.write(0, local.address, 8))).isSameAs(failure);
                    assertThat(cells.writer(0)).isZero();
                    assertThat(cells.version(0)).isEqualTo(version);
                    assertThat(cells.read(0, local.address)).isEqualTo(8);
                    assertThat(local.getLong(0)).isEqualTo(version - 1);
                    local.putLong(0, version);
                    cells.write(0, local.address, 8);
                }
            }
        }
    }

    /// An invalid length is reported as damage, and no more than the capacity of a value is copied.
    @Test
    void anInvalidLengthIsReportedAsDamage() {
        area = new Area(ValueCells.bytes(1, 8));
        try (Area local = new Area(8)) {
            ValueCells cells = new ValueCells("test", area.address, 8, parking, Area.owner(2), PARK);
            for (int length : new int[] {-1, 9, 1 << 30, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                Memory.putInt(area.address + 128 + 8, length);
                assertThat(cells.read(0, local.address)).isEqualTo(ValueCells.DAMAGED);
            }
            assertThat(local.isGuardWhole()).isTrue();
        }
    }
}
