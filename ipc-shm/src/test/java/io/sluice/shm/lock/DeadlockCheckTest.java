package io.sluice.shm.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.shm.HandleTest;
import io.sluice.shm.Party;
import io.sluice.shm.Reply;
import io.sluice.shm.error.DeadlockException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Timed waits for locks that are a part of a deadlock, where the program wants to know.
@SuppressWarnings("LockNotBeforeTry")       // who holds what is the question
class DeadlockCheckTest extends HandleTest {
    private static final String PROPERTY = "sluice.deadlock.check";
    private static final long WAIT_MILLIS = 30;

    @BeforeEach
    void switchOn() {
        System.setProperty(PROPERTY, "true");
    }

    @AfterEach
    void switchOff() {
        System.clearProperty(PROPERTY);
    }

    /// The other process shows once it has waited for some 20 ms; until then a time-out is one.
    private static DeadlockException deadlock(Lock lock) throws InterruptedException {
        DeadlockException found = null;
        while (found == null) {
            found = catchThrowableOfType(DeadlockException.class, () ->
                    assertThat(lock.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse());
        }
        return found;
    }

    /// This process has one lock and wants the other; another process the other way round. It goes on when this one
    /// has released what it held.
    @Test
    void aCycleOverTwoProcessesIsNamed() throws Exception {
        String home = root;
        SharedLock first = space.lock("first");
        SharedReentrantLock second = space.reentrantLock("second");
        first.lock();
        Party other = peer();
        Reply<Boolean> both = other.start(desk -> {
            desk.space(home).reentrantLock("second").lock();
            desk.tellWhenWaiting();
            desk.space(home).lock("first").lock();
            desk.space(home).lock("first").unlock();
            desk.space(home).reentrantLock("second").unlock();
            return true;
        }).awaitWaiting();
        assertThat(deadlock(second)).hasMessageContaining("lock 'second': not taken in time")
                .hasMessageContaining("thread " + Thread.currentThread().threadId() + " waits for lock of s/second")
                .hasMessageContaining("waits for lock of s/first, held by pid " + ProcessHandle.current().pid());
        System.clearProperty(PROPERTY);
        assertThat(second.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        first.unlock();
        assertThat(both.get()).isTrue();
        assertThat(second.tryLock()).isTrue();
        second.unlock();
    }

    /// The same between a writer and a reader of this process; a wait that is no cycle is a time-out.
    @Test
    void aWriterThatWaitsForAWriterIsNamed() throws Exception {
        String home = root;
        SharedReadWriteLock pages = space.readWriteLock("pages");
        SharedLock lock = space.lock("lock");
        lock.lock();
        Reply<Boolean> other = threads().start(desk -> {
            desk.space(home).readWriteLock("pages").writeLock().lock();
            desk.tellWhenWaiting();
            desk.space(home).lock("lock").lock();
            desk.space(home).lock("lock").unlock();
            desk.space(home).readWriteLock("pages").writeLock().unlock();
            return true;
        }).awaitWaiting();
        assertThat(deadlock(pages.readLock())).hasMessageContaining("waits for read lock of s/pages");
        assertThat(deadlock(pages.writeLock())).hasMessageContaining("waits for write lock of s/pages");
        lock.unlock();
        assertThat(other.get()).isTrue();
        pages.writeLock().lock();
        assertThat(threads().<Boolean>call(desk -> desk.space(home).readWriteLock("pages").writeLock()
                .tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS))).isFalse();
        pages.writeLock().unlock();
    }

    /// A thread that wants its own lock once more.
    @Test
    void aLockThatIsNotReentrantIsACycleOfOne() {
        SharedLock lock = space.lock("lock");
        lock.lock();
        String me = "pid " + ProcessHandle.current().pid() + " thread " + Thread.currentThread().threadId();
        assertThatThrownBy(() -> lock.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isInstanceOf(DeadlockException.class)
                .hasMessage("lock 'lock': not taken in time, and never to be: deadlock: " + me + " waits for lock of "
                        + "s/lock, held by " + me + "; release what this thread holds, and take locks in one order"
                        + " everywhere");
        lock.unlock();
    }
}
