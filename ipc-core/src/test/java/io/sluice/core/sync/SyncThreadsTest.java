package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.ADAPTIVE;
import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.ThreadParking;
import io.sluice.core.park.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// All primitives under several threads at the same time, each an owner of its own. Where the parking is not sliced,
/// only a call ends a sleep, so a lost wake-up is a hang.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SyncThreadsTest {
    private static final int THREADS = 4;

    private final ThreadParking unsliced = new ThreadParking(false);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Area area;

    private Area area(long size) {
        area = new Area(size);
        return area;
    }

    private Mutex mutex(int owner, WaitStrategy strategy) {
        return new Mutex("test", area.address, Mutex.bytes(8), unsliced, Area.owner(owner),
                Mutex.Options.poison(false, strategy));
    }

    /// Runs work for each of the owners 1 and up, and waits for all.
    private void together(int count, OwnersWork work) throws Exception {
        List<Future<Void>> all = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(count);
        for (int i = 1; i <= count; i++) {
            int owner = i;
            Callable<Void> call = () -> {
                start.await();
                work.run(owner);
                return null;
            };
            all.add(threads.submit(call));
        }
        for (Future<Void> one : all) {
            one.get();
        }
    }

    /// The work of one owner.
    @FunctionalInterface
    private interface OwnersWork {
        void run(int owner) throws Exception;
    }

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        area.close();
    }

    /// A plain counter under a lock loses no update, with every wait strategy; and the words are clean at the end.
    @ParameterizedTest
    @EnumSource(value = WaitStrategy.class, names = {"ADAPTIVE", "PARK"})
    void oneAtATimeHoldsALock(WaitStrategy strategy) throws Exception {
        area(Mutex.bytes(8));
        int rounds = 100_000;
        long[] counter = new long[1];
        together(THREADS, owner -> {
            Mutex lock = mutex(owner, strategy);
            for (int i = 0; i < rounds; i++) {
                switch (i % 4) {
                    case 0 -> {
                        while (!lock.tryLock(1_000)) {
                            Thread.onSpinWait();
                        }
                    }
                    case 1 -> lock.lockInterruptibly();
                    default -> lock.lock();
                }
                counter[0]++;
                for (int spin = 0; i % 16 == 0 && spin < 100; spin++) {
                    Thread.onSpinWait();             // long enough that other threads wait
                }
                lock.unlock();
            }
        });
        assertThat(counter[0]).isEqualTo((long) THREADS * rounds);
        assertThat(mutex(1, PARK).acquisitions()).isEqualTo((long) THREADS * rounds);
        assertThat(area.getLong(LockLayout.WORD)).isEqualTo(LockWord.FREE);
        assertThat(area.getLong(LockLayout.HEIR)).isZero();
    }

    /// A buffer of capacity two, guarded by a lock and two conditions; every element that goes in comes out once.
    @Test
    void conditionsMakeABoundedBuffer() throws Exception {
        area(Mutex.bytes(8));
        int items = 5_000;
        Queue<Integer> buffer = new ArrayDeque<>();
        long[] sum = new long[1];
        together(THREADS, owner -> {
            Mutex lock = mutex(owner, PARK);
            MutexCondition notFull = lock.condition(0);
            MutexCondition notEmpty = lock.condition(1);
            for (int i = 1; i <= items; i++) {
                lock.lock();
                if (owner % 2 == 0) {
                    assertThat(notFull.awaitFor(() -> buffer.size() < 2, Waiter.FOREVER)).isTrue();
                    buffer.add(i);
                    notEmpty.signal(1);
                } else {
                    while (buffer.isEmpty()) {
                        notEmpty.awaitUninterruptibly();
                    }
                    sum[0] += buffer.remove();
                    notFull.signal(1);
                }
                lock.unlock();
            }
        });
        assertThat(sum[0]).isEqualTo((long) THREADS / 2 * items * (items + 1) / 2);
        assertThat(buffer).isEmpty();
    }

    /// A writer is alone, and readers see only whole writes.
    @Test
    void readersAndWritersExcludeEachOther() throws Exception {
        area(ReadWriteMutex.bytes());
        int rounds = 60_000;
        long[] pair = new long[2];
        together(THREADS, owner -> {
            ReadWriteMutex lock = new ReadWriteMutex(
                    "test", area.address, unsliced, Area.owner(owner), Mutex.Options.poison(true, PARK));
            for (int i = 0; i < rounds; i++) {
                if (owner <= 2 && i % 3 == 0) {
                    assertThat(lock.write(Waiter.FOREVER)).isTrue();
                    pair[0]++;
                    pair[1]++;
                    if (i % 2 == 0) {
                        assertThat(lock.tryRead()).isTrue();
                        lock.endWrite();
                        assertThat(pair[0]).isEqualTo(pair[1]);
                        lock.endRead();
                    } else {
                        lock.endWrite();
                    }
                } else {
                    assertThat(lock.read(Waiter.FOREVER)).isTrue();
                    assertThat(pair[0]).isEqualTo(pair[1]);
                    lock.endRead();
                }
            }
        });
        assertThat(pair[0]).isEqualTo(2L * ((rounds + 2) / 3));
        assertThat(area.getLong(LockLayout.WORD)).isEqualTo(LockWord.FREE);
    }

    /// Never more threads inside than permits, and all permits are available at the end.
    @Test
    void permitsAreConserved() throws Exception {
        area(Permits.bytes());
        Permits.format(area.address, 3);
        int rounds = 50_000;
        AtomicInteger inside = new AtomicInteger();
        together(THREADS, owner -> {
            Permits permits = new Permits(
                    "test", area.address, 3, true, new Object(), unsliced, Area.owner(owner), PARK);
            for (int i = 0; i < rounds; i++) {
                int many = 1 + (i + owner) % 3;
                assertThat(permits.acquire(many, Waiter.FOREVER)).isTrue();
                assertThat(inside.addAndGet(many)).isLessThanOrEqualTo(3);
                inside.addAndGet(-many);
                permits.release(many);
                if (i % 100 == 0) {
                    int drained = permits.drain();
                    assertThat(inside.addAndGet(drained)).isLessThanOrEqualTo(3);
                    inside.addAndGet(-drained);
                    permits.release(drained);
                }
            }
        });
        Permits last = new Permits("test", area.address, 3, true, new Object(), unsliced, Area.owner(9), PARK);
        assertThat(List.of(last.available(), last.outstanding())).containsExactly(3, 0);
    }

    /// Two threads of one process and two of another move permits at the same time. Some owners are recovered as dead
    /// in the middle of that, whenever they hold permits: no permit is lost, and none exists twice.
    @Test
    void permitsOfTheDyingAreConserved() throws Exception {
        area(Permits.bytes());
        Permits.format(area.address, 20);
        together(THREADS, owner -> {
            Permits permits = new Permits(
                    "test", area.address, 20, true, new Object(), unsliced, Area.owner(owner), PARK);
            for (int i = 0; i < 10_000; i++) {
                int many = permits.tryAcquire(1 + i % 5) ? 1 + i % 5 : 0;
                if (i % 7 == 0) {
                    Permits.recover(area.address, 20, true, owner, unsliced);
                } else {
                    permits.release(many);
                }
            }
        });
        Permits last = new Permits("test", area.address, 20, true, new Object(), unsliced, Area.owner(9), PARK);
        assertThat(List.of(last.available(), last.outstanding())).containsExactly(20, 0);
    }

    /// Each generation has each index once, and its action once, before any party goes on.
    @Test
    void allPartiesMeetInEachGeneration() throws Exception {
        area(Rendezvous.bytes());
        int parties = 3;
        int rounds = 5_000;
        Rendezvous.format(area.address, parties);
        AtomicInteger actions = new AtomicInteger();
        AtomicInteger indices = new AtomicInteger();
        together(parties, owner -> {
            Rendezvous barrier = new Rendezvous(
                    "test", area.address, actions::incrementAndGet, unsliced, Area.owner(owner), PARK);
            for (int i = 1; i <= rounds; i++) {
                indices.addAndGet(barrier.await(Waiter.FOREVER));
                assertThat(actions.get()).isBetween(i, i + 1);
            }
        });
        assertThat(actions.get()).isEqualTo(rounds);
        assertThat(indices.get()).isEqualTo(rounds * (parties - 1) * parties / 2);
    }

    /// A look at the holder pairs no owner with the thread of another.
    @Test
    void aLookAtTheHolderIsOfOneMoment() throws Exception {
        area(Mutex.bytes(8));
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        long[] threadOf = new long[THREADS + 1];
        CyclicBarrier known = new CyclicBarrier(THREADS);
        together(THREADS, owner -> {
            Mutex lock = mutex(owner, ADAPTIVE);
            threadOf[owner] = Thread.currentThread().threadId();
            known.await();
            if (owner == 1) {
                for (int i = 0; i < 200_000; i++) {
                    Mutex.Holder holder = lock.holder();
                    if (holder.holds()) {
                        looks.incrementAndGet();
                        assertThat(holder.thread()).isEqualTo(threadOf[holder.owner()]);
                    }
                }
                while (looks.get() == 0) {
                    looks.addAndGet(lock.holder().holds() ? 1 : 0);
                }
                over.set(true);
            }
            while (!over.get()) {
                lock.lock();
                lock.unlock();
            }
        });
        assertThat(looks.get()).isPositive();
    }

    /// Three parties wait, one resets, all arrive: a party freed by the reset never finds the barrier broken.
    @Test
    void aPartyFreedByAResetMeetsTheOthers() throws Exception {
        area(Rendezvous.bytes());
        Rendezvous.format(area.address, THREADS);
        int rounds = 500;
        AtomicInteger freed = new AtomicInteger();
        together(THREADS, owner -> {
            Rendezvous barrier = new Rendezvous(
                    "test", area.address, () -> {}, unsliced, Area.owner(owner), ADAPTIVE);
            for (int round = 0; round < rounds; round++) {
                if (owner == THREADS) {
                    while (barrier.waiting() < THREADS - 1) {
                        Thread.onSpinWait();
                    }
                    barrier.reset();
                } else {
                    try {
                        barrier.await(Waiter.FOREVER);
                    } catch (BrokenBarrierException reset) {
                        freed.incrementAndGet();
                    }
                }
                barrier.await(Waiter.FOREVER);
            }
        });
        assertThat(freed.get()).isEqualTo(rounds * (THREADS - 1));
    }

    /// More threads than parties: each generation takes as many as it needs, and its action runs once. At the end the
    /// finished threads break it for those that find no partner. No thread is told so before, however many generations
    /// it slept through.
    @Test
    void moreThreadsThanPartiesMeetInTurn() throws Exception {
        area(Rendezvous.bytes());
        int rounds = 2_000;
        Rendezvous.format(area.address, 2);
        AtomicInteger actions = new AtomicInteger();
        AtomicInteger met = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        AtomicInteger meeting = new AtomicInteger(THREADS);
        together(THREADS, owner -> {
            Rendezvous barrier = new Rendezvous(
                    "test", area.address, actions::incrementAndGet, unsliced, Area.owner(owner), PARK);
            while (actions.get() < rounds) {
                try {
                    barrier.await(Waiter.FOREVER);
                    met.incrementAndGet();
                } catch (BrokenBarrierException broken) {
                    assertThat(actions.get()).isGreaterThanOrEqualTo(rounds);
                    told.incrementAndGet();
                }
            }
            meeting.decrementAndGet();
            while (meeting.get() > 0) {
                barrier.reset();
            }
        });
        assertThat(met.get()).isLessThanOrEqualTo(2 * actions.get());
        assertThat(met.get() + told.get()).isGreaterThanOrEqualTo(2 * actions.get());
    }

    /// Every waiter sees a flag that goes up and at once down again, each time.
    @Test
    void aPulseReachesEveryWaiter() throws Exception {
        area(Signal.bytes());
        int rounds = 1_000;
        AtomicInteger seen = new AtomicInteger();
        CyclicBarrier nextRound = new CyclicBarrier(3);
        together(3, owner -> {
            Signal event = new Signal("test", area.address, unsliced, Area.owner(owner), PARK);
            for (int i = 1; i <= rounds; i++) {
                if (owner == 1) {
                    while (seen.get() < 2 * i) {
                        event.set();
                        event.clear();
                    }
                } else {
                    assertThat(event.await(Waiter.FOREVER)).isTrue();
                    seen.incrementAndGet();
                }
                nextRound.await();
            }
        });
        assertThat(seen.get()).isEqualTo(2 * rounds);
    }

    /// Values whose words all follow from the first one, written at full speed, are never read mixed.
    @ParameterizedTest
    @EnumSource(value = WaitStrategy.class, names = {"ADAPTIVE", "PARK"})
    void aValueIsNeverTorn(WaitStrategy strategy) throws Exception {
        int bytes = 256;
        area(ValueCells.bytes(1, bytes));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger writing = new AtomicInteger(2);
        together(THREADS, owner -> {
            ValueCells cells = new ValueCells("test", area.address, bytes, unsliced, Area.owner(owner), strategy);
            try (Area local = new Area(bytes)) {
                if (owner <= 2) {
                    for (int i = 0; i < 40_000; i++) {
                        int words = 1 + i % (bytes / Long.BYTES);
                        long value = (long) i << 8 | words;
                        for (int word = 0; word < words; word++) {
                            Memory.putLong(local.address + 8L * word, value + word);
                        }
                        cells.write(0, local.address, words * Long.BYTES);
                    }
                    over.set(writing.decrementAndGet() == 0);
                } else {
                    while (!over.get()) {
                        int words = cells.read(0, local.address) / Long.BYTES;
                        long first = words == 0 ? 0 : Memory.getLong(local.address);
                        if ((first & 255) != words) {
                            throw new AssertionError("a value of %d words says %x".formatted(words, first));
                        }
                        for (int word = 1; word < words; word++) {
                            if (Memory.getLong(local.address + 8L * word) != first + word) {
                                throw new AssertionError("word %d of %d is from another value".formatted(word, words));
                            }
                        }
                    }
                }
            }
        });
        ValueCells cells = new ValueCells("test", area.address, bytes, unsliced, Area.owner(9), ADAPTIVE);
        assertThat(cells.version(0)).isEqualTo(80_000);
    }
}
