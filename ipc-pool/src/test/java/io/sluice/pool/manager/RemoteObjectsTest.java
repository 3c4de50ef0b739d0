package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.ring.ShutdownException;
import io.sluice.pool.codec.Values;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedCondition;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Locks, queues and signals for clients on another host. A client over TCP that has switched shared memory off is one:
/// it shares nothing with the server but the socket. A second manager of this JVM uses the same objects in shared
/// memory, as a client on the server's host does.
@Timeout(120)
@SuppressWarnings("LockNotBeforeTry")       // who holds what is the question
class RemoteObjectsTest {
    private static Manager remote;
    private static Manager local;
    private static Path space;

    @BeforeAll
    static void serve() throws Exception {
        remote = Manager.serve(Options.defaults().withAddress(Address.tcp("127.0.0.1", 0))
                .withConnection(Manager.USUAL.withSharedMemory(false)));
        local = Manager.connect(remote.address(), remote.key());
        space = ((Server) remote.server()).objectsByName().space().path();
    }

    @AfterAll
    static void end() {
        local.close();
        remote.close();
        while (Files.exists(space)) {           // a process that looks for abandoned spaces just now removes it itself
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static String name() {
        return "test-" + UUID.randomUUID();
    }

    private static <T> FutureTask<T> run(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name("test").start(task);
        return task;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    /// What may throw anything.
    private interface Step {
        void run() throws Exception;
    }

    private static Object nothing(Step step) throws Exception {
        step.run();
        return null;
    }

    /// Runs a wait in a thread, and interrupts it; before the wait or within it, the outcome is the same.
    private static void assertInterruptible(Step wait) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Object> task = new FutureTask<>(() -> {
            begun.countDown();
            return nothing(wait);
        });
        Thread waiter = Thread.ofPlatform().start(task);
        begun.await();
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        waiter.interrupt();
        assertThatThrownBy(task::get).cause().isInstanceOf(InterruptedException.class);
    }

    // Locks.

    @Test
    void aLockBelongsToAThreadOfAClient() throws Exception {
        String name = name();
        try (SharedLock here = local.lock(name); SharedLock there = remote.lock(name)) {
            there.lock();
            assertThat(there.isHeldByCurrentThread()).isTrue();
            assertThat(here.isLocked()).isTrue();
            assertThat(here.tryLock()).isFalse();
            assertThat(there.owner().orElseThrow().pid()).isEqualTo(ProcessHandle.current().pid());
            assertThatThrownBy(there::lock).isInstanceOf(IllegalMonitorStateException.class);
            FutureTask<Object> other = run(() -> nothing(there::unlock));
            assertThatThrownBy(other::get).cause().isInstanceOf(IllegalMonitorStateException.class)
                    .hasMessageContaining(name);
            FutureTask<Boolean> waiter = run(() -> {
                here.lock();
                here.unlock();
                return there.isHeldByCurrentThread();
            });
            there.unlock();
            assertThat(waiter.get()).isFalse();
            try (var _ = here.hold()) {
                assertThat(there.tryLock()).isFalse();
                assertThat(there.tryLock(1, TimeUnit.MILLISECONDS)).isFalse();
                assertInterruptible(there::lockInterruptibly);
                waiter = run(() -> {
                    try (var _ = there.hold()) {
                        return there.isHeldByCurrentThread();
                    }
                });
            }
            assertThat(waiter.get()).isTrue();
            assertThat(there.isLocked()).as("an interrupted waiter left nothing").isFalse();
            assertThat(there.owner()).isEmpty();
            assertThat(there.acquisitions()).isEqualTo(here.acquisitions()).isGreaterThanOrEqualTo(4);
            assertThat(there.guard(7).<Integer>get(n -> n + 1)).isEqualTo(8);
        }
    }

    /// On either host, also if the handle by which a thread took the lock is closed before the other one.
    @Test
    void twoHandlesOfAProcessAreOneOwner() throws Exception {
        for (Manager manager : List.of(local, remote)) {
            String name = name();
            SharedReentrantLock first = manager.reentrantLock(name);
            try (SharedReentrantLock second = manager.reentrantLock(name)) {
                first.lock();
                assertThat(second.tryLock()).isTrue();
                assertThat(first.holdCount()).isEqualTo(second.holdCount()).isEqualTo(2);
                assertThat(run(second::tryLock).get()).isFalse();
                second.unlock();
                first.close();
                assertThat(second.holdCount()).isEqualTo(1);
                second.unlock();
                assertThat(second.isLocked()).isFalse();
                assertThat(second.isPoisoned()).isFalse();
            }
            try (SharedLock one = manager.lock(name + "l"); SharedLock other = manager.lock(name + "l")) {
                one.lock();
                assertThatThrownBy(other::lock).isInstanceOf(IllegalMonitorStateException.class);
                assertThat(other.isHeldByCurrentThread()).isTrue();
                other.unlock();
                assertThat(one.tryLock()).isTrue();
                one.unlock();
            }
        }
    }

    @Test
    void aReentrantLockCountsItsHolds() throws Exception {
        String name = name();
        try (SharedReentrantLock there = remote.reentrantLock(name);
                SharedReentrantLock here = local.reentrantLock(name)) {
            try (var _ = there.hold(); var _ = there.hold()) {
                assertThat(there.holdCount()).isEqualTo(2);
                assertThat(run(there::holdCount).get()).isZero();
            }
            assertThat(there.holdCount()).isZero();
            assertThat(here.tryLock()).isTrue();
            here.unlock();
        }
    }

    @Test
    void manyThreadsOfBothHostsExcludeEachOther() throws Exception {
        String name = name();
        int[] counter = new int[1];
        try (SharedLock here = local.lock(name); SharedLock there = remote.lock(name)) {
            List<FutureTask<Object>> threads = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                SharedLock lock = i % 2 == 0 ? here : there;
                threads.add(run(() -> {
                    for (int n = 0; n < 50; n++) {
                        try (var _ = lock.hold()) {
                            counter[0]++;
                        }
                    }
                    return null;
                }));
            }
            for (FutureTask<Object> thread : threads) {
                thread.get();
            }
            assertThat(counter[0]).isEqualTo(300);
        }
    }

    @Test
    @SuppressWarnings("WaitNotInLoop")           // what one wait returns is the question
    void conditionsAreSignalledFromEitherHost() throws Exception {
        String name = name();
        try (SharedLock here = local.lock(name); SharedLock there = remote.lock(name)) {
            SharedCondition cHere = here.newCondition();
            SharedCondition cThere = there.newCondition();
            for (boolean remoteWaits : new boolean[] {true, false}) {
                SharedLock waits = remoteWaits ? there : here;
                SharedCondition condition = remoteWaits ? cThere : cHere;
                SharedLock signals = remoteWaits ? here : there;
                SharedCondition signal = remoteWaits ? cHere : cThere;
                FutureTask<Boolean> waiter = run(() -> {
                    try (var _ = waits.hold()) {
                        condition.await();
                        return waits.isHeldByCurrentThread();
                    }
                });
                until(() -> signal.waiting() == 1);
                try (var _ = signals.hold()) {
                    assertThat(signal.signal(5)).isEqualTo(1);
                }
                assertThat(waiter.get()).isTrue();
            }
            try (var _ = there.hold()) {
                assertThat(cThere.await(1, TimeUnit.MILLISECONDS)).isFalse();
                assertThat(cThere.awaitNanos(1)).isNotPositive();
                AtomicInteger asked = new AtomicInteger();
                FutureTask<Integer> signaller = run(() -> {
                    try (var _ = here.hold()) {                  // while the other thread waits
                        return cHere.signal(1);
                    }
                });
                assertThat(cThere.awaitFor(() -> asked.incrementAndGet() > 1, Duration.ofMinutes(2))).isTrue();
                assertThat(signaller.get()).isEqualTo(1);
                assertThat(there.isHeldByCurrentThread()).isTrue();
            }
            assertInterruptible(() -> {
                there.lock();
                try {
                    cThere.await();
                } finally {
                    there.unlock();      // throws if the interrupted waiter does not have it
                }
            });
            assertThatThrownBy(cThere::signal).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(() -> cThere.awaitFor(() -> true, 1, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(() -> there.condition(16)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// On either host: the predicate's time counts too.
    @Test
    void aWaitForAPredicateHasOneDeadline() throws Exception {
        for (Manager manager : List.of(local, remote)) {
            try (SharedLock lock = manager.lock(name()); var _ = lock.hold()) {
                SharedCondition condition = lock.newCondition();
                AtomicInteger asked = new AtomicInteger();
                long most = Duration.ofMillis(20).toNanos();
                assertThat(condition.awaitFor(() -> {
                    long start = System.nanoTime();              // later than that of the wait
                    until(() -> System.nanoTime() - start > most);
                    return asked.incrementAndGet() > 1;
                }, most, TimeUnit.NANOSECONDS)).isFalse();
                assertThat(asked).hasValue(1);
                assertThat(condition.awaitFor(() -> asked.incrementAndGet() > 3, Duration.ofSeconds(-1))).isFalse();
            }
        }
    }

    // What counts and signals.

    @Test
    void permitsAreOnTheAccountOfTheirClient() throws Exception {
        String name = name();
        try (SharedSemaphore here = local.boundedSemaphore(name, 3);
                SharedSemaphore there = remote.boundedSemaphore(name, 3)) {
            there.acquire(2);
            assertThat(there.heldPermits()).isEqualTo(2);
            assertThat(here.heldPermits()).isZero();
            assertThat(here.availablePermits()).isEqualTo(1);
            assertThat(there.tryAcquire(2)).isFalse();
            assertThat(there.tryAcquire(2, 1, TimeUnit.MILLISECONDS)).isFalse();
            assertInterruptible(() -> there.acquire(2));
            FutureTask<Object> waiter = run(() -> nothing(() -> there.acquireUninterruptibly(2)));
            until(() -> here.getQueueLength() == 1);
            there.release();
            waiter.get();
            there.release(3);
            assertThat(here.availablePermits()).isEqualTo(3);
            assertThatThrownBy(there::release).isInstanceOf(IllegalStateException.class).hasMessageContaining(name);
            there.acquire();
        }
        try (SharedSemaphore here = local.boundedSemaphore(name, 3)) {
            assertThat(here.availablePermits()).as("the close of its last handle returned the permit").isEqualTo(3);
        }
    }

    @Test
    void eventsReachBothHosts() throws Exception {
        String name = name();
        try (SharedEvent here = local.event(name); SharedEvent there = remote.event(name)) {
            assertThat(there.await(1, TimeUnit.MILLISECONDS)).isFalse();
            FutureTask<Object> waiter = run(() -> nothing(there::await));
            assertInterruptible(there::await);
            here.set();
            waiter.get();
            assertThat(there.awaitReady(0, TimeUnit.SECONDS)).isTrue();
            there.clear();
            assertThat(here.isSet()).isFalse();
            there.set();
            assertThat(here.sets()).isEqualTo(there.sets()).isEqualTo(2);
        }
    }

    @Test
    void partiesOfBothHostsMeet() throws Exception {
        String name = name();
        try (SharedBarrier here = local.barrier(name, 2); SharedBarrier there = remote.barrier(name, 2)) {
            FutureTask<Integer> party = run(there::await);
            until(() -> here.getNumberWaiting() == 1);
            assertThat(here.await()).isZero();
            assertThat(party.get()).isEqualTo(1);
            assertThatThrownBy(() -> there.await(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(there::await).isInstanceOf(BrokenBarrierException.class);
            assertThat(here.isBroken()).isEqualTo(there.isBroken()).isTrue();
            there.reset();
            FutureTask<Integer> interrupted = new FutureTask<>(there::await);
            Thread waiter = Thread.ofPlatform().start(interrupted);
            until(() -> here.getNumberWaiting() == 1);           // an interrupt before the arrival breaks nothing
            waiter.interrupt();
            assertThatThrownBy(interrupted::get).cause().isInstanceOf(InterruptedException.class);
            assertThat(here.isBroken()).isTrue();
        }
    }

    // Queues.

    @Test
    void queuesAreTheSame() throws Exception {
        String name = name();
        BlockingQueue<Integer> here = local.queue(name, 4);
        BlockingQueue<Integer> there = remote.queue(name, 4);
        FutureTask<Integer> taker = run(there::take);
        here.put(1);
        assertThat(taker.get()).isEqualTo(1);
        there.addAll(List.of(2, 3, 4, 5));
        assertThat(there.offer(6)).isFalse();
        assertThat(there.offer(6, 1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(there).containsExactly(2, 3, 4, 5);
        assertThat(there.remove(4)).isTrue();
        assertThat(here.take()).isEqualTo(2);
        assertThat(there.peek()).isEqualTo(3);
        List<Integer> drained = new ArrayList<>();
        assertThat(there.drainTo(drained)).isEqualTo(2);
        assertThat(drained).containsExactly(3, 5);
        assertThat(there.poll()).isNull();
        assertThatThrownBy(() -> ((BlockingDeque<Integer>) there).addFirst(1))
                .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("use a deque");
        ((SharedQueue<Integer>) here).close();
    }

    @Test
    void leasesBelongToAThreadOfAClient() throws Exception {
        String name = name();
        try (SharedTaskQueue<String> here = local.taskQueue(name, 8)) {
            SharedTaskQueue<String> there = remote.taskQueue(name, 8);
            FutureTask<String> taker = run(there::take);
            here.put("first");
            assertThat(taker.get()).isEqualTo("first");
            there.put("second");
            there.put("third");
            assertThat(there.offer("fourth")).isTrue();
            assertThat(there.take()).isEqualTo("second");
            assertThat(there.deliveries()).isEqualTo(1);
            assertThat(there.leased()).isEqualTo(2);
            there.taskDone();                    // the oldest lease of this thread, which is not the oldest of all
            assertThat(there.poll()).isEqualTo("third");
            there.giveBack();
            assertThat(there.poll(1, TimeUnit.SECONDS)).isEqualTo("third");
            assertThat(there.join(1, TimeUnit.MILLISECONDS)).isFalse();
            there.close();
            assertThat(here.givenBack()).isEqualTo(3);       // first; third twice
            assertThat(List.of(here.take(), here.take(), here.take())).containsExactly("first", "third", "fourth");
            for (int i = 0; i < 3; i++) {
                here.taskDone();
            }
            SharedTaskQueue<String> again = remote.taskQueue(name, 8);
            again.join();
            assertInterruptible(() -> {
                var _ = again.take();
            });
            assertThatThrownBy(() -> again.maxDeliveries(1, null)).isInstanceOf(RuntimeException.class);
            again.shutdown();
            assertThatThrownBy(again::take).isInstanceOf(ShutdownException.class);
            assertThatThrownBy(() -> again.put("late")).isInstanceOf(ShutdownException.class);
            again.close();
        }
    }

    // Handles.

    @Test
    void aClosedHandleEndsItsWaits() throws Exception {
        String name = name();
        SharedEvent event = remote.event(name);
        SharedLock lock = remote.lock(name());
        assertThat(event.name()).isEqualTo(name);
        assertThat(event.isLinked()).isTrue();
        assertThat(event).hasToString("RemoteEvent[%s, on the host of %s]".formatted(name, remote));
        FutureTask<Object> waiter = run(() -> nothing(event::await));
        FutureTask<Object> owner = run(() -> nothing(lock::lock));
        owner.get();
        FutureTask<Object> locker = run(() -> nothing(lock::lock));
        event.close();
        lock.close();
        assertThatThrownBy(waiter::get).cause().isInstanceOf(ClosedException.class);
        assertThatThrownBy(locker::get).cause().isInstanceOf(RuntimeException.class);
        assertThatThrownBy(event::isSet).isInstanceOf(ClosedException.class);
        assertThatThrownBy(lock::tryLock).isInstanceOf(ClosedException.class);
        assertThat(event.isClosed()).isTrue();
        event.close();
        SharedEvent again = remote.event(name);
        assertThat(again.unlink()).isTrue();
        assertThat(again.isLinked()).isFalse();
        again.close();
    }

    @Test
    void aNameOfAnotherKindIsRefused() {
        String name = name();
        local.event(name).close();
        assertThatThrownBy(() -> remote.lock(name)).isInstanceOf(MismatchException.class)
                .hasMessageContaining("is an event, expected a lock");
        assertThatThrownBy(() -> remote.<String, Object>map().put("lock", remote.event(name)))
                .isInstanceOf(CodecException.class).hasMessageContaining("let the receiver ask its manager for it");
    }

    /// What travels of a handle opens the object, and makes none: here it is read by the process that has written it.
    @Test
    void aHandleThatTravelsMakesNoObject() {
        Values values = new Values(List.of(), "");
        ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(1024);
        String name = name();
        try (SharedSemaphore semaphore = remote.semaphore(name, 3); KeptObjects kept = new KeptObjects()) {
            int length = kept.collect(() -> values.encode(semaphore, bytes, 0));
            try (SharedSemaphore read = (SharedSemaphore) values.decode(bytes, 0, length)) {
                assertThat(read.tryAcquire()).isTrue();
            }
            assertThat(remote.remove(name)).isTrue();
            assertThatThrownBy(() -> values.decode(bytes, 0, length)).hasStackTraceContaining(
                    "expected '%s' to be a semaphore of 3, found a free name".formatted(name));
            ServerDirectory directory = ((Server) remote.server()).objectsByName();
            assertThatThrownBy(() -> directory.shared(Directory.Kind.SEMAPHORE, name, 3, false))
                    .isInstanceOf(NoSuchObjectException.class).hasMessageContaining(name);
            assertThat(remote.remove(name)).as("no other one was made").isFalse();
            remote.event(name).close();
            assertThatThrownBy(() -> values.decode(bytes, 0, length)).hasStackTraceContaining(
                    "'%s' is an event, expected a semaphore of 3".formatted(name));
        }
    }

    /// A method of a handle that is not overridden would look for memory that is not there.
    @Test
    void everyMethodGoesToTheServer() {
        Map<Class<?>, Class<?>> handles = Map.of(RemoteLock.class, SharedLock.class,
                RemoteReentrantLock.class, SharedReentrantLock.class, RemoteCondition.class, SharedCondition.class,
                RemoteSemaphore.class, SharedSemaphore.class, RemoteEvent.class, SharedEvent.class,
                RemoteBarrier.class, SharedBarrier.class, RemoteTaskQueue.class, SharedTaskQueue.class);
        // What is written in terms of other methods, or asks the common part of all handles.
        Set<String> inherited = Set.of("hold", "newCondition", "guard", "awaitUntil", "awaitReady", "isFair",
                "hasQueuedThreads", "isLocked", "reference", "close", "isClosed", "isLinked", "unlink", "name",
                "toString", "signalAll");
        Set<String> general = Set.of("signal()", "awaitFor(BooleanSupplier,Duration)");
        Set<String> ofOnePermit = Set.of("acquire", "acquireUninterruptibly", "tryAcquire", "release");
        handles.forEach((here, shared) -> {
            for (Method method : shared.getMethods()) {
                boolean one = shared == SharedSemaphore.class && ofOnePermit.contains(method.getName())
                        && !Arrays.asList(method.getParameterTypes()).contains(int.class);
                if (method.getDeclaringClass() != Object.class && !Modifier.isStatic(method.getModifiers())
                        && !inherited.contains(method.getName()) && !general.contains(signature(method)) && !one) {
                    assertThat(here.getDeclaredMethods()).as("%s overrides %s", here.getSimpleName(), method)
                            .anyMatch(own -> own.getName().equals(method.getName())
                                    && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
                }
            }
        });
    }

    private static String signature(Method method) {
        return method.getName() + Stream.of(method.getParameterTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(",", "(", ")"));
    }

    // Deaths.

    private static JavaProcess child(Action task) throws Exception {
        return JavaProcess.builder(task).stdout(Redirect.DISCARD).start();
    }

    @Test
    void aKilledClientDropsWhatItHas() throws Exception {
        String name = "killed-" + name();
        SharedLock lock = remote.lock(name);
        SharedLock here = local.lock(name);
        SharedSemaphore semaphore = remote.semaphore(name + "s", 5);
        SharedTaskQueue<String> tasks = remote.taskQueue(name + "t", 4);
        SharedBarrier barrier = remote.barrier(name + "b", 3);
        SharedEvent never = remote.event(name + "e");
        BlockingDeque<String> reports = remote.deque();
        tasks.put("task");
        try (JavaProcess child = child(() -> {               // each handle opens one of the child's own
            lock.lock();
            semaphore.acquire(3);
            Thread.ofPlatform().daemon().start(() -> semaphore.acquireUninterruptibly(3));
            String task = tasks.take();
            int parties = barrier.getParties();
            reports.put(lock.getClass().getSimpleName() + " " + task + " " + parties + " " + semaphore.heldPermits());
            never.await();
        })) {
            assertThat(reports.take()).isEqualTo("RemoteLock task 3 3");
            until(() -> semaphore.getQueueLength() == 1);
            FutureTask<Object> waiter = run(() -> nothing(lock::lock));
            FutureTask<Integer> party = run(barrier::await);
            assertThat(semaphore.availablePermits()).isEqualTo(2);
            child.kill();
            var _ = child.join();
            long dead = System.nanoTime();
            assertThatThrownBy(waiter::get).cause().isInstanceOf(LockPoisonedException.class)
                    .hasMessageContaining(name);
            System.out.printf("%s: a waiter on another host knows of the holder's end %,d us after it%n",
                    getClass().getSimpleName(), (System.nanoTime() - dead) / 1000);
            assertThatThrownBy(party::get).cause().isInstanceOf(BrokenBarrierException.class);
            until(() -> semaphore.availablePermits() == 5 && semaphore.getQueueLength() == 0);
            assertThat(tasks.take()).isEqualTo("task");
            assertThat(tasks.deliveries()).isEqualTo(2);
            tasks.taskDone();
        }
        // Repairs by calls: one that fails, and one that does not.
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.ownerDeaths()).isEqualTo(1);
        assertThatThrownBy(() -> lock.recover(() -> {
            throw new IllegalStateException("not yet");
        })).isInstanceOf(IllegalStateException.class).hasMessage("not yet");
        assertThat(lock.isPoisoned()).isTrue();
        assertThat(lock.recover(() -> {
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            assertThat(here.tryLock()).isFalse();
        })).isTrue();
        assertThat(lock.recover(() -> {})).isFalse();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
        for (AutoCloseable handle : List.of(lock, here, semaphore, tasks, barrier, never)) {
            handle.close();
        }
    }

    @Test
    void aClientThatLeavesBreaksNoBarrier() throws Exception {
        String name = name();
        Manager manager = remote;
        try (SharedBarrier barrier = local.barrier(name, 2); SharedSemaphore semaphore = local.semaphore(name + "s", 2);
                JavaProcess child = child(() -> {
                    var _ = manager.barrier(name, 2).getParties();
                    manager.semaphore(name + "s", 2).acquire();
                    manager.close();
                })) {
            assertThat(child.join()).hasToString("returned normally");
            until(() -> semaphore.availablePermits() == 2);
            assertThat(barrier.isBroken()).isFalse();
        }
    }

    /// The connection is a real one, whose close fails after it has closed.
    @Test
    void theEndOfASessionGoesOnAfterAFailure() throws Exception {
        String name = name();
        Server server = (Server) remote.server();
        try (Connection<byte[]> lifeline = Client.connect(remote.address(), remote.key(), Wire.CODEC);
                SharedSemaphore permits = local.semaphore(name, 3);
                SharedBarrier barrier = local.barrier(name + "b", 2)) {
            ServerSession session = new ServerSession(server, failingToClose(lifeline));
            ScopedValue.where(References.CURRENT, session).run(() -> {
                assertThat(server.objectsByName().elsewhere(Directory.Kind.SEMAPHORE, name, 3, true)
                        .as(SemaphoreService.class).tryAcquire(2)).isTrue();
                assertThat(server.objectsByName().elsewhere(Directory.Kind.BARRIER, name + "b", 2, true)
                        .as(BarrierService.class).isBroken()).isFalse();
            });
            assertThat(permits.availablePermits()).isEqualTo(1);
            assertThatThrownBy(() -> session.end(true)).hasMessage("the descriptor is gone")
                    .hasNoSuppressedExceptions();
            assertThat(permits.availablePermits()).isEqualTo(3);
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            assertThatThrownBy(() -> session.end(true)).as("a second end finds nothing")
                    .hasMessage("the descriptor is gone").hasNoSuppressedExceptions();
            assertThat(barrier.isBroken()).isFalse();
        }
    }

    @SuppressWarnings("unchecked")           // a proxy of this interface
    private static Connection<byte[]> failingToClose(Connection<byte[]> connection) {
        return (Connection<byte[]>) Proxy.newProxyInstance(Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    Object result = method.invoke(connection, arguments);
                    if (method.getName().equals("close")) {
                        throw new IllegalStateException("the descriptor is gone");
                    }
                    return result;
                });
    }

    /// The client has left, and the server has not yet given back what it had.
    @Test
    void theEndOfTheServerWaitsForTheEndOfASession() throws Throwable {
        ConnectionOptions options = ConnectionOptions.defaults().withSharedMemory(false);
        CountDownLatch ending = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CrashHook.script(point -> {
            if (point == CrashPoint.MANAGER_SESSION_OVER) {
                ending.countDown();
                until(() -> goOn.getCount() == 0);
            }
        });
        try {
            Manager other = Manager.serve(Options.defaults().withConnection(options));
            Path there = ((Server) other.server()).objectsByName().space().path();
            try (Transport client = new Transport(other.address(), other.key(), options)) {
                byte[] open = new Wire(List.of()).call(0, Directory.ID, Contract.number(Directory.class.getMethod(
                        "elsewhere", Directory.Kind.class, String.class, int.class, boolean.class)),
                        new Object[] {Directory.Kind.EVENT, "event", 0, true});
                assertThat(client.call(open, null)[0]).as("a value").isZero();
            }
            ending.await();
            other.close();
            assertThat(there).doesNotExist();
        } finally {
            goOn.countDown();
            CrashHook.script(null);
        }
    }

    @Test
    void theEndOfTheServerEndsAllWaits() throws Exception {
        Manager other = Manager.serve(Options.defaults().withConnection(
                ConnectionOptions.defaults().withSharedMemory(false)));
        Path there = ((Server) other.server()).objectsByName().space().path();
        SharedEvent event = other.event("event");
        SharedLock lock = other.lock("lock");
        lock.lock();
        FutureTask<Object> waiter = run(() -> nothing(event::await));
        FutureTask<Object> locker = run(() -> nothing(lock::lock));
        other.close();
        assertThatThrownBy(waiter::get).cause().isInstanceOf(ManagerEndedException.class);
        assertThatThrownBy(locker::get).cause().isInstanceOf(ManagerEndedException.class);
        assertThatThrownBy(lock::unlock).isInstanceOf(ManagerEndedException.class);
        event.close();
        lock.close();
        assertThat(Files.exists(there)).isFalse();
    }
}
