package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.config.QueueConfig;
import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.cluster.ClusterManager.Options;
import io.sluice.core.campaign.Campaign;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.MismatchException;
import io.sluice.pool.manager.ManagerEndedException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.queue.SharedQueue;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A manager of two members in this JVM; a third one is a JVM that is killed.
class ClusterManagerTest {
    /// So many that some call is under way at the member that is killed.
    private static final int COUNTERS = 16;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static Members members;
    private static HazelcastInstance first;
    private static HazelcastInstance second;
    private static ClusterManager manager;
    private static ClusterManager other;

    /// A key and a value of the application.
    private record Trade(String symbol, LocalDate day) {}

    @BeforeAll
    static void join() {
        members = new Members(4);
        Config config = members.config(0);
        config.addMapConfig(new MapConfig("sluice.usual.map.objects*").setInMemoryFormat(InMemoryFormat.OBJECT));
        config.addQueueConfig(new QueueConfig("sluice.usual.queue.wide*").setMaxSize(1_000));
        config.addMapConfig(new MapConfig("sluice.usual.map.near*").setNearCacheConfig(new NearCacheConfig()));
        first = Hazelcast.newHazelcastInstance(config);
        second = Hazelcast.newHazelcastInstance(members.config(1));
        manager = ClusterManager.join(first, Options.of("usual"));
        other = ClusterManager.join(second, Options.of("usual"));
    }

    @AfterAll
    static void leave() throws Exception {
        manager.close();
        assertThat(first.getLifecycleService().isRunning()).as("it stays its owner's").isTrue();
        second.shutdown();
        first.shutdown();
        members.close();
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        return task.get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    private static <T> FutureTask<T> start(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void aMapIsAConcurrentMapOfBothMembers() {
        ConcurrentMap<Trade, Integer> map = manager.map("trades");
        ConcurrentMap<Trade, Integer> there = other.map("trades");
        Trade first = new Trade("VOD.L", LocalDate.of(2026, 1, 2));
        Trade second = new Trade("BP.L", LocalDate.of(2026, 1, 2));
        assertThat(map.put(first, 1)).isNull();
        assertThat(there.get(first)).isEqualTo(1);
        assertThat(there).containsExactly(entry(first, 1)).containsKey(first).containsValue(1).hasSize(1);
        assertThat(there.put(first, 2)).isEqualTo(1);
        assertThat(map.putIfAbsent(first, 3)).isEqualTo(2);
        assertThat(map.putIfAbsent(second, 4)).isNull();
        assertThat(map.getOrDefault(first, 9)).isEqualTo(2);
        assertThat(map.replace(first, 7, 8)).isFalse();
        assertThat(map.replace(first, 2, 3)).isTrue();
        assertThat(map.replace(second, 5)).isEqualTo(4);
        assertThat(map.remove(second, 4)).isFalse();
        assertThat(map.remove(second, 5)).isTrue();
        assertThat(map.replace(second, 5)).isNull();
        assertThat(map.remove(second)).isNull();
        assertThat(map.compute(first, (key, value) -> value + key.symbol().length())).isEqualTo(8);
        assertThat(map.compute(second, (key, value) -> value)).isNull();
        assertThat(map.computeIfAbsent(second, key -> key.symbol().length())).isEqualTo(4);
        assertThat(map.computeIfAbsent(second, key -> 0)).isEqualTo(4);
        assertThat(map.computeIfPresent(second, (key, value) -> null)).isNull();
        assertThat(map.merge(second, 1, Integer::sum)).isEqualTo(1);
        assertThat(there.merge(second, 1, Integer::sum)).isEqualTo(2);
        map.replaceAll((key, value) -> 10 * value);
        assertThat(there).isEqualTo(Map.of(first, 80, second, 20)).isNotEmpty();
        assertThat(there.keySet()).containsExactlyInAnyOrder(first, second);
        assertThat(there.values()).containsExactlyInAnyOrder(80, 20);
        for (Map.Entry<Trade, Integer> each : there.entrySet()) {
            each.setValue(each.getValue() + 1);
        }
        assertThat(map.values().removeIf(value -> value == 81)).isTrue();
        map.putAll(Map.of(new Trade("A", LocalDate.EPOCH), 1, new Trade("B", LocalDate.EPOCH), 2));
        assertThat(there.values()).containsExactlyInAnyOrder(21, 1, 2);
        assertThat(map.remove(second)).isEqualTo(21);
        map.clear();
        assertThat(there).isEmpty();
        assertThatThrownBy(() -> map.put(first, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> map.get(null)).isInstanceOf(NullPointerException.class);
    }

    /// An array is never equal to its copy.
    @Test
    void aValueWithoutEqualsIsComputedToo() {
        ConcurrentMap<String, int[]> map = manager.map("arrays");
        map.put("one", new int[] {1});
        assertThat(map.compute("one", (key, value) -> new int[] {value[0], 2})).containsExactly(1, 2);
        assertThat(other.<String, int[]>map("arrays").get("one")).containsExactly(1, 2);
    }

    @Test
    void noUpdateOfTwoMembersIsLost() throws Exception {
        ConcurrentMap<String, Integer> map = manager.map("hits");
        ConcurrentMap<String, Integer> there = other.map("hits");
        List<FutureTask<Integer>> counters = new ArrayList<>();
        for (ConcurrentMap<String, Integer> each : List.of(map, map, there, there)) {
            counters.add(start(() -> {
                int won = 0;
                for (int i = 0; i < 50; i++) {
                    each.merge("hits", 1, Integer::sum);
                    won += each.putIfAbsent("ticket " + i, i) == null ? 1 : 0;
                }
                return won;
            }));
        }
        int won = 0;
        for (FutureTask<Integer> counter : counters) {
            won += get(counter);
        }
        assertThat(map.get("hits")).isEqualTo(4 * 50);
        assertThat(won).as("each ticket has one winner").isEqualTo(50);
    }

    /// A function that throws changes nothing, and leaves the key unlocked.
    @Test
    void aFunctionThatThrowsLocksNothing() throws Exception {
        ConcurrentMap<String, Integer> map = manager.map("throwing");
        map.put("key", 1);
        assertThatThrownBy(() -> map.compute("key", (key, value) -> 1 / (value - 1)))
                .isInstanceOf(ArithmeticException.class);
        ConcurrentMap<String, Integer> there = other.map("throwing");
        assertThat(get(start(() -> there.merge("key", 1, Integer::sum)))).isEqualTo(2);
    }

    /// A writer that waits for a locked key is interrupted: it goes on to wait, writes, and keeps the flag.
    @Test
    void anInterruptEndsNoCallOfAMap() throws Exception {
        ConcurrentMap<String, Integer> map = manager.map("interrupted");
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        FutureTask<Integer> holder = start(() -> map.compute("key", (key, value) -> {
            locked.countDown();
            awaitUninterruptibly(interrupted);
            return 1;
        }));
        awaitUninterruptibly(locked);
        FutureTask<Boolean> writer = new FutureTask<>(() -> {
            other.<String, Integer>map("interrupted").merge("key", 1, Integer::sum);
            return Thread.interrupted();
        });
        Thread thread = Thread.ofPlatform().daemon().start(writer);
        Members.await(() -> thread.getState() == Thread.State.WAITING, () -> "" + thread.getState());
        thread.interrupt();
        interrupted.countDown();
        assertThat(get(holder)).isEqualTo(1);
        assertThat(get(writer)).as("its flag").isTrue();
        assertThat(map.get("key")).isEqualTo(2);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        Members.await(() -> latch.getCount() == 0, () -> "the other thread");
    }

    @Test
    void aListIsAListOfBothMembers() {
        List<String> list = manager.list("names");
        List<String> there = other.list("names");
        assertThat(list.add("Ada")).isTrue();
        there.addAll(List.of("Bob", "Carl", "Bob"));
        assertThat(list).containsExactly("Ada", "Bob", "Carl", "Bob").isEqualTo(List.of("Ada", "Bob", "Carl", "Bob"));
        assertThat(list.indexOf("Bob")).isEqualTo(1);
        assertThat(list.lastIndexOf("Bob")).isEqualTo(3);
        assertThat(there.set(1, "Bea")).isEqualTo("Bob");
        list.add(0, "Zoe");
        assertThat(there.get(0)).isEqualTo("Zoe");
        assertThat(there.remove(0)).isEqualTo("Zoe");
        assertThat(there.remove("Carl")).isTrue();
        assertThat(list).hasSize(3).contains("Bea").doesNotContain("Carl");
        list.sort(null);
        assertThat(there).containsExactly("Ada", "Bea", "Bob");
        list.replaceAll(String::toUpperCase);
        assertThat(there.removeIf(name -> name.endsWith("B"))).isTrue();
        assertThat(there.subList(1, 2)).containsExactly("BEA");
        Iterator<String> names = list.iterator();
        names.next();
        assertThatThrownBy(names::remove).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(there.retainAll(List.of("ADA"))).isTrue();
        list.clear();
        assertThat(there).isEmpty();
    }

    @Test
    void aSetIsASetOfBothMembers() {
        Set<Trade> set = manager.set("seen");
        Set<Trade> there = other.set("seen");
        Trade trade = new Trade("VOD.L", LocalDate.EPOCH);
        Trade late = new Trade("VOD.L", LocalDate.MAX);
        assertThat(set.add(trade)).isTrue();
        assertThat(there.add(new Trade("VOD.L", LocalDate.EPOCH))).as("equal").isFalse();
        assertThat(there.addAll(List.of(trade, late))).isTrue();
        assertThat(set).containsExactlyInAnyOrder(trade, late);
        assertThat(set.removeIf(each -> each.day().equals(LocalDate.MAX))).isTrue();
        assertThat(there).isEqualTo(Set.of(trade));
        assertThat(there.remove(trade)).isTrue();
        assertThat(set).isEmpty();
    }

    @Test
    void aQueueIsABlockingQueueOfBothMembers() throws Exception {
        BlockingQueue<String> queue = manager.queue("orders", 2);
        BlockingQueue<String> there = other.queue("orders", 2);
        FutureTask<String> taker = start(there::take);
        queue.put("one");
        assertThat(get(taker)).isEqualTo("one");
        assertThat(queue.poll()).isNull();
        assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
        assertThat(queue.add("two")).isTrue();
        assertThat(there.offer("three")).isTrue();
        assertThat(queue.offer("four")).isFalse();
        assertThat(queue.offer("four", 1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(queue.remainingCapacity()).isZero();
        assertThat(there.peek()).isEqualTo("two");
        assertThat(there).containsExactly("two", "three");
        FutureTask<Object> putter = start(() -> {
            there.put("four");
            return null;
        });
        List<String> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained, 1)).isEqualTo(1);
        get(putter);
        assertThat(queue.drainTo(drained)).isEqualTo(2);
        assertThat(drained).containsExactly("two", "three", "four");
        FutureTask<String> waiter = new FutureTask<>(queue::take);
        Thread waiting = Thread.ofPlatform().daemon().start(waiter);
        Members.await(() -> waiting.getState() != Thread.State.RUNNABLE, () -> "" + waiting.getState());
        waiting.interrupt();
        assertThatThrownBy(() -> get(waiter)).hasCauseInstanceOf(InterruptedException.class);
        assertThat(queue).isEmpty();
    }

    /// The capacity counts whatever a name looks like; a pattern of the caller's own configuration that hides it is
    /// named.
    @Test
    void theCapacityOfAQueueCounts() {
        BlockingQueue<Integer> queue = manager.queue("orders@host", 1);
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.offer(2)).isFalse();
        assertThat(other.<Integer>queue("orders@host", 1).remainingCapacity()).isZero();
        assertThat(manager.remove("orders@host")).isTrue();
        assertThatThrownBy(() -> manager.queue("wide", 2)).isInstanceOf(IllegalStateException.class)
                .hasMessage("cluster manager 'usual': a pattern in the configuration of Hazelcast gives the queue"
                        + " 'wide' the size 1,000, expected 2; set its property"
                        + " hazelcast.data.search.dynamic.config.first.enabled to true");
        assertThat(manager.remove("wide")).isTrue();
    }

    /// A drain that cannot add to its target takes nothing.
    @Test
    void aDrainIntoNothingLosesNothing() {
        BlockingQueue<Integer> queue = manager.queue("drained", 4);
        assertThat(queue.offer(1)).isTrue();
        assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class).hasMessage("target");
        assertThat(queue.stream().toList()).containsExactly(1);
        assertThat(queue.poll()).isEqualTo(1);
    }

    /// What cannot be read here is dropped and named; what was taken with it arrives.
    @Test
    void aDrainKeepsWhatCameWithAnUnreadableElement() {
        BlockingQueue<Object> queue = manager.queue("mixed", 4);
        BlockingQueue<Object> there = ClusterManager.join(
                second, Options.of("usual").withAllowed("java.util.PriorityQueue")).queue("mixed", 4);
        there.add(1);
        there.add(new PriorityQueue<>(List.of(2)));
        there.add(3);
        List<Object> drained = new ArrayList<>();
        assertThatThrownBy(() -> queue.drainTo(drained)).isInstanceOf(CodecException.class)
                .hasMessageContaining("java.util.PriorityQueue");
        assertThat(drained).containsExactly(1, 3);
        assertThat(queue).isEmpty();
    }

    /// Of equal elements only those go that the filter has matched.
    @Test
    void aFilterWithStateRemovesOnlyWhatItMatches() {
        List<String> list = manager.list("filtered");
        list.addAll(List.of("a", "b", "a", "c"));
        Set<String> seen = new HashSet<>();
        assertThat(list.removeIf(each -> !seen.add(each))).isTrue();
        assertThat(list).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(list.removeIf("a"::equals)).isTrue();
        assertThat(list.stream().toList()).containsExactly("b", "c");
        assertThat(list.removeIf("a"::equals)).isFalse();
    }

    /// An array equals no other one, and its bytes those of its like.
    @Test
    void aFilterWithStateRemovesOnlyWhatItMatchesAlsoWithoutEquals() {
        List<byte[]> list = manager.list("filtered arrays");
        list.addAll(List.of(new byte[] {1}, new byte[] {2}, new byte[] {1}));
        Set<Byte> seen = new HashSet<>();
        assertThat(list.removeIf(each -> !seen.add(each[0]))).isTrue();
        assertThat(list.stream().map(each -> each[0]).toList()).containsExactlyInAnyOrder((byte) 1, (byte) 2);
        assertThat(list.removeIf(each -> each[0] == 1)).isTrue();
        assertThat(list.stream().map(each -> each[0]).toList()).containsExactly((byte) 2);
    }

    /// Each value once, also those that equal nothing; and a view removes a key without a look at the others.
    @Test
    void everyValueIsReplacedOnce() {
        ConcurrentMap<String, int[]> map = manager.map("replaced");
        map.putAll(Map.of("a", new int[] {1}, "b", new int[] {2}));
        int[] calls = {0};
        map.replaceAll((key, there) -> {
            calls[0]++;
            return new int[] {there[0] + 1};
        });
        assertThat(calls[0]).isEqualTo(2);
        assertThat(map.get("a")).containsExactly(2);
        assertThat(map.keySet().remove("a")).isTrue();
        assertThat(map.keySet().remove("a")).isFalse();
        assertThat(map.values().stream().map(each -> each[0]).toList()).containsExactly(3);
        assertThat(map.keySet().stream().toList()).containsExactly("b");
        assertThat(map.keySet()).contains("b").hasSize(1);
        map.values().clear();
        assertThat(map).isEmpty();
    }

    @Test
    void aNameStandsForOneThing() {
        manager.map("name");
        assertThatThrownBy(() -> other.list("name")).isInstanceOf(MismatchException.class).hasMessage("cluster manager"
                + " 'usual': 'name' is a map, expected a list; take another name, or remove it");
        manager.queue("bounded", 1000);
        assertThatThrownBy(() -> other.queue("bounded", 2000)).isInstanceOf(MismatchException.class)
                .hasMessageContaining("is a queue of 1000, expected a queue of 2000");
        assertThatThrownBy(() -> manager.set("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manager.queue("bounded", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Options.of("a b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cluster manager: the name 'a b' is not");
    }

    @Test
    void aNameThatIsRemovedIsFree() {
        ConcurrentMap<String, Integer> map = manager.map("removed");
        ConcurrentMap<String, Integer> there = other.map("removed");
        map.put("key", 1);
        assertThat(other.remove("removed")).isTrue();
        assertThat(other.remove("removed")).isFalse();
        assertThat(manager.remove("")).isFalse();
        awaitRemoved(map);
        for (ConcurrentMap<String, Integer> each : List.of(map, there)) {
            assertThatThrownBy(() -> each.get("key")).isInstanceOf(NoSuchObjectException.class).hasMessage(
                    "map 'removed' of cluster manager 'usual' was removed; open it again to make a new one");
        }
        assertThat(manager.<String, Integer>map("removed")).isEmpty();
        assertThat(manager.remove("removed")).isTrue();
        assertThat(manager.<String>list("removed")).isEmpty();
    }

    /// A remover that waits for the lock of the name is as one that was killed: its collection is gone, and still has
    /// the name. What is written before the name is free goes too.
    @Test
    void aRemovalFreesTheNameLast() throws Exception {
        ConcurrentMap<String, Integer> old = manager.map("half-removed");
        old.put("key", 1);
        String engineName = first.getDistributedObjects().stream().map(DistributedObject::getName)
                .filter(each -> each.startsWith("sluice.usual.map.half-removed.")).findFirst().orElseThrow();
        IMap<String, Integer> inTheEngine = first.getMap(engineName);
        IMap<byte[], byte[]> names = first.getMap("sluice.usual.names");
        byte[] name = new Wire(List.of(), "").value("half-removed");
        FutureTask<Boolean> remover;
        names.lock(name);
        try {
            remover = start(() -> other.remove("half-removed"));
            awaitRemoved(old);
            Members.await(() -> isPut(manager.map("half-removed")), () -> "told of its removal once");
            assertThat(inTheEngine.size()).as("of the same name").isEqualTo(1);
        } finally {
            names.unlock(name);
        }
        assertThat(get(remover)).isTrue();
        assertThat(inTheEngine.size()).isZero();
        inTheEngine.destroy();
        assertThat(manager.<String, Integer>map("half-removed")).isEmpty();
    }

    private static boolean isPut(ConcurrentMap<String, Integer> map) {
        try {
            map.put("key", 2);
            return true;
        } catch (NoSuchObjectException told) {
            return false;
        }
    }

    private static void awaitRemoved(ConcurrentMap<String, Integer> map) {
        Members.await(() -> {
            try {
                map.get("key");
                return false;
            } catch (NoSuchObjectException told) {
                return true;
            }
        }, () -> "the other member is told");
    }

    /// It is not told of removals any more; what it had opened would bring back what was removed.
    @Test
    void aManagerThatIsClosedRefusesCalls() {
        ClusterManager closing = ClusterManager.join(second, Options.of("usual"));
        ConcurrentMap<String, Integer> map = closing.map("left");
        map.put("key", 1);
        closing.close();
        closing.close();
        assertThatThrownBy(() -> map.put("key", 2)).isInstanceOf(ManagerEndedException.class).hasMessage(
                "map 'left' of cluster manager 'usual': the manager was closed here; join again");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> closing.list("list"), () -> closing.remove("left"))) {
            assertThatThrownBy(call).isInstanceOf(ManagerEndedException.class).hasMessage(
                    "cluster manager 'usual': the manager was closed here; join again");
        }
        assertThat(manager.<String, Integer>map("left").get("key")).isEqualTo(1);
    }

    /// Neither a name in the members, nor a setting of the engine for each queue.
    @Test
    void whatIsRemovedIsNotKept() {
        int here = manager.openedCount();
        int there = other.openedCount();
        for (int i = 0; i < 5; i++) {
            String name = "short-lived " + i;
            assertThat(manager.<Integer>queue(name, 77).offer(i)).isTrue();
            assertThat(other.<Integer>queue(name, 77).remainingCapacity()).isEqualTo(76);
            assertThat(manager.remove(name)).isTrue();
        }
        assertThat(manager.openedCount()).isEqualTo(here);
        Members.await(() -> other.openedCount() == there, () -> "the other member is told");
        assertThat(second.getConfig().getQueueConfigs().values()).filteredOn(config -> config.getMaxSize() == 77)
                .extracting(QueueConfig::getName).containsExactly("sluice.usual.queue.*.77");
    }

    /// Queues of one capacity, of which a pattern in the configuration applies to one.
    @Test
    void theSettingsOfTheCallerCountBesideTheCapacity() {
        Config config = members.alone(3);
        config.addQueueConfig(new QueueConfig("sluice.settings.queue.copied*").setBackupCount(3));
        config.setInstanceName("settings");
        try (ClusterManager settings = ClusterManager.join(config, Options.of("settings"))) {
            HazelcastInstance alone = Hazelcast.getHazelcastInstanceByName("settings");
            for (String name : List.of("plain", "copied", "plain too", "copied too")) {
                assertThat(settings.queue(name, 5).remainingCapacity()).as(name).isEqualTo(5);
            }
            assertThat(alone.getDistributedObjects().stream().map(DistributedObject::getName)
                    .filter(name -> name.startsWith("sluice.settings.queue.")))
                    .hasSize(4).allSatisfy(name -> assertThat(alone.getConfig().findQueueConfig(name).getBackupCount())
                            .as(name).isEqualTo(name.contains("copied") ? 3 : 1));
        }
    }

    /// Where it is written, and where it is read by a member that does not allow it.
    @Test
    void aClassOutsideTheAllowListIsNamed() {
        ConcurrentMap<String, Object> map = manager.map("classes");
        assertThatThrownBy(() -> map.put("queue", new PriorityQueue<>(List.of(2, 1))))
                .isInstanceOf(CodecException.class).hasMessageStartingWith("map 'classes' of cluster manager 'usual': ")
                .hasMessageContaining("ClusterManager.Options.withAllowed(\"java.util.PriorityQueue\")");
        ClusterManager allowing = ClusterManager.join(
                second, Options.of("usual").withAllowed("java.util.PriorityQueue"));
        ConcurrentMap<String, PriorityQueue<Integer>> there = allowing.map("classes");
        there.put("queue", new PriorityQueue<>(List.of(2, 1)));
        assertThat(there.get("queue").poll()).isEqualTo(1);
        assertThatThrownBy(() -> map.get("queue")).isInstanceOf(CodecException.class)
                .hasMessageContaining("java.util.PriorityQueue");
        assertThat(map).as("without a look at it").hasSize(1).containsKey("queue");
        assertThatThrownBy(() -> map.put("object", new Object())).isInstanceOf(CodecException.class);
        try (SharedSpace space = SharedSpace.openTemporary("handles");
                SharedQueue<Integer> queue = space.queue("queue", Codec.of(Integer.class), 8)) {
            assertThatThrownBy(() -> map.put("handle", queue)).isInstanceOf(CodecException.class)
                    .hasMessageContaining("does not travel to another host");
        }
    }

    @Test
    void aConfigurationThatFitsNoBytesIsRefused() {
        for (String name : List.of("objects", "near")) {
            assertThatThrownBy(() -> manager.map(name)).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cluster manager 'usual': the configuration of Hazelcast for the map '")
                    .hasMessageEndingWith("take the cache out, and set the format to BINARY");
        }
    }

    @Test
    void aClusterWithoutDataIsRefused() {
        Config lite = members.alone(3);
        lite.setLiteMember(true);
        assertThatThrownBy(() -> ClusterManager.join(lite, Options.of("lite")))
                .isInstanceOf(IllegalStateException.class).hasMessage("cluster manager 'lite': no member of the cluster"
                        + " keeps data; start one that is not a lite member");
        assertThat(Hazelcast.getAllHazelcastInstances()).as("its own instance has ended").hasSize(2);
    }

    @Test
    void anotherReleaseIsRefused() {
        try (ClusterManager old = ClusterManager.join(first, Options.of("release"), false, "1.0")) {
            assertThat(old.name()).isEqualTo("release");
            assertThatThrownBy(() -> ClusterManager.join(second, Options.of("release"), false, "2.0"))
                    .isInstanceOf(IllegalStateException.class).hasMessage("cluster manager 'release': its values are of"
                            + " Sluice 1.0, and this is 2.0; start all members with one release");
        }
    }

    /// The third member is killed while it counts, with its key locked now and then; the others lose nothing, and count
    /// exactly. `-Dsluice.cluster.kills` sets the number of kills.
    @Test
    @Tag(Campaign.TAG)
    void aMemberThatIsKilledTakesNothingAlong() throws Exception {
        Campaign campaign = Campaign.begin("sluice.cluster.kills", 1, 40);
        Random random = campaign.random();
        for (int kills = 0; campaign.goesOn(kills); kills++) {
            aMemberIsKilled(random.nextLong(LONGEST_PAUSE_NANOS));
            manager.remove("counts");
        }
    }

    private static void aMemberIsKilled(long pauseNanos) throws Exception {
        ConcurrentMap<String, Integer> counts = manager.map("counts");
        BlockingQueue<Integer> queue = manager.queue("kept", 1000);
        List<Integer> list = manager.list("kept list");
        Process child = members.start(MemberMain.MANAGER + "usual", 2);
        Members.await(() -> first.getCluster().getMembers().size() == 3 && counts.containsKey("child")
                && first.getPartitionService().isClusterSafe(), members::texts);
        for (int i = 0; i < 30; i++) {
            counts.put("entry " + i, i);
            queue.put(i);
            list.add(i);
        }
        List<FutureTask<Integer>> counters = new ArrayList<>();
        for (int i = 0; i < COUNTERS; i++) {
            ConcurrentMap<String, Integer> each = (i % 2 == 0 ? manager : other).map("counts");
            counters.add(start(() -> count(each)));
        }
        Members.await(() -> counts.containsKey("key 9"), members::texts);
        LockSupport.parkNanos(pauseNanos);
        members.kill(child);
        int expected = 0;
        for (FutureTask<Integer> counter : counters) {
            expected += get(counter);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(counts.get("key " + i)).as("key " + i).isEqualTo(expected);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(counts.get("entry " + i)).isEqualTo(i);
            assertThat(queue.poll()).isEqualTo(i);
            assertThat(list.removeFirst()).isEqualTo(i);
        }
        assertThat(list).isEmpty();
        int ofTheChild = counts.get("child");
        assertThat(counts.merge("child", 1, Integer::sum)).as("its lock is free").isEqualTo(ofTheChild + 1);
    }

    /// Counts at ten keys until the third member has gone. @return how often
    private static int count(ConcurrentMap<String, Integer> counts) {
        int count = 0;
        do {
            for (int i = 0; i < 10; i++) {
                counts.merge("key " + i, 1, Integer::sum);
            }
            count++;
        } while (first.getCluster().getMembers().size() == 3);
        return count;
    }

    @Test
    void aMemberThatHasEndedSaysSo() {
        ClusterManager ended = ClusterManager.join(members.config(3), Options.of("usual"));
        ConcurrentMap<String, Integer> map = ended.map("ended");
        map.put("key", 1);
        ended.close();
        ended.close();
        assertThatThrownBy(() -> map.get("key")).isInstanceOf(ManagerEndedException.class)
                .hasMessageStartingWith("map 'ended' of cluster manager 'usual': the Hazelcast instance ")
                .hasMessageEndingWith(" of this member has ended; join again");
        assertThatThrownBy(() -> ended.list("list")).isInstanceOf(ManagerEndedException.class);
        assertThat(manager.<String, Integer>map("ended").get("key")).as("its data stay").isEqualTo(1);
    }
}
