package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Waiter;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Foreign bytes are in the memory. Every call that does not wait ends, with a result or with a declared exception, and
/// no call touches the memory beside it.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoiledSyncTest {
    private static final int LIVES = 300;
    private static final int STEPS = 40;

    private final Random random = new Random(4711);
    private final ScriptedParking parking = new ScriptedParking().always(() -> {});
    private Area area;

    private long strange() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MAX_VALUE;
            case 3 -> 1L << random.nextInt(64);
            case 4 -> random.nextInt(4);
            case 5 -> LockWord.of(random.nextInt(4), Thread.currentThread().threadId());
            case 6 -> area.getLong(random.nextInt(32) * 8) + random.nextInt(3) - 1;
            default -> random.nextLong();
        };
    }

    /// Overwrites one of the first words, where the fields are, or any other word.
    private void spoil(int fields) {
        long words = area.size / Long.BYTES;
        long word = random.nextInt(8) == 0 ? random.nextLong(words) : random.nextLong(Math.min(words, fields));
        if (random.nextBoolean()) {
            Memory.putLong(area.address + word * Long.BYTES, strange());
        } else {
            Memory.putInt(area.address + word * Long.BYTES + 4L * random.nextInt(2), (int) strange());
        }
    }

    /// Sequences of random calls on memory that is overwritten between them.
    private void live(int fields, Runnable format, IntFunction<List<Reaper.Work>> owner)
            throws Exception {
        for (int life = 0; life < LIVES; life++) {
            area.restore(new byte[(int) area.size]);
            format.run();
            List<List<Reaper.Work>> calls = List.of(owner.apply(1), owner.apply(2));
            for (int step = 0; step < STEPS; step++) {
                if (step > 3 && random.nextInt(3) == 0) {
                    spoil(fields);
                }
                List<Reaper.Work> mine = calls.get(random.nextInt(2));
                try {
                    mine.get(random.nextInt(mine.size())).run();
                } catch (IllegalStateException | IllegalMonitorStateException | BrokenBarrierException
                        | TimeoutException | CorruptObjectException declared) {
                    assertThat(declared.getMessage()).contains("'test'");
                }
            }
            assertThat(area.isGuardWhole()).isTrue();
        }
    }

    @AfterEach
    void free() {
        area.close();
    }

    private static long past() {
        return Waiter.deadline(0);
    }

    @Test
    void everyCallOnALockEnds() throws Exception {
        area = new Area(Mutex.bytes(3));
        live(24, () -> {}, owner -> {
            Mutex lock = new Mutex("test", area.address, area.size, parking, Area.owner(owner),
                    Mutex.Options.poison(true, PARK));
            MutexCondition condition = lock.condition(1);
            return List.of(lock::tryLock, () -> lock.tryLock(0), lock::unlock, lock::holdCount, lock::isLocked,
                    lock::isPoisoned, () -> lock.recover(() -> {}), condition::waiting, () -> condition.signal(2),
                    () -> Mutex.recover(area.address, area.size, owner, 1, DeathPolicy.POISON, parking));
        });
    }

    @Test
    void everyCallOnAReadWriteLockEnds() throws Exception {
        area = new Area(ReadWriteMutex.bytes());
        live(80, () -> {}, owner -> {
            ReadWriteMutex lock = new ReadWriteMutex(
                    "test", area.address, parking, Area.owner(owner), Mutex.Options.poison(true, PARK));
            return List.of(lock::tryRead, () -> lock.read(past()), lock::endRead, lock::readers,
                    () -> lock.write(past()), lock::endWrite,
                    () -> ReadWriteMutex.recover(area.address, owner, 1, DeathPolicy.IGNORE, parking));
        });
    }

    @Test
    void everyCallOnASemaphoreEnds() throws Exception {
        area = new Area(Permits.bytes());
        live(64, () -> Permits.format(area.address, 3), owner -> {
            Permits permits = new Permits(
                    "test", area.address, 5, true, new Object(), parking, Area.owner(owner), PARK);
            return List.of(() -> permits.tryAcquire(1), () -> permits.acquire(2, past()), permits::drain,
                    () -> permits.release(1), () -> permits.handOver(1), permits::available, permits::outstanding,
                    permits::held, () -> Permits.recover(area.address, 5, true, owner, parking));
        });
    }

    @Test
    void everyCallOnEventsAndLatchesEnds() throws Exception {
        area = new Area(Signal.bytes());
        live(20, () -> {}, owner -> {
            Signal event = new Signal("test", area.address, parking, Area.owner(owner), PARK);
            Countdown latch = new Countdown("test", area.address, parking, Area.owner(owner), PARK);
            return List.of(event::set, event::clear, event::isSet, event::sets, () -> event.await(past()),
                    latch::countDown, latch::count, () -> latch.await(past()));
        });
    }

    @Test
    void everyCallOnCellsEnds() throws Exception {
        area = new Area(ValueCells.bytes(2, 24));
        try (Area local = new Area(24)) {
            live(48, () -> {}, owner -> {
                ValueCells cells = new ValueCells("test", area.address, 24, parking, Area.owner(owner), PARK);
                return List.of(() -> assertThat(cells.read(1, local.address)).isBetween(ValueCells.DAMAGED, 24),
                        () -> cells.read(0, local.address), () -> cells.version(1), () -> cells.writer(0),
                        () -> cells.tryWrite(1, cells.version(1), local.address, 24),
                        () -> cells.tryWrite(0, cells.version(0), local.address, 3),
                        () -> ValueCells.recover(area.address, 2, 24, owner, parking));
            });
            assertThat(local.isGuardWhole()).isTrue();
        }
    }

    @Test
    void everyCallOnABarrierEnds() throws Exception {
        area = new Area(Rendezvous.bytes());
        live(100, () -> Rendezvous.format(area.address, 2), owner -> {
            Rendezvous barrier = new Rendezvous("test", area.address, () -> {}, parking, Area.owner(owner), PARK);
            return List.of(() -> barrier.await(past()), () -> barrier.await(past()), barrier::waiting,
                    barrier::isBroken, barrier::generations, barrier::reset,
                    () -> Rendezvous.recover(area.address, owner, 1, parking));
        });
    }
}
