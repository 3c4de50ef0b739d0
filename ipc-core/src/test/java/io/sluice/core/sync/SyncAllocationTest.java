package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.ADAPTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.AllocationMeter;
import io.sluice.core.park.Waiter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Operations that need not wait allocate nothing.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SyncAllocationTest {
    private static long sum;

    private final ScriptedParking parking = new ScriptedParking();

    /// Lock, try, hold again, signal no waiter, and the refused try.
    @Test
    void aLockAllocatesNothing() {
        try (Area area = new Area(Mutex.bytes(4))) {
            Mutex lock = new Mutex("test", area.address, area.size, parking, Area.owner(1),
                    Mutex.Options.poison(true, ADAPTIVE));
            Mutex other = new Mutex("test", area.address, area.size, parking, Area.owner(2),
                    Mutex.Options.poison(true, ADAPTIVE));
            MutexCondition condition = lock.condition(0);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                try {
                    lock.lock();
                    lock.lockInterruptibly();
                    sum += other.tryLock() ? 1 : 0;
                    sum += other.tryLock(0) ? 1 : 0;
                    sum += condition.signal(1);
                    lock.unlock();
                    lock.unlock();
                    sum += lock.tryLock() ? 1 : 0;
                    lock.unlock();
                    sum += other.tryLock(1_000) ? 1 : 0;
                    other.unlock();
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            })).isZero();
        }
    }

    /// Read, read again, write, and the refused tries.
    @Test
    void aReadWriteLockAllocatesNothing() {
        try (Area area = new Area(ReadWriteMutex.bytes())) {
            ReadWriteMutex lock = new ReadWriteMutex("test", area.address, parking, Area.owner(1),
                    Mutex.Options.poison(true, ADAPTIVE));
            ReadWriteMutex other = new ReadWriteMutex("test", area.address, parking, Area.owner(2),
                    Mutex.Options.poison(true, ADAPTIVE));
            long past = Waiter.deadline(0);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                try {
                    sum += lock.read(Waiter.FOREVER) ? 1 : 0;
                    sum += lock.tryRead() ? 1 : 0;
                    sum += other.write(past) ? 1 : 0;
                    lock.endRead();
                    lock.endRead();
                    sum += other.write(Waiter.FOREVER) ? 1 : 0;
                    sum += lock.tryRead() ? 1 : 0;
                    other.endWrite();
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            })).isZero();
        }
    }

    /// Acquire, release, drain, hand over, and the refused try.
    @Test
    void permitsAllocateNothing() {
        try (Area area = new Area(Permits.bytes())) {
            Permits.format(area.address, 3);
            Permits permits = new Permits(
                    "test", area.address, 3, true, new Object(), parking, Area.owner(1), ADAPTIVE);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                try {
                    sum += permits.tryAcquire(2) ? 1 : 0;
                    sum += permits.acquire(1, Waiter.FOREVER) ? 1 : 0;
                    sum += permits.tryAcquire(1) ? 1 : 0;
                    permits.handOver(1);
                    permits.release(3);
                    sum += permits.drain();
                    permits.release(3);
                    sum += permits.available();
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            })).isZero();
        }
    }

    /// An event that goes up and down, and a wait that is over; a latch at its end.
    @Test
    void eventsAndLatchesAllocateNothing() {
        try (Area area = new Area(Signal.bytes()); Area latches = new Area(Countdown.bytes())) {
            Signal event = new Signal("test", area.address, parking, Area.owner(1), ADAPTIVE);
            Countdown.format(latches.address, Long.MAX_VALUE);
            Countdown latch = new Countdown("test", latches.address, parking, Area.owner(1), ADAPTIVE);
            long past = Waiter.deadline(0);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                try {
                    sum += event.set() ? 1 : 0;
                    sum += event.await(Waiter.FOREVER) ? 1 : 0;
                    sum += event.clear() ? 1 : 0;
                    latch.countDown();
                    sum += latch.await(past) ? 1 : 0;
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            })).isZero();
        }
    }

    /// A value read and written, with and without an expected version.
    @Test
    void aValueAllocatesNothing() {
        try (Area area = new Area(ValueCells.bytes(2, 40)); Area local = new Area(40)) {
            ValueCells cells = new ValueCells("test", area.address, 40, parking, Area.owner(1), ADAPTIVE);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                cells.write(1, local.address, 40);
                sum += cells.read(1, local.address);
                sum += cells.tryWrite(1, cells.version(1), local.address, 8) ? 1 : 0;
                sum += cells.tryWrite(1, 0, local.address, 8) ? 1 : 0;
                sum += cells.read(1, local.address);
            })).isZero();
        }
    }

    /// A call is claimed, leased, answered, awaited and left; another one is given up.
    @Test
    void aCallAllocatesNothing() {
        try (Area area = new Area(CallCells.bytes(2, 8))) {
            CallCells client = new CallCells("test", area.address, 2, 8, parking, Area.owner(1), ADAPTIVE);
            CallCells server = new CallCells("test", area.address, 2, 8, parking, Area.owner(2), ADAPTIVE);
            BooleanSupplier never = () -> false;
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                try {
                    int cell = client.claim(1, never, Waiter.FOREVER);
                    long call = client.nextCall(cell);
                    sum += server.lease(cell, call) ? 1 : 0;
                    server.end(cell, call, CallOutcome.ANSWERED, 0);
                    sum += client.awaitEnd(cell, call, never, Waiter.FOREVER) ? client.length(cell, false) : 0;
                    client.leave(cell, call);
                    int other = client.tryClaim(0);
                    client.leave(other, client.nextCall(other));
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
            })).isZero();
        }
    }
}
