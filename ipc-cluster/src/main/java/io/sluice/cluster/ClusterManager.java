package io.sluice.cluster;

import com.hazelcast.collection.IQueue;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.QueueConfig;
import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.DistributedObjectEvent;
import com.hazelcast.core.DistributedObjectListener;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.core.error.MismatchException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// A [Manager][io.sluice.pool.manager.Manager] without a server: its collections are kept by the members of a Hazelcast
/// cluster, on several hosts. A call site changes in one line:
///
/// ```java
/// try (var manager = ClusterManager.join("risk", "hostA", "hostB")) {          // was: Manager.start()
///     ConcurrentMap<String, Double> prices = manager.map("prices");
///     prices.merge("VOD.L", 1.0, Double::sum);
/// }
/// ```
///
/// - **Names:** a method gets the collection of that name, and makes it if the name is free; a name that stands for
///   something else is refused with a [MismatchException]. A collection lives until [#remove], or until the last member
///   ends. One manager of the cluster has one set of names; all members know them.
/// - **Values** are what a `ProcessPool` takes, copied on their way in and out, as bytes of the same codecs. A member
///   keeps the bytes and decodes none, so it needs no class of the application; only a member that reads does.
///   [Options#withAllowed] allows further classes of the JDK there. A handle of shared memory does not travel.
/// - **Keys, and elements that are looked for,** are compared by their bytes: text, numbers, enums, and records of
///   these are equal when `equals` says so, if all members have the same class files. Objects that are equal and have
///   other bytes, such as two sets in another order, are different keys.
/// - **Functions,** as those of `compute` and `merge`, run in the caller, once, while the key is locked: atomic, and
///   other writers of that key wait meanwhile.
/// - **Threads:** any.
/// - **Interrupts:** end the waits of a queue, within a quarter of a second. Other calls go on, and the flag is kept.
/// - **Cost:** a call is a round trip to the member that has the key; one that reads and changes an entry (`compute`,
///   `merge`, `putIfAbsent`, `replace`, `remove` of a map) is four. A list, set or queue is on one member as a whole.
/// - **Death of a member** that keeps data: each entry and element has one copy on another member, so nothing is lost
///   if the next one dies after the copies are made again; a call that was under way is made again. So an `add`,
///   `offer` or `poll` may be done twice then: an element may be there twice, or be lost with its answer. What reads
///   and changes an entry of a map happens once. `put` may return the new value. A writer that waits for a key at that
///   moment may wait for a minute more (`hazelcast.operation.call.timeout.millis`).
/// - **Death of the caller** unlocks what it had locked; a change that was not written is not made.
/// - **A cut network:** both parts go on, and the entries of one of them win after it. For a lock that holds then, see
///   `docs/beyond-one-host.md`.
/// - **End of this member,** or of the manager here: later calls fail with a
///   [ManagerEndedException][io.sluice.pool.manager.ManagerEndedException], and those of a collection that was removed
///   with a [NoSuchObjectException][io.sluice.shm.error.NoSuchObjectException].
/// - **Not here** of a `Manager` are objects without a name, which nothing would remove; deques, values, arrays and
///   namespaces; registered objects and pools ([ClusterPool] is one); and locks and signals, which Hazelcast licenses.
///   What a method returns does not travel: a task takes values along, or joins by itself.
/// - **Security:** as for [ClusterPool].
public final class ClusterManager implements AutoCloseable {
    /// Of Hazelcast: a setting that was added to a running member counts before those of its configuration. The
    /// capacity of a queue is such a setting.
    private static final String DYNAMIC_FIRST = "hazelcast.data.search.dynamic.config.first.enabled";

    private final Options options;
    private final HazelcastInstance instance;
    private final boolean ownsInstance;
    private final Wire wire;
    private final Access access;
    private final ConcurrentMap<String, Named> names;
    /// For each collection that was opened here and not removed since, by its name in the engine, the flag that tells
    /// its handles of the removal.
    private final ConcurrentMap<String, AtomicBoolean> opened = new ConcurrentHashMap<>();
    private final UUID listener;
    /// Whether it was closed while its instance runs on.
    private volatile boolean closed;

    /// What must agree where a collection is opened. Its text is such as `queue of 100`.
    ///
    /// @param capacity of a queue; 0 for others
    private record Kind(String type, int capacity) {
        static final Kind MAP = new Kind("map", 0);
        static final Kind LIST = new Kind("list", 0);
        static final Kind SET = new Kind("set", 0);

        static Kind queue(int capacity) {
            return new Kind("queue", capacity);
        }

        @Override
        public String toString() {
            return capacity == 0 ? type : type + " of " + capacity;
        }
    }

    /// What a name stands for.
    ///
    /// @param engineName name of the collection in the engine
    private record Named(Kind kind, String engineName) {}

    /// A collection for a handle of it.
    private record Opened(String engineName, Access access) {}

    /// How a member takes part in a manager.
    ///
    /// @param name of the manager, the same in all members; 1 to 64 letters, digits, dashes, underscores and dots
    /// @param allowed further classes of the JDK in values, as in [io.sluice.pool.ProcessPoolBuilder#allow]
    public record Options(String name, List<String> allowed) {
        /// Checks the name.
        ///
        /// @throws IllegalArgumentException if it is no such name
        public Options {
            ClusterOptions.checkName("cluster manager", name);
            allowed = List.copyOf(allowed);
        }

        /// Values as in a `ProcessPool`.
        ///
        /// @param name of the manager
        /// @return the options
        public static Options of(String name) {
            return new Options(name, List.of());
        }

        /// The same with further classes of the JDK in the values that are written and read here.
        ///
        /// @param patterns classes `java.util.PriorityQueue`, or packages `javax.swing.*`
        /// @return new options
        public Options withAllowed(String... patterns) {
            return new Options(name, List.of(patterns));
        }
    }

    private ClusterManager(HazelcastInstance instance, Options options, boolean ownsInstance, String release) {
        this.options = options;
        this.instance = instance;
        this.ownsInstance = ownsInstance;
        this.wire = new Wire(options.allowed(), "ClusterManager.Options.withAllowed");
        this.access = new Access(toString(), instance, wire, () -> closed, () -> false);
        this.names = new ClusterMap<>(access.call(() -> instance.getMap(engineName("names"))), access);
        checkRelease(release);
        this.listener = access.call(() -> instance.addDistributedObjectListener(new DistributedObjectListener() {
            @Override
            public void distributedObjectCreated(DistributedObjectEvent event) {
                // Its name is in the map of names.
            }

            @Override
            public void distributedObjectDestroyed(DistributedObjectEvent event) {
                forget(event.getObjectName());
            }
        }));
    }

    private String engineName(String rest) {
        return "sluice." + options.name() + "." + rest;
    }

    /// Joins a manager: makes a member of the cluster of that name, which [#close()] ends.
    ///
    /// @param name of the manager and of the cluster
    /// @param members addresses of some members, as for [ClusterPool#join(String, String...)]
    /// @return the manager, to be closed by the caller
    /// @throws IllegalStateException if members of another release use the manager, or no member keeps data
    public static ClusterManager join(String name, String... members) {
        return join(ClusterPool.config(name, members), Options.of(name));
    }

    /// Joins a manager: makes a member with this configuration, which [#close()] ends. Hazelcast's telemetry is turned
    /// off in the configuration, unless it says otherwise itself.
    ///
    /// @param config as [ClusterPool#config] makes it, or as Hazelcast reads it from a file. Its settings for
    ///     collections, such as the number of copies, go by the names `sluice.NAME.map.*`, `sluice.NAME.list.*`,
    ///     `sluice.NAME.set.*` and `sluice.NAME.queue.*`, with the name of the manager. A lite member keeps no data
    /// @param options how this member takes part
    /// @return the manager, to be closed by the caller
    /// @throws IllegalStateException if members of another release use the manager, or no member keeps data
    public static ClusterManager join(Config config, Options options) {
        ClusterPool.withoutTelemetry(config);
        if (config.getProperty(DYNAMIC_FIRST) == null) {
            config.setProperty(DYNAMIC_FIRST, "true");
        }
        return join(Hazelcast.newHazelcastInstance(config), options, true, ClusterPool.RELEASE);
    }

    /// Joins a manager with a running member, which stays the caller's, to be ended after the manager. A [ClusterPool]
    /// may use the same one.
    ///
    /// @param instance a member, not a client
    /// @param options how this member takes part
    /// @return the manager, to be closed by the caller
    /// @throws IllegalStateException if members of another release use the manager, or no member keeps data
    public static ClusterManager join(HazelcastInstance instance, Options options) {
        return join(instance, options, false, ClusterPool.RELEASE);
    }

    static ClusterManager join(HazelcastInstance instance, Options options, boolean ownsInstance, String release) {
        boolean joined = false;
        try {
            ClusterManager manager = new ClusterManager(instance, options, ownsInstance, release);
            joined = true;
            return manager;
        } finally {
            if (!joined && ownsInstance) {
                instance.shutdown();
            }
        }
    }

    /// The bytes of values change with the release; text of the engine itself does not.
    private void checkRelease(String release) {
        String there = access.call(() -> instance.<String, String>getMap(engineName("release"))
                .putIfAbsent("release", release));
        if (there != null && !there.equals(release)) {
            throw new IllegalStateException(("%s: its values are of Sluice %s, and this is %s; start all members with"
                    + " one release").formatted(this, there, release));
        }
    }

    // Collections.

    /// A map.
    ///
    /// @param name its name
    /// @param <K> type of the keys
    /// @param <V> type of the values
    /// @return the map, without null keys and values
    /// @throws MismatchException if the name stands for something else
    /// @throws IllegalStateException if Hazelcast's configuration keeps its values as objects, or in a near cache,
    ///     whose old values `compute` would take
    public <K, V> ConcurrentMap<K, V> map(String name) {
        MapConfig config = access.call(() -> instance.getConfig().findMapConfig(engineName(Kind.MAP, name)));
        if (config.getInMemoryFormat() != InMemoryFormat.BINARY || config.isNearCacheEnabled()) {
            throw new IllegalStateException(("%s: the configuration of Hazelcast for the map '%s' has a near cache or"
                    + " another in-memory format; take the cache out, and set the format to BINARY").formatted(
                            this, name));
        }
        Opened map = open(name, Kind.MAP);
        return new ClusterMap<>(access.call(() -> instance.getMap(map.engineName())), map.access());
    }

    /// A list. Its iterator reads the elements as they are at its start, and does not remove; a list iterator reads and
    /// changes them one by one.
    ///
    /// @param name its name
    /// @param <E> type of the elements
    /// @return the list, without null; each of its methods is atomic but for those that change many elements
    /// @throws MismatchException if the name stands for something else
    public <E> List<E> list(String name) {
        Opened list = open(name, Kind.LIST);
        return new ClusterList<>(access.call(() -> instance.getList(list.engineName())), list.access());
    }

    /// A set. Its iterator reads the elements as they are at its start.
    ///
    /// @param name its name
    /// @param <E> type of the elements
    /// @return the set, without null
    /// @throws MismatchException if the name stands for something else
    public <E> Set<E> set(String name) {
        Opened set = open(name, Kind.SET);
        return new ClusterSet<>(access.call(() -> instance.getSet(set.engineName())), set.access());
    }

    /// A queue. Its iterator reads the elements as they are at its start. An element that is taken for a member that
    /// dies before it has it is lost.
    ///
    /// @param name its name
    /// @param capacity how many elements fit, 1 or more
    /// @param <E> type of the elements
    /// @return the queue
    /// @throws MismatchException if the name stands for something else, or a queue of another capacity
    /// @throws IllegalStateException if the members' configurations of Hazelcast set the queue up in different ways
    public <E> BlockingQueue<E> queue(String name, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("%s: the capacity %,d of the queue '%s'; expected 1 or more".formatted(
                    this, capacity, name));
        }
        Kind kind = Kind.queue(capacity);
        Opened queue = open(name, kind);
        return new ClusterQueue<>(access.call(() -> {
            setCapacity(name, kind, queue.engineName());
            return instance.getQueue(queue.engineName());
        }), queue.access());
    }

    /// Sets the capacity of a queue before its first use. The engine never gives a setting up, so a queue has none of
    /// its own: all of one capacity share one, as far as one pattern of the caller's configuration applies to them.
    private void setCapacity(String name, Kind kind, String engineName) {
        Config config = instance.getConfig();
        QueueConfig settings = config.findQueueConfig(engineName(kind, name));
        String all = engineName(kind.type() + ".");
        String pattern = settings.getName().startsWith(all) && settings.getName().endsWith("*")
                ? settings.getName() : all + "*";
        QueueConfig shared = new QueueConfig(settings).setName(pattern + "." + kind.capacity())
                .setMaxSize(kind.capacity());
        if (!config.findQueueConfig(engineName).getName().equals(shared.getName())) {    // no member has opened one yet
            try {
                config.addQueueConfig(shared);
            } catch (InvalidConfigurationException other) {
                throw new IllegalStateException(("%s: members configure the queue '%s' of Hazelcast in different"
                        + " ways").formatted(this, name), other);
            }
            int found = config.findQueueConfig(engineName).getMaxSize();
            if (found != kind.capacity()) {
                throw new IllegalStateException(("%s: a pattern in the configuration of Hazelcast gives the queue"
                        + " '%s' the size %,d, expected %,d; set its property %s to true").formatted(
                                this, name, found, kind.capacity(), DYNAMIC_FIRST));
            }
        }
    }

    /// Gets a name, or checks what it stands for.
    private Opened open(String name, Kind kind) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("%s: expected the name of a %s, found an empty one".formatted(
                    this, kind.type()));
        }
        for (;;) {
            Named mine = new Named(kind, engineName(kind, name) + UUID.randomUUID()
                    + (kind.capacity() == 0 ? "" : "." + kind.capacity()));
            Named there = names.putIfAbsent(name, mine);
            if (there != null && !there.kind().equals(kind)) {
                throw new MismatchException("%s: '%s' is a %s, expected a %s; take another name, or remove it"
                        .formatted(this, name, there.kind(), kind));
            }
            Named named = there == null ? mine : there;
            AtomicBoolean isRemoved = opened.computeIfAbsent(named.engineName(), _ -> new AtomicBoolean());
            if (named.equals(names.get(name))) {         // so its removal is still to come, and sets the flag
                return new Opened(named.engineName(), new Access("%s '%s' of %s".formatted(kind.type(), name, this),
                        instance, wire, () -> closed, isRemoved::get));
            }
            forget(named.engineName());
        }
    }

    /// The name of a collection in the engine, but for its end, which makes it unique. What follows an @ is no part of
    /// a name where Hazelcast looks for its configuration.
    private String engineName(Kind kind, String name) {
        return engineName("%s.%s.".formatted(kind.type(), name.replace('@', '-')));
    }

    /// A collection was removed: its handles refuse all calls, and nothing else knows its name.
    private void forget(Object engineName) {
        AtomicBoolean isRemoved = opened.remove(engineName);
        if (isRemoved != null) {
            isRemoved.set(true);
        }
    }

    /// The number of collections that were opened here and not removed since.
    int openedCount() {
        return opened.size();
    }

    // The manager itself.

    /// Frees a name, and removes its collection with all that is in it, for all members. If this member dies in it, the
    /// collection may be empty and still have its name; then remove it again.
    ///
    /// @param name the name
    /// @return whether it was in use
    public boolean remove(String name) {
        Named gone = names.get(name);
        if (gone == null) {
            return false;
        }
        // The name is last: while the collection is there, every member finds the same one under it.
        destroy(gone);
        boolean isFree = names.remove(name, gone);
        destroy(gone);                       // what was opened, or written by a call under way, in between
        return isFree;
    }

    private void destroy(Named gone) {
        forget(gone.engineName());
        access.run(() -> object(gone).destroy());
    }

    private DistributedObject object(Named named) {
        return switch (named.kind().type()) {
            case "map" -> instance.getMap(named.engineName());
            case "list" -> instance.getList(named.engineName());
            case "set" -> instance.getSet(named.engineName());
            default -> instance.getQueue(named.engineName());
        };
    }

    /// The name of the manager.
    ///
    /// @return the name
    public String name() {
        return options.name();
    }

    /// Leaves the cluster, if the manager has made the member; what this one kept goes to the others first. The
    /// collections stay, unless it was the last member. Another member stays as it is. What was opened here refuses
    /// later calls with a [ManagerEndedException][io.sluice.pool.manager.ManagerEndedException]. A second call does
    /// nothing.
    ///
    /// - **Blocking:** until the data are with the others.
    @Override
    public void close() {
        if (ownsInstance) {
            instance.shutdown();
        } else {
            closed = true;
            if (instance.getLifecycleService().isRunning()) {
                var _ = instance.removeDistributedObjectListener(listener);
            }
        }
    }

    /// For display.
    @Override
    public String toString() {
        return "cluster manager '" + options.name() + "'";
    }
}
