package io.sluice.shm.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Party;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Threads;
import io.sluice.shm.value.SharedInt;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a semaphore promises to threads of this and of another process.
class SharedSemaphoreTest extends HandleTest {
    /// Never more inside than there are permits, and all permits are back at the end.
    @ParameterizedTest
    @EnumSource(Other.class)
    void neverMoreAreInsideThanThereArePermits(Other other) {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(2));
        SharedInt inside = space.intValue("inside", 0);
        Job<Integer> enter = desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", SemaphoreOptions.bounded(2));
            SharedInt count = desk.space(home).intValue("inside", 0);
            int most = 0;
            for (int i = 0; i < 2000; i++) {
                there.acquire();
                most = Math.max(most, count.incrementAndGet());
                count.decrementAndGet();
                there.release();
            }
            return most;
        };
        Party there = party(other);
        Party here = threads();
        List<Reply<Integer>> replies =
                List.of(there.start(enter), here.start(enter), there.start(enter), here.start(enter));
        assertThat(replies).allMatch(reply -> reply.get() <= 2);
        assertThat(inside.get()).isZero();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(semaphore.isLocked()).isFalse();
        assertThat(semaphore.outstandingPermits()).isZero();
        assertThat(semaphore.heldPermits()).isZero();
    }

    /// In one thread every method answers as the JDK's does.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void itAnswersLikeTheOneOfTheJdk(long seed) throws InterruptedException {
        Random random = new Random(seed);
        SharedSemaphore semaphore = space.semaphore("s", 3);
        Reducible expected = new Reducible(3);
        for (int i = 0; i < 2000; i++) {
            int permits = random.nextInt(4);
            switch (random.nextInt(7)) {
                case 0 -> assertThat(semaphore.tryAcquire()).as("seed %d", seed).isEqualTo(expected.tryAcquire());
                case 1 -> assertThat(semaphore.tryAcquire(permits)).isEqualTo(expected.tryAcquire(permits));
                case 2 -> assertThat(semaphore.tryAcquire(permits, 0, TimeUnit.SECONDS))
                        .isEqualTo(expected.tryAcquire(permits, 0, TimeUnit.SECONDS));
                case 3 -> {
                    semaphore.release(permits);
                    expected.release(permits);
                }
                case 4 -> {
                    if (random.nextInt(10) == 0) {
                        assertThat(semaphore.drainPermits()).isEqualTo(expected.drainPermits());
                    }
                }
                case 5 -> {
                    semaphore.reducePermits(permits / 2);
                    expected.reducePermits(permits / 2);
                }
                default -> {
                    semaphore.release();
                    expected.release();
                }
            }
            assertThat(semaphore.availablePermits()).as("seed %d", seed).isEqualTo(expected.availablePermits());
        }
    }

    private static final class Reducible extends Semaphore {
        private static final long serialVersionUID = 1L;

        Reducible(int permits) {
            super(permits);
        }

        @Override
        public void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }
    }

    /// No method of the JDK's is missing, by name and parameters.
    @Test
    void allMethodsOfTheJdkAreThere() {
        assertThat(methods(SharedSemaphore.class)).containsAll(methods(Semaphore.class))
                .contains("void reducePermits[int]");
    }

    private static List<String> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(method -> method.getReturnType() + " " + method.getName()
                        + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList())
                .toList();
    }

    /// Permits that were taken away belong to no process: what is out comes back at a death, and no more than that.
    @Test
    void reducedPermitsDoNotComeBackAtADeath() throws InterruptedException {
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(5));
        String home = root;
        Peer victim = sandbox.peer();
        victim.call(desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", SemaphoreOptions.bounded(5));
            there.acquire(3);
            there.reducePermits(4);
            return null;
        });
        assertThat(semaphore.availablePermits()).isEqualTo(-2);
        assertThat(semaphore.isLocked()).isTrue();
        assertThat(semaphore.outstandingPermits()).isEqualTo(3);
        assertThat(semaphore.tryAcquire(0)).isFalse();           // as the JDK's
        victim.close();
        semaphore.acquire();
        assertThat(semaphore.availablePermits()).isZero();
        semaphore.reducePermits(Integer.MAX_VALUE);
        assertThatThrownBy(() -> semaphore.reducePermits(Integer.MAX_VALUE)).isInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 's': -2,147,483,647 permits cannot be reduced by 2,147,483,647");
        assertThat(semaphore.drainPermits()).isEqualTo(-Integer.MAX_VALUE);
        assertThat(semaphore.availablePermits()).isZero();
        assertThat(semaphore.outstandingPermits()).isEqualTo(1);
        semaphore.release();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }

    /// A thread that acquires zero permits waits while their number is negative, and goes on after a drain to zero.
    @Test
    void aDrainOfANegativeNumberEndsAnAcquireOfZero() {
        SharedSemaphore semaphore = space.semaphore("s", 0);
        semaphore.reducePermits(1);
        Reply<String> waiting = threads().<String>start(desk -> {
            desk.tellWhenWaiting();
            semaphore.acquire(0);
            return "has none";
        }).awaitWaiting();
        assertThat(semaphore.drainPermits()).isEqualTo(-1);
        assertThat(waiting.get()).isEqualTo("has none");
    }

    /// Threads of all processes count while they wait, whether they give up, are interrupted, get their permit or die.
    @Test
    void waitersAreCountedWhileTheyWait() throws InterruptedException {
        SharedSemaphore semaphore = space.semaphore("s", 0);
        String home = root;
        assertThat(semaphore.hasQueuedThreads()).isFalse();
        Party here = threads();
        Peer victim = sandbox.peer();
        Job<String> wait = desk -> {
            desk.tellWhenWaiting();
            desk.space(home).semaphore("s", 0).acquire();
            return "got it";
        };
        Reply<String> interrupted = here.start(wait).awaitWaiting();
        Reply<String> served = here.start(wait).awaitWaiting();
        Reply<String> uninterruptible = here.<String>start(desk -> {
            desk.tellWhenWaiting();
            semaphore.acquireUninterruptibly();
            return "got it";
        }).awaitWaiting();
        Reply<String> killed = victim.start(wait).awaitWaiting();
        assertThat(semaphore.getQueueLength()).isEqualTo(4);
        assertThat(semaphore.hasQueuedThreads()).isTrue();
        assertThat(semaphore.tryAcquire(1, TimeUnit.NANOSECONDS)).isFalse();
        victim.close();
        while (semaphore.getQueueLength() != 3) {        // the waiters here may sweep at the same time
            var _ = space.sweep();
        }
        assertThat(killed.failure()).isNotNull();
        interrupted.interrupt();
        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        assertThat(semaphore.getQueueLength()).isEqualTo(2);
        semaphore.release(2);
        assertThat(served.get()).isEqualTo("got it");
        assertThat(uninterruptible.get()).isEqualTo("got it");
        assertThat(semaphore.getQueueLength()).isZero();
        assertThat(semaphore.hasQueuedThreads()).isFalse();
    }

    /// Impossible numbers are refused everywhere, and change nothing.
    @Test
    void impossibleNumbersAreRefused() {
        SharedSemaphore semaphore = space.semaphore("s", 1);
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> semaphore.acquire(-1), () -> semaphore.acquireUninterruptibly(-1),
                () -> semaphore.tryAcquire(-1), () -> semaphore.tryAcquire(-1, 1, TimeUnit.SECONDS),
                () -> semaphore.release(-1), () -> semaphore.handOver(-1), () -> semaphore.reducePermits(-1))) {
            assertThatThrownBy(method)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("semaphore 's': -1 permits are negative");
        }
        assertThatThrownBy(() -> space.semaphore("t", -1))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("semaphore: -1 permits are negative");
        assertThatThrownBy(() -> SemaphoreOptions.bounded(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a bound of 0 is less than 1");
        assertThatThrownBy(() -> SemaphoreOptions.of(3).withBound(2))
                .hasMessage("semaphore: a bound of 2 is less than 1 or less than the 3 permits there are at first");
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        assertThat(sandbox.files()).containsExactly("s");
    }

    /// A release beyond the bound is refused exactly, with the numbers; also if another process makes it.
    @Test
    void anOverReleaseIsRefused() throws InterruptedException {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(3));
        semaphore.acquire(2);
        assertThatThrownBy(() -> semaphore.release(3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 's': release of 3 exceeds its bound: 1 are available and 2 are acquired; release"
                        + " what was acquired, once");
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        semaphore.release(2);
        assertThatThrownBy(semaphore::release).hasMessageContaining("3 are available and 0 are acquired");
        assertThat(peer().start(desk -> {
            desk.space(home).semaphore("s", SemaphoreOptions.bounded(3)).release();
            return null;
        }).failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("exceeds its bound");
        assertThat(semaphore.availablePermits()).isEqualTo(3);
        semaphore.release(0);
        assertThat(semaphore.drainPermits()).isEqualTo(3);
        assertThat(semaphore.drainPermits()).isZero();
        assertThat(semaphore).hasToString("SharedSemaphore[s, 0 available, 3 out, 3 of them here, bound 3]");
    }

    /// Without a bound, a release without an acquire makes a new permit, up to the largest `int`.
    @Test
    void withoutABoundAReleaseMakesPermits() {
        SharedSemaphore semaphore = space.semaphore("s", 0);
        semaphore.release(5);
        assertThat(semaphore.tryAcquire(5)).isTrue();
        semaphore.release(Integer.MAX_VALUE);
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
    }

    /// Interrupts end the waits that say so, with nothing acquired; one from before counts too.
    @Test
    void anInterruptEndsTheWaitsThatSaySo() {
        SharedSemaphore semaphore = space.semaphore("s", 1);
        List<Job<Object>> waits = List.of(
                desk -> {
                    semaphore.acquire(2);
                    return null;
                },
                desk -> semaphore.tryAcquire(2, 1, TimeUnit.DAYS));
        for (Job<Object> wait : waits) {
            Reply<Object> waiting = threads().<Object>start(desk -> {
                desk.tellWhenWaiting();
                return wait.run(desk);
            }).awaitWaiting();
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        }
        for (ThrowingCallable wait : List.<ThrowingCallable>of(
                semaphore::acquire, () -> semaphore.tryAcquire(0, TimeUnit.DAYS))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(wait).isInstanceOf(InterruptedException.class);
        }
        Reply<Boolean> deaf = threads().<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            semaphore.acquireUninterruptibly(2);
            return Thread.interrupted();
        }).awaitWaiting();
        deaf.interrupt();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        semaphore.release();
        assertThat(deaf.get()).isTrue();
        assertThat(semaphore.availablePermits()).isZero();
    }

    /// Time-outs: zero and negative try once, positive ones are floors, and a release from elsewhere ends the wait.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aTimeOutIsAFloor(Other other) throws InterruptedException {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", 1);
        assertThat(semaphore.tryAcquire(2, 0, TimeUnit.DAYS)).isFalse();
        assertThat(semaphore.tryAcquire(2, Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        assertThat(semaphore.tryAcquire(-1, TimeUnit.DAYS)).isTrue();
        long start = System.nanoTime();
        assertThat(semaphore.tryAcquire(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        Reply<Boolean> waiting = party(other).<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).semaphore("s", 1).tryAcquire(2, Long.MAX_VALUE, TimeUnit.DAYS);
        }).awaitWaiting();
        semaphore.release();
        assertThat(waiting.isDone()).isFalse();
        semaphore.release();
        assertThat(waiting.get()).isTrue();
    }

    /// Permits that a killed process held come back, once, and a waiter gets them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAKilledProcessHeldComesBack(boolean bounded) {
        String home = root;
        SemaphoreOptions options = bounded ? SemaphoreOptions.bounded(4) : SemaphoreOptions.of(4);
        SharedSemaphore semaphore = space.semaphore("s", options);
        semaphore.acquireUninterruptibly();
        Peer holder = sandbox.peer();
        assertThat(holder.<Integer>call(desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", options);
            there.acquire(3);
            return there.heldPermits();
        })).isEqualTo(3);
        Reply<Boolean> waiting = threads().<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            return semaphore.tryAcquire(2, 1, TimeUnit.DAYS);
        }).awaitWaiting();
        holder.close();
        assertThat(waiting.get()).isTrue();
        space.sweep();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        assertThat(semaphore.heldPermits()).isEqualTo(3);
        assertThat(semaphore.outstandingPermits()).isEqualTo(3);
    }

    /// Killed at each step of a move, a process leaves as many permits as there were.
    @ParameterizedTest
    @EnumSource(value = CrashPoint.class, names = {"PERMITS_INTENDED", "PERMITS_WORD_SET", "PERMITS_ACCOUNTED"})
    void aDeathInTheMiddleOfAMoveChangesNothing(CrashPoint point) {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(4));
        Peer dying = sandbox.peer();
        dying.call(desk -> {
            desk.space(home).semaphore("s", SemaphoreOptions.bounded(4)).acquire(2);
            return null;
        });
        dying.dieAt(point, 2);
        dying.start(desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", SemaphoreOptions.bounded(4));
            there.acquire(1);
            there.release(2);
            return null;
        });
        dying.awaitSelfKill();
        space.sweep();
        assertThat(semaphore.availablePermits()).isEqualTo(4);
        assertThat(semaphore.outstandingPermits()).isZero();
    }

    /// A permit that was handed over does not come back with its acquirer, and is released by the other process.
    @Test
    void aPermitCanBeHandedOver() {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(2));
        Peer acquirer = sandbox.peer();
        assertThat(acquirer.<Integer>call(desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", SemaphoreOptions.bounded(2));
            there.acquire(2);
            there.handOver(1);
            return there.heldPermits();
        })).isEqualTo(1);
        assertThatThrownBy(() -> semaphore.handOver(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("semaphore 's': this process holds 0 permits and cannot hand over 1");
        acquirer.close();
        space.sweep();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        assertThat(semaphore.outstandingPermits()).isEqualTo(1);
        semaphore.release();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    }

    /// A release by another process than the acquirer is paid by the only account; its death brings the rest only.
    @Test
    void anotherProcessMayReleaseAndTheAccountsStayRight() {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.bounded(3));
        Peer acquirer = sandbox.peer();
        acquirer.call(desk -> {
            desk.space(home).semaphore("s", SemaphoreOptions.bounded(3)).acquire(3);
            return null;
        });
        semaphore.release(2);
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        acquirer.close();
        space.sweep();
        assertThat(semaphore.availablePermits()).isEqualTo(3);
        assertThat(semaphore.outstandingPermits()).isZero();
        assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    }

    /// Permits that are signals belong to no process: those that a killed process took do not come back.
    @Test
    void signalsDoNotComeBack() {
        String home = root;
        SharedSemaphore semaphore = space.semaphore("s", SemaphoreOptions.signalling(0));
        semaphore.release(3);
        Peer taker = sandbox.peer();
        assertThat(taker.<Integer>call(desk -> {
            SharedSemaphore there = desk.space(home).semaphore("s", SemaphoreOptions.signalling(0));
            there.acquire(2);
            return there.heldPermits();
        })).isZero();
        taker.close();
        space.sweep();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }

    /// Other options and another kind are refused; a handle travels; and the permits of a leaving process come back.
    @Test
    void aHandleTravelsAndItsPermitsComeBackWhenItsProcessLeaves() {
        SharedSemaphore semaphore = space.semaphore("s", 2);
        assertThatThrownBy(() -> space.semaphore("s", 3))
                .isInstanceOf(MismatchException.class).hasMessageContaining("permits: expected 3, found 2");
        assertThatThrownBy(() -> space.semaphore("s", SemaphoreOptions.bounded(2)))
                .isInstanceOf(MismatchException.class).hasMessageContaining("bound: expected 2, found 2147483647");
        assertThatThrownBy(() -> space.semaphore("s", SemaphoreOptions.signalling(2)))
                .isInstanceOf(MismatchException.class).hasMessageContaining("accounted: expected false, found true");
        assertThatThrownBy(() -> space.event("s"))
                .isInstanceOf(MismatchException.class).hasMessageContaining("kind: expected EVENT, found SEMAPHORE");
        peer().call(desk -> {
            semaphore.acquire();
            desk.keep("semaphore", semaphore);
            return null;
        });
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        peer().call(desk -> {
            desk.kept("semaphore", SharedSemaphore.class).close();
            return null;
        });
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(semaphore).hasToString("SharedSemaphore[s, 2 available, 0 out, 0 of them here]");
        sandbox.leaveNothing();
    }

    /// A close ends the waits; afterwards every method refuses.
    @Test
    void aClosedHandleRefusesEverything() {
        SharedSemaphore semaphore = space.semaphore("s", 1);
        Threads threads = threads();
        List<Reply<Object>> waits = List.of(
                threads.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    semaphore.acquire(2);
                    return null;
                }).awaitWaiting(),
                threads.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    semaphore.acquireUninterruptibly(2);
                    return null;
                }).awaitWaiting());
        semaphore.close();
        semaphore.close();
        for (Reply<Object> wait : waits) {
            assertThat(wait.failure())
                    .isInstanceOf(ClosedException.class).hasMessage("semaphore 's': this handle was closed");
        }
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                semaphore::acquire, semaphore::acquireUninterruptibly, semaphore::tryAcquire,
                () -> semaphore.tryAcquire(1, TimeUnit.DAYS), semaphore::release, () -> semaphore.handOver(0),
                semaphore::drainPermits, semaphore::availablePermits, semaphore::outstandingPermits,
                semaphore::heldPermits)) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining("'s'").hasMessageContaining("this handle was closed");
        }
        assertThat(semaphore).hasToString("SharedSemaphore[s, closed]");
    }

    /// Acquiring and releasing allocates nothing.
    @Test
    void permitsCostNoAllocation() {
        SharedSemaphore semaphore = space.semaphore("s", 3);
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            semaphore.acquireUninterruptibly();
            if (semaphore.tryAcquire(2)) {
                semaphore.release(2);
            }
            semaphore.release();
        })).isZero();
    }
}
