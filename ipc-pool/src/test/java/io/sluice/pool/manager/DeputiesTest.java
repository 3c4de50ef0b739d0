package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.queue.LeaseExpiredException;
import io.sluice.shm.queue.SharedTaskQueue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Deputies of a client's threads, on real objects and without a client: how long each lives, and what it reports.
@Timeout(60)
class DeputiesTest {
    private final SharedSpace space = SharedSpace.openTemporary("test-" + UUID.randomUUID());
    private final Deputies deputies = new Deputies("object");

    @BeforeEach
    void begin() {
        assertThat(deputies.size()).isZero();
    }

    @AfterEach
    void end() {
        deputies.close();
        space.close();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private TaskQueueServer queue(String... elements) {
        SharedTaskQueue<Object> queue = space.taskQueue("object", new ValuesCodec(List.of()), 8);
        for (String element : elements) {
            assertThat(queue.offer(element)).isTrue();
        }
        return new TaskQueueServer(queue, deputies);
    }

    // Leases.

    @Test
    void aDeputyLivesAsLongAsItsThreadHasALease() throws Exception {
        TaskQueueServer queue = queue("a", "b");
        assertThat(queue.poll(1)).isEqualTo("a");
        assertThat(queue.take(1)).isEqualTo("b");
        assertThat(queue.poll(1)).isNull();
        assertThat(queue.poll(2)).isNull();
        assertThat(queue.hasLease(1)).isTrue();
        assertThat(queue.hasLease(2)).isFalse();
        queue.giveBack(1);
        assertThat(deputies.size()).isEqualTo(1);
        queue.taskDone(1);
        assertThat(deputies.size()).as("it decides before its answer goes out").isZero();
        assertThat(queue.hasLease(1)).isFalse();
        queue.close();
    }

    @Test
    void aLeaseThatAnotherThreadEndsEndsItsDeputy() {
        TaskQueueServer queue = queue("a");
        assertThat(queue.poll(1)).isEqualTo("a");
        queue.taskDone(2);
        until(() -> deputies.size() == 0);
        queue.close();
    }

    @Test
    void aDeputyKeepsAnExpiredLeaseUntilItsEndIsRefused() {
        TaskQueueServer queue = queue("a", "b");
        queue.leaseTimeout(Duration.ofMillis(1));
        assertThat(queue.poll(1)).isEqualTo("a");
        until(() -> queue.leased() == 0);
        assertThat(queue.hasLease(1)).isTrue();
        assertThatThrownBy(() -> queue.taskDone(1)).isInstanceOf(LeaseExpiredException.class);
        assertThat(deputies.size()).isZero();
        queue.close();
    }

    @Test
    void theCloseOfAHandleEndsItsDeputies() {
        TaskQueueServer queue = queue("a");
        TaskQueueServer other = queue();
        assertThat(queue.poll(1)).isEqualTo("a");
        other.close();
        assertThat(queue.hasLease(1)).as("by the first handle").isTrue();
        queue.close();
        until(() -> deputies.size() == 0);
    }

    // Locks.

    @Test
    void aDeputyServesAllHandlesOfALock() {
        SharedReentrantLock handle = space.reentrantLock("object");
        LockServer first = new LockServer(handle, deputies);
        LockServer second = new LockServer(space.reentrantLock("object"), deputies);
        assertThat(first.holds(1)).isZero();
        assertThat(deputies.size()).as("a thread without a deputy holds nothing, and gets none").isZero();
        first.lock(1);
        assertThat(second.tryLock(1)).isTrue();
        assertThat(second.tryLock(2)).isFalse();
        assertThat(second.holds(1)).isEqualTo(2);
        first.close();
        second.unlock(1);
        assertThat(deputies.size()).isEqualTo(1);
        second.unlock(1);
        assertThat(deputies.size()).isZero();
        second.close();
    }

    // Recoveries.

    @Test
    void aRecoveryThatFailsAfterTheRepairIsReported() {
        assertThat(deputies.keep(1, repair -> {
            repair.run();
            throw new IllegalStateException("memory is gone");
        })).isTrue();
        assertThatThrownBy(() -> deputies.release(1, true)).hasMessage("memory is gone");
        assertThat(deputies.size()).isZero();
    }

    @Test
    void aRecoveryEndsAsItsClientSays() {
        assertThat(deputies.keep(1, _ -> false)).isFalse();
        assertThatThrownBy(() -> deputies.keep(1, _ -> {
            throw new IllegalStateException("not poisoned");
        })).hasMessage("not poisoned");
        boolean[] repaired = new boolean[1];
        for (boolean done : new boolean[] {false, true}) {
            assertThat(deputies.keep(1, repair -> {
                repair.run();
                repaired[0] = true;
                return true;
            })).isTrue();
            assertThat(deputies.callUninterruptibly(1, () -> 7)).as("a call within the repair").isEqualTo(7);
            deputies.release(1, done);
            assertThat(repaired[0]).isEqualTo(done);
        }
        deputies.release(1, true);                   // of nothing
        assertThat(deputies.size()).isZero();
        deputies.close();
        assertThatThrownBy(() -> deputies.release(1, true)).isInstanceOf(ClosedException.class)
                .hasMessageContaining("'object'");
    }
}
