package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.error.RemoteTrace;
import io.sluice.core.error.SluiceException;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.AuthenticationException;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a manager does for its clients, while all of them live. The server is in this JVM; its clients go through the
/// socket all the same.
@Timeout(120)
class ManagerTest {
    // A strong reference: the level of a logger that was collected is lost.
    private static final Logger LOGGER = Logger.getLogger("io.sluice.pool.connection");

    private static Manager manager;

    @BeforeAll
    static void serve() throws Exception {
        LOGGER.setLevel(Level.OFF);
        manager = Manager.serve(Options.defaults());
    }

    @AfterAll
    static void end() {
        LOGGER.setLevel(null);               // for the next class in this JVM
        manager.close();
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
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    // Names.

    @Test
    void aNameStandsForOneObjectForAllClients() throws Exception {
        String name = name();
        Map<String, Integer> map = manager.map(name);
        map.put("a", 1);
        try (Manager other = Manager.connect(manager.address(), manager.key())) {
            assertThat(other.<String, Integer>map(name)).isEqualTo(Map.of("a", 1));
        }
        assertThat(map).as("a client that leaves takes nothing with it").containsEntry("a", 1);
    }

    @Test
    void aNameOfAnotherTypeIsRefused() {
        String name = name();
        manager.map(name);
        assertThatThrownBy(() -> manager.list(name)).isInstanceOf(MismatchException.class)
                .hasMessageContaining("'%s' is a map, expected a list".formatted(name));
        assertThatThrownBy(() -> manager.lock(name)).isInstanceOf(MismatchException.class)
                .hasMessageContaining("expected a lock");
        String array = name();
        manager.array(array, List.of(1, 2));
        assertThatThrownBy(() -> manager.array(array, List.of(1))).isInstanceOf(MismatchException.class)
                .hasMessageContaining("is an array of 2 elements, expected an array of 1 elements");
    }

    @Test
    void aRemovedNameIsFree() {
        String name = name();
        Map<String, Integer> old = manager.map(name);
        old.put("a", 1);
        assertThat(manager.remove(name)).isTrue();
        assertThat(manager.remove(name)).isFalse();
        assertThat(manager.list(name)).isEmpty();
        assertThat(old).as("its object lives as long as its proxies").containsEntry("a", 1);
    }

    @Test
    void anObjectWithoutANameGoesWithItsLastProxy() {
        Runtime.getRuntime().gc();
        makeObjects();
        long[] server = new long[1];
        until(() -> {
            Runtime.getRuntime().gc();
            server[0]++;
            return released() || server[0] > 10_000;
        });
        assertThat(released()).isTrue();
    }

    private static Remote released;

    private static void makeObjects() {
        ManagedMap<String, List<Integer>> map =
                (ManagedMap<String, List<Integer>>) manager.<String, List<Integer>>map();
        map.put("nested", manager.list());
        released = new Remote(map.remote().link(), map.remote().id(), null);     // not counted
    }

    private static boolean released() {
        try {
            var _ = released.as(MapService.class).size();
            return false;
        } catch (NoSuchObjectException gone) {
            return true;
        }
    }

    // Maps.

    @Test
    void aFunctionThatTravelsRunsInTheServerOnce() throws Exception {
        ConcurrentMap<String, Integer> map = manager.map();
        map.put("hits", 0);
        List<FutureTask<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(run(() -> {
                for (int n = 0; n < 100; n++) {
                    map.merge("hits", 1, (BinaryOperator<Integer> & Serializable) Integer::sum);
                    map.compute("hits", (BiFunction<String, Integer, Integer> & Serializable) (_, hits) -> hits + 1);
                }
                return null;
            }));
        }
        for (FutureTask<Void> client : clients) {
            client.get();
        }
        assertThat(map).containsEntry("hits", 800);
    }

    @Test
    void aFunctionThatDoesNotTravelIsAtomicToo() throws Exception {
        ConcurrentMap<String, int[]> map = manager.map();        // arrays have no equals
        map.put("hits", new int[1]);
        AtomicInteger calls = new AtomicInteger();
        List<FutureTask<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(run(() -> {
                for (int n = 0; n < 50; n++) {
                    map.computeIfPresent("hits", (_, hits) -> {
                        calls.incrementAndGet();
                        return new int[] {hits[0] + 1};
                    });
                }
                return null;
            }));
        }
        for (FutureTask<Void> client : clients) {
            client.get();
        }
        assertThat(map.get("hits")).containsExactly(200);
        assertThat(calls.get()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void aFunctionInTheServerGetsACopy() {
        ConcurrentMap<String, List<Integer>> map = manager.map();
        map.put("list", new ArrayList<>(List.of(1)));
        assertThatThrownBy(() -> map.compute("list",
                (BiFunction<String, List<Integer>, List<Integer>> & Serializable) (_, list) -> {
                    list.add(2);
                    throw new IllegalStateException("after the change");
                })).isInstanceOf(IllegalStateException.class).hasMessage("after the change");
        assertThat(map.get("list")).containsExactly(1);
    }

    @Test
    void manyEntriesTravelInBatches() {
        ConcurrentMap<Integer, String> map = manager.map();
        Map<Integer, String> many = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            many.put(i, "value " + i);
        }
        map.putAll(many);
        assertThat(map).isEqualTo(many);
        map.keySet().retainAll(Set.of(1, 4_999));
        assertThat(map.keySet()).containsExactlyInAnyOrder(1, 4_999);
    }

    @Test
    void anElementThatIsLargerThanABatchTravelsAlone() {
        List<byte[]> list = manager.list();
        list.addAll(List.of(new byte[1 << 20], new byte[1], new byte[1 << 20]));
        assertThat(list.stream().mapToInt(bytes -> bytes.length)).containsExactly(1 << 20, 1, 1 << 20);
    }

    /// Another client removes elements while a stream collects them: the stream ends with those that it has seen.
    @Test
    void aStreamHasNoSizeThatOthersCouldChange() throws Exception {
        String name = name();
        Set<Integer> numbers = IntStream.range(0, 5_000).boxed().collect(Collectors.toSet());
        ConcurrentMap<Integer, Integer> map = manager.map(name + "map");
        List<Collection<?>> all = List.of(map.keySet(), map.values(), map.entrySet(), manager.set(name + "set"),
                manager.list(name + "list"), manager.deque(name + "deque"));
        try (Manager other = Manager.connect(manager.address(), manager.key())) {
            for (Collection<?> each : all) {
                numbers.forEach(number -> map.put(number, number));
                other.<Integer>set(name + "set").addAll(numbers);
                other.<Integer>list(name + "list").addAll(numbers);
                other.<Integer>deque(name + "deque").addAll(numbers);
                AtomicBoolean begun = new AtomicBoolean();
                Object[] seen = each.stream().peek(element -> {
                    if (begun.compareAndSet(false, true)) {
                        other.<Integer, Integer>map(name + "map").clear();
                        other.<Integer>set(name + "set").clear();
                        other.<Integer>list(name + "list").clear();
                        other.<Integer>deque(name + "deque").clear();
                    }
                }).toArray();
                assertThat(seen).isNotEmpty().hasSizeLessThan(5_000);
                assertThat(each).isEmpty();
            }
        }
    }

    /// An entry goes only with the value that the filter has seen.
    @Test
    void aFilterOfAViewRemovesNoValueThatItHasNotSeen() throws Exception {
        String name = name();
        ConcurrentMap<String, Integer> map = manager.map(name);
        try (Manager other = Manager.connect(manager.address(), manager.key())) {
            ConcurrentMap<String, Integer> there = other.map(name);
            Predicate<Integer> negative = value -> {
                there.put("changed", 5);
                return value < 0;
            };
            for (Predicate<ConcurrentMap<String, Integer>> removal : List.<Predicate<ConcurrentMap<String, Integer>>>of(
                    all -> all.values().removeIf(negative),
                    all -> all.entrySet().removeIf(entry -> negative.test(entry.getValue())))) {
                map.putAll(Map.of("changed", -1, "same", -1, "positive", 1));
                assertThat(removal.test(map)).isTrue();
                assertThat(map).isEqualTo(Map.of("changed", 5, "positive", 1));
            }
        }
    }

    @Test
    void aViewRemovesValuesWithoutEquals() {
        ConcurrentMap<String, int[]> map = manager.map();
        map.put("a", new int[] {1});
        map.put("b", new int[] {2});
        assertThat(map.values().removeIf(value -> value[0] == 1)).isTrue();
        assertThat(map.entrySet().removeIf(entry -> entry.getValue()[0] == 1)).isFalse();
        assertThat(map).containsOnlyKeys("b");
    }

    @Test
    void viewsRemoveAndRetainWhatACollectionHas() {
        ConcurrentMap<String, Integer> map = manager.map();
        map.putAll(Map.of("a", 1, "b", 2, "c", 3, "d", 4));
        assertThat(map.values().remove(1)).isTrue();
        assertThat(map.values().remove(1)).isFalse();
        assertThat(map.values().removeAll(Set.of(2, 9))).isTrue();
        assertThat(map.entrySet().retainAll(Set.of(Map.entry("c", 3), Map.entry("d", 9)))).isTrue();
        assertThat(map).isEqualTo(Map.of("c", 3));
        assertThat(map.entrySet().removeAll(List.of(Map.entry("c", 3)))).isTrue();
        assertThat(map.values().retainAll(Set.of())).isFalse();
    }

    @Test
    void aCollectionThatIsRemovedFromItselfIsEmpty() {
        String name = name();
        List<Integer> list = manager.list(name);
        List<Integer> same = manager.list(name);
        list.addAll(IntStream.range(0, 3_000).boxed().toList());
        assertThat(list.removeAll(same)).isTrue();
        assertThat(list).isEmpty();
        ConcurrentMap<Integer, Integer> map = manager.map();
        map.putAll(IntStream.range(0, 3_000).boxed().collect(Collectors.toMap(n -> n, n -> n)));
        assertThat(map.keySet().removeAll(map.keySet())).isTrue();
        assertThat(map).isEmpty();
    }

    // Lists.

    @Test
    void aListSortsAndFiltersInTheServerAndHere() {
        List<Integer> list = manager.list();
        list.addAll(List.of(5, 3, 9, 1));
        list.sort(null);
        assertThat(list).containsExactly(1, 3, 5, 9);
        list.sort(Comparator.reverseOrder());                    // of a class that does not travel
        assertThat(list).containsExactly(9, 5, 3, 1);
        list.removeIf((Predicate<Integer> & Serializable) n -> n > 8);
        list.removeIf(n -> n < 2);
        list.replaceAll((UnaryOperator<Integer> & Serializable) n -> n * 10);
        list.replaceAll(n -> n + 1);
        assertThat(list).containsExactly(51, 31);
    }

    @Test
    void anIteratorOfAListChangesItAcrossBatches() {
        List<Integer> list = manager.list();
        List<Integer> local = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            local.add(i);
        }
        list.addAll(local);
        for (List<Integer> each : List.of(list, local)) {
            ListIterator<Integer> iterator = each.listIterator();
            while (iterator.hasNext()) {
                int n = iterator.next();
                boolean more = iterator.hasNext();       // may read the next batch
                if (n % 100 == 0) {
                    iterator.remove();
                } else if (n % 1024 == 1023 || !more) {
                    iterator.set(-n);
                } else if (n % 500 == 1) {
                    iterator.add(7);
                }
            }
            while (iterator.hasPrevious()) {
                if (iterator.previous() == 7) {
                    iterator.remove();
                    iterator.add(8);
                }
            }
        }
        assertThat(list).isEqualTo(local);
    }

    @Test
    void anIteratorOfAListRefusesAChangeAfterAnother() {
        List<Integer> list = manager.list();
        list.addAll(List.of(1, 2, 3));
        Iterator<Integer> iterator = list.iterator();
        assertThat(iterator.next()).isEqualTo(1);
        list.addFirst(0);
        assertThatThrownBy(iterator::remove).isInstanceOf(ConcurrentModificationException.class)
                .hasMessageContaining("changed by another thread or process");
        assertThat(list).containsExactly(0, 1, 2, 3);
    }

    @Test
    void theLengthOfAnArrayDoesNotChange() {
        List<Integer> array = manager.array(Arrays.asList(1, null, 3));
        array.set(1, 2);
        array.replaceAll(n -> n * n);
        assertThat(array).containsExactly(1, 4, 9);
        assertThatThrownBy(() -> array.add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(array::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(array::removeFirst).isInstanceOf(UnsupportedOperationException.class);
    }

    // Values, namespaces, objects.

    @Test
    void aValueIsUpdatedHereAndInTheServer() {
        Manager.Value<Integer> value = manager.value(1);
        assertThat(value.updateAndGet(n -> n + 1)).isEqualTo(2);
        assertThat(value.updateAndGet((UnaryOperator<Integer> & Serializable) n -> n * 10)).isEqualTo(20);
        assertThat(value.compareAndSet(20, 5)).isTrue();
        assertThat(value.compareAndSet(20, 6)).isFalse();
        assertThat(value.getAndSet(7)).isEqualTo(5);
        assertThat(value.get()).isEqualTo(7);
        assertThatThrownBy(() -> value.set(null)).isInstanceOf(NullPointerException.class);
    }

    interface Settings {
        int hits();

        void hits(int number);

        String getTitle();

        void setTitle(String title);

        boolean isOpen();

        void setOpen(boolean open);

        default String both() {
            return getTitle() + hits();
        }
    }

    @Test
    void aNamespaceHasTheAttributesOfAnInterface() {
        String name = name();
        Settings settings = manager.namespace(name, Settings.class);
        assertThat(settings.hits()).isZero();
        assertThat(settings.getTitle()).isNull();
        settings.hits(7);
        settings.setTitle("lucky ");
        settings.setOpen(true);
        Settings again = manager.namespace(name, Settings.class);
        assertThat(again.both()).isEqualTo("lucky 7");
        assertThat(again.isOpen()).isTrue();
        assertThat(again).isEqualTo(settings).hasSameHashCodeAs(settings);
        assertThatThrownBy(() -> manager.namespace(name(), Comparator.class))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected getters");
    }

    interface Counter {
        int add(int number);

        void fail(String why) throws IOException;
    }

    static final class Count implements Counter, Serializable {
        private static final long serialVersionUID = 1L;

        private final AtomicInteger sum = new AtomicInteger();

        @Override
        public int add(int number) {
            return sum.addAndGet(number);
        }

        @Override
        public void fail(String why) throws IOException {
            throw new IOException(why);
        }
    }

    @Test
    void aRegisteredObjectIsCalledByItsInterface() throws Exception {
        manager.register(Counter.class, Count::new);
        String name = name();
        Counter counter = manager.object(Counter.class, name);
        List<FutureTask<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(run(() -> counter.add(10)));
        }
        for (FutureTask<Integer> client : clients) {
            client.get();
        }
        assertThat(counter.add(2)).isEqualTo(42);
        assertThat(manager.create(Counter.class).add(0)).isZero();
        assertThat(counter).isEqualTo(manager.object(Counter.class, name)).isNotEqualTo(manager.create(Counter.class));
        assertThat(counter.toString()).startsWith("Counter of manager 'unix:");
    }

    @Test
    void anExceptionHasTheRemoteTraceAsItsRootCause() {
        manager.register(Counter.class, Count::new);
        Counter counter = manager.create(Counter.class);
        assertThatThrownBy(() -> counter.fail("disk full")).isExactlyInstanceOf(IOException.class)
                .hasMessage("disk full")
                .hasStackTraceContaining("ManagerTest.lambda")
                .rootCause().isInstanceOf(RemoteTrace.class).hasMessageContaining("Count.fail");
    }

    @Test
    void nothingButTheInterfaceCanBeCalled() throws Exception {
        manager.register(Counter.class, Count::new);
        Remote remote = (Remote) Proxy.getInvocationHandler(manager.create(Counter.class));
        assertThatThrownBy(() -> remote.link().call(remote, Object.class.getMethod("getClass"), null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("clients can call nothing else");
        assertThatThrownBy(() -> manager.object(Runnable.class, name())).isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining("call register(java.lang.Runnable.class, supplier) first");
    }

    // Proxies.

    @Test
    void aProxyInAnotherCollectionStaysLive() {
        Map<String, List<Integer>> map = manager.map();
        List<Integer> list = manager.list();
        map.put("list", list);
        map.get("list").add(1);
        list.add(2);
        assertThat(map.get("list")).isEqualTo(list).containsExactly(1, 2);
        Map<String, Object> deep = manager.map();
        deep.put("in a value", new ArrayList<>(List.of(map)));
        List<?> copy = (List<?>) deep.get("in a value");
        assertThat(copy).singleElement().isEqualTo(map);
        list.add(3);
        assertThat(((Map<?, ?>) copy.getFirst()).get("list")).isEqualTo(List.of(1, 2, 3));
        manager.register(Counter.class, Count::new);
        Counter counter = manager.create(Counter.class);
        Settings settings = manager.namespace(name(), Settings.class);
        deep.put("counter", counter);
        deep.put("settings", settings);
        assertThat(((Counter) deep.get("counter")).add(3)).isEqualTo(3);
        assertThat(counter.add(0)).isEqualTo(3);
        settings.hits(9);
        assertThat(deep.get("settings")).isEqualTo(settings).extracting(same -> ((Settings) same).hits()).isEqualTo(9);
    }

    @Test
    void aFunctionInTheServerUsesNestedCollections() {
        ConcurrentMap<String, List<Integer>> map = manager.map();
        map.put("list", manager.list());
        map.compute("list", (BiFunction<String, List<Integer>, List<Integer>> & Serializable) (_, list) -> {
            list.add(1);
            return list;
        });
        assertThat(map.get("list")).containsExactly(1);
    }

    // Waiting.

    @Test
    void aCallThatWaitsKeepsNoOtherBack() throws Exception {
        BlockingDeque<Integer> deque = manager.deque();
        List<FutureTask<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            takers.add(run(deque::take));
        }
        for (int i = 0; i < 20; i++) {
            deque.put(i);
        }
        int sum = 0;
        for (FutureTask<Integer> taker : takers) {
            sum += taker.get();
        }
        assertThat(sum).isEqualTo(190);
        assertThat(deque.poll(1, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void anInterruptEndsAWaitAndTakesNothing() throws Exception {
        BlockingDeque<Integer> deque = manager.deque();
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger outcome = new AtomicInteger();
        Thread taker = Thread.ofPlatform().start(() -> {
            begun.countDown();
            try {
                outcome.set(deque.take());
            } catch (InterruptedException e) {
                outcome.set(Thread.currentThread().isInterrupted() ? -2 : -1);
            }
        });
        begun.await();
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());      // before or in the wait: the same outcome
        taker.interrupt();
        taker.join();
        assertThat(outcome.get()).isEqualTo(-1);
        deque.put(7);
        assertThat(deque.take()).isEqualTo(7);
    }

    @Test
    void anInterruptDoesNotEndACallThatDoesNotWait() {
        Map<String, Integer> map = manager.map();
        Thread.currentThread().interrupt();
        map.put("a", 1);
        assertThat(map.get("a")).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void locksAndQueuesAreThoseOfSharedMemory() throws Exception {
        String name = name();
        try (var lock = manager.lock(name); var same = manager.lock(name)) {
            try (var _ = lock.hold()) {
                assertThat(same.isLocked()).isTrue();
            }
        }
        try (var semaphore = manager.boundedSemaphore(name(), 2); var event = manager.event(name());
                var barrier = manager.barrier(name(), 2); var tasks = manager.<String>taskQueue(name(), 4);
                var reentrant = manager.reentrantLock(name()); var other = manager.semaphore(name(), 3)) {
            semaphore.acquire();
            assertThat(semaphore.availablePermits()).isEqualTo(1);
            event.set();
            assertThat(event.isSet()).isTrue();
            assertThat(barrier.getParties()).isEqualTo(2);
            tasks.put("task");
            assertThat(tasks.take()).isEqualTo("task");
            try (var _ = reentrant.hold(); var _ = reentrant.hold()) {
                assertThat(reentrant.holdCount()).isEqualTo(2);
            }
            assertThat(other.availablePermits()).isEqualTo(3);
        }
        BlockingQueue<Object> queue = manager.queue(name(), 4);
        List<Integer> list = manager.list();
        queue.put(list);
        list.add(1);
        assertThat(queue.take()).as("a proxy in a queue stays live").isEqualTo(List.of(1));
    }

    // Bad input.

    @Test
    void anotherKeyIsRefused() {
        assertThatThrownBy(() -> Manager.connect(manager.address(), AuthKey.generate()))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void aClientOfAnotherProtocolIsRefused() {
        assertThatThrownBy(() -> Client.connect(manager.address(), manager.key())).isInstanceOf(MismatchException.class)
                .hasMessageContaining("sluice manager 1");
    }

    @Test
    void aClassOutsideTheAllowListIsRefused() throws Exception {
        Map<String, Queue<Integer>> map = manager.map();
        assertThatThrownBy(() -> map.put("a", new PriorityQueue<>(List.of(1)))).isInstanceOf(CodecException.class)
                .hasMessageContaining("ConnectionOptions.defaults().withAllowed(\"java.util.PriorityQueue\")");
        Options allowing = Options.defaults().withConnection(
                ConnectionOptions.defaults().withAllowed("java.util.PriorityQueue"));
        try (Manager other = Manager.serve(allowing)) {
            Map<String, Queue<Integer>> allowed = other.map();
            allowed.put("a", new PriorityQueue<>(List.of(1)));
            assertThat(allowed.get("a")).containsExactly(1);
        }
        // A client that allows more than the server.
        ConnectionOptions more = ConnectionOptions.defaults().withAllowed("java.util.PriorityQueue");
        try (Manager server = Manager.serve(Options.defaults())) {
            Wire wire = new Wire(more.allowed());
            try (Transport raw = new Transport(server.address(), server.key(), more)) {
                byte[] call = wire.call(0, Directory.ID,
                        Contract.number(Directory.class.getMethod("remove", String.class)),
                        new Object[] {new PriorityQueue<>(List.of(1))});
                byte[] answer = raw.call(call, null);
                assertThatThrownBy(() -> wire.outcome(answer)).isInstanceOf(CodecException.class)
                        .hasMessageContaining("PriorityQueue");
                byte[] garbage = raw.call(new byte[] {1, 2, 3}, null);
                assertThatThrownBy(() -> wire.outcome(garbage)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(server.map()).as("the server goes on").isEmpty();
        }
    }

    @Test
    void aMessageBeyondTheLimitIsRefusedOnBothSides() throws Exception {
        Options small = Options.defaults().withConnection(ConnectionOptions.defaults().withMaxFrameBytes(10_000));
        try (Manager other = Manager.serve(small)) {
            Map<String, byte[]> map = other.map();
            assertThatThrownBy(() -> map.put("a", new byte[20_000])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxFrameBytes");
            map.put("a", new byte[6_000]);
            map.put("b", new byte[6_000]);
            other.register(Counter.class, Count::new);
            assertThatThrownBy(() -> other.create(Counter.class).fail("x".repeat(20_000)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(map).hasSize(2);
        }
    }

    /// The limit of the server is smaller than that of the client: only the call fails.
    @Test
    void aMessageThatOnlyTheServerRefusesFailsItsCallAndNoOther() throws Exception {
        Options small = Options.defaults().withConnection(ConnectionOptions.defaults().withMaxFrameBytes(10_000));
        try (Server server = Server.open(small.address(), small.key(), small.connection());
                Manager client = Manager.connect(server.address(), small.key())) {
            Map<String, byte[]> map = client.map();
            map.put("a", new byte[6_000]);
            assertThatThrownBy(() -> map.put("b", new byte[20_000])).isInstanceOf(SluiceException.class)
                    .hasMessageContaining("may have been done").hasMessageNotContaining("start another one");
            assertThat(map).containsOnlyKeys("a");
        }
    }

    @Test
    void aProxyOfAnEndedManagerFailsWithOneException() throws Exception {
        Manager other = Manager.serve(Options.defaults());
        Map<String, Integer> map = other.map();
        BlockingDeque<Integer> deque = other.deque();
        FutureTask<Integer> taker = run(deque::take);
        map.put("a", 1);
        other.close();
        other.close();
        assertThatThrownBy(taker::get).hasCauseInstanceOf(ManagerEndedException.class);
        assertThatThrownBy(() -> map.get("a")).isInstanceOf(ManagerEndedException.class)
                .hasMessageContaining(other.address().toString());
        assertThatThrownBy(other::map).isInstanceOf(ManagerEndedException.class);
        assertThatThrownBy(() -> Manager.connect(other.address(), other.key())).isInstanceOf(IOException.class);
    }

    @Test
    void theEndOfAServerEndsAClientThatIsIdle() throws Exception {
        Manager server = Manager.serve(Options.defaults());
        // As a client in another process, which the close of this manager does not reach.
        try (Transport client = new Transport(
                server.address(), server.key(), ConnectionOptions.defaults())) {
            FutureTask<IOException> end = run(client::awaitEnd);
            server.close();
            assertThat(end.get()).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> client.call(new byte[Wire.CALL_HEADER_BYTES], null))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anAddressThatIsTakenIsRefused() {
        assertThatThrownBy(() -> Manager.serve(Options.defaults().withAddress(manager.address())))
                .isInstanceOf(BindException.class);
    }

    @Test
    void aManagerTravelsInTasksOnly() {
        assertThatThrownBy(() -> manager.<String, Object>map().put("a", manager)).isInstanceOf(CodecException.class)
                .hasMessageContaining("a manager travels to a child of JavaProcess");
    }

    // Snapshots.

    @Test
    void aSnapshotBringsNamedObjectsBackWithAllThatTheyHold(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("snapshot");
        try (Manager first = Manager.serve(Options.defaults())) {
            Map<String, Object> map = first.map("map");
            List<Object> list = first.list();
            map.put("list", list);
            map.put("self", map);
            list.add("element");
            first.set("set").add(1);
            first.deque("deque").addAll(List.of(1, 2));
            first.value("value", 7);
            first.array("array", List.of(1, 2, 3));
            first.namespace("settings", Settings.class).hits(3);
            first.register(Counter.class, Count::new);
            first.object(Counter.class, "counter").add(5);
            first.snapshot(file);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        try (Manager second = Manager.serve(Options.defaults().withAddress(Address.tcp("127.0.0.1", 0)))) {
            second.restore(file);
            Map<String, Object> map = second.map("map");
            List<?> list = (List<?>) map.get("list");
            assertThat(list).isEqualTo(List.of("element"));
            assertThat(((Map<?, ?>) map.get("self")).get("list")).isEqualTo(list);
            assertThat(second.set("set")).isEqualTo(Set.of(1));
            assertThat(second.deque("deque")).containsExactly(1, 2);
            assertThat(second.value("value", 0).get()).isEqualTo(7);
            assertThat(second.array("array", List.of(0, 0, 0))).containsExactly(1, 2, 3);
            assertThat(second.namespace("settings", Settings.class).hits()).isEqualTo(3);
            assertThat(second.object(Counter.class, "counter").add(1)).isEqualTo(6);
            assertThatThrownBy(() -> second.restore(file)).isInstanceOf(ObjectExistsException.class);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1]++;
            Files.write(file, bytes);
            assertThatThrownBy(() -> second.restore(file)).isInstanceOf(CorruptObjectException.class);
        }
        try (var files = Files.list(folder)) {
            assertThat(files).as("no temporary file is left").containsExactly(file);
        }
    }
}
