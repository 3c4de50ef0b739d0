package io.sluice.jmh;

import io.sluice.core.memory.Memory;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.lang.foreign.Arena;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What do lock and unlock cost without contention, and acquire and release?
/// Read [#lock] against [#twoCas] (the floor of a lock whose acquisition and release are both atomic), [#pthread] (a
/// robust mutex between processes) and [#jdk] (the JDK's lock in one process); [#semaphore] against [#jdkSemaphore].
/// With `-prof gc` ours allocate nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@SuppressWarnings("LockNotBeforeTry")   // no code in between can throw
public class LockUnlock {
    private final ReentrantLock jdkLock = new ReentrantLock();
    private final Semaphore jdkSemaphore = new Semaphore(1);
    private SharedSpace space;
    private SharedLock lock;
    private SharedReentrantLock reentrantLock;
    private SharedReadWriteLock readWriteLock;
    private SharedSemaphore semaphore;
    private Arena arena;
    private long word;
    private PthreadMutex pthreadMutex;

    /// Creates all locks and semaphores.
    @Setup
    public void open() {
        space = SharedSpace.openTemporary("jmh-" + ProcessHandle.current().pid());
        lock = space.lock("lock");
        reentrantLock = space.reentrantLock("reentrant-lock");
        readWriteLock = space.readWriteLock("read-write-lock");
        semaphore = space.semaphore("semaphore", 1);
        word = space.longArray("word", 1).asSegment().address();
        arena = Arena.ofShared();
        pthreadMutex = new PthreadMutex(arena.allocate(PthreadMutex.BYTES, 64).address());
        pthreadMutex.init();
    }

    /// Frees the memory.
    @TearDown
    public void close() {
        space.close();
        arena.close();
    }

    /// Our lock.
    @Benchmark
    public void lock() {
        lock.lock();
        lock.unlock();
    }

    /// Our reentrant lock.
    @Benchmark
    public void reentrantLock() {
        reentrantLock.lock();
        reentrantLock.unlock();
    }

    /// Our read lock.
    @Benchmark
    public void readLock() {
        readWriteLock.readLock().lock();
        readWriteLock.readLock().unlock();
    }

    /// Our semaphore.
    ///
    /// @return whether a permit was acquired
    @Benchmark
    public boolean semaphore() {
        boolean acquired = semaphore.tryAcquire();
        semaphore.release();
        return acquired;
    }

    /// The floor: two compare-and-sets.
    ///
    /// @return whether both succeeded
    @Benchmark
    public boolean twoCas() {
        return Memory.compareAndSetLong(word, 0, 1) && Memory.compareAndSetLong(word, 1, 0);
    }

    /// The peer: a robust pthread mutex between processes.
    @Benchmark
    public void pthread() {
        pthreadMutex.lock();
        pthreadMutex.unlock();
    }

    /// The JDK's lock in one process.
    @Benchmark
    public void jdk() {
        jdkLock.lock();
        jdkLock.unlock();
    }

    /// The JDK's semaphore in one process.
    ///
    /// @return whether a permit was acquired
    @Benchmark
    public boolean jdkSemaphore() {
        boolean acquired = jdkSemaphore.tryAcquire();
        jdkSemaphore.release();
        return acquired;
    }
}
