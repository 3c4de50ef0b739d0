package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.error.ClosedException;
import io.sluice.pool.codec.DamagedBytes;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The protocol of a manager, from peers that have the key and do not keep to it: damaged calls, damaged answers, and
/// connections that begin, go on or end as none of a client does. Each gets an answer or its end, and honest clients
/// are served throughout.
@Tag(Campaign.TAG)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ManagerFuzzCampaignTest {
    private static final int BETWEEN_HONEST_CALLS = 50;
    private static final int PERMITS = 1000;
    private static final ConnectionOptions OPTIONS = Manager.USUAL.withSharedMemory(false);
    // Strong references: the level of a logger that was collected is lost.
    private static final List<Logger> LOGGERS = List.of(
            Logger.getLogger("io.sluice.pool.connection"), Logger.getLogger("io.sluice.pool"));

    private final Map<String, Integer> outcomes = new TreeMap<>();
    private Manager manager;

    @BeforeEach
    void serve() throws Exception {
        LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
        manager = Manager.serve(Options.defaults().withAddress(Address.tcp("127.0.0.1", 0)).withConnection(OPTIONS));
    }

    @AfterEach
    void end() {
        LOGGERS.forEach(logger -> logger.setLevel(null));        // for the next class in this JVM
        manager.close();
        System.out.println("... " + outcomes);
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    private void assertServed(Map<String, Integer> kept, int number) {
        kept.put("number", number);
        assertThat(kept).isEqualTo(Map.of("number", number));
    }

    /// Damages a call or an answer, mostly behind the numbers of a call: one with other numbers says little more than
    /// that it is none.
    private static byte[] damaged(byte[] bytes, Random random) {
        return DamagedBytes.of(bytes, random.nextInt(4) > 0 ? Wire.CALL_HEADER_BYTES : 0, random);
    }

    // Calls.

    /// A client by hand: it sends what bytes it likes.
    private static final class Peer implements AutoCloseable {
        private final Wire wire = new Wire(List.of());
        private final Transport transport;
        private final List<byte[]> calls = new ArrayList<>();

        Peer(Manager manager) throws Exception {
            transport = new Transport(manager.address(), manager.key(), OPTIONS);
        }

        /// The bytes of a call of a method that does not wait, and makes nothing outside of the server's heap.
        byte[] call(long object, Class<?> type, String name, Object... arguments) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                    return wire.call(0, object, Contract.number(method), arguments);
                }
            }
            throw new AssertionError(name);
        }

        Remote made(byte[] call) throws Throwable {
            return (Remote) wire.outcome(transport.call(call, null));
        }

        Remote open(Directory.Kind kind, Object argument) throws Throwable {
            byte[] call = call(Directory.ID, Directory.class, "open", kind, null, argument);
            calls.add(call);
            return made(call);
        }

        void elsewhere(Directory.Kind kind, int argument, Class<?> type, Object... namesAndArguments) throws Throwable {
            String name = "fuzz-" + kind.name().replace('_', '-');
            Remote object = made(call(Directory.ID, Directory.class, "elsewhere", kind, name, argument, true));
            add(object, type, namesAndArguments);
        }

        /// @param namesAndArguments of methods, in turn
        void add(Remote object, Class<?> type, Object... namesAndArguments) {
            for (int i = 0; i < namesAndArguments.length; i += 2) {
                calls.add(call(object.id(), type, (String) namesAndArguments[i], (Object[]) namesAndArguments[i + 1]));
            }
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    private static Object[] of(Object... arguments) {
        return arguments;
    }

    private static Peer peer(Manager manager) throws Throwable {
        Peer peer = new Peer(manager);
        long me = Thread.currentThread().threadId();
        Object value = new ArrayList<>(List.of("a", 1L, 2.0, new int[] {1, 2}));
        peer.open(Directory.Kind.VALUE, value);
        Remote map = peer.open(Directory.Kind.MAP, null);
        peer.add(map, MapService.class, "put", of("key", value), "get", of("key"), "clear", of(),
                "putIfAbsent", of(1, map), "entries", of(), "swap", of("key", Stamped.ABSENT, "x"),
                "putAll", of(peer.wire.packAll(List.of("a", 1, "b", 2))));
        Remote list = peer.open(Directory.Kind.LIST, null);
        peer.add(list, ListService.class, "addAll", of(-1, peer.wire.packAll(List.of(1, 2, 3))), "get", of(0),
                "removeRange", of(0, 1), "clear", of(), "read", of(0), "setAt", of(1L, 0, "x"),
                "sort", of((Object) null));
        Remote deque = peer.open(Directory.Kind.DEQUE, 100);
        peer.add(deque, DequeService.class, "clear", of(), "drain", of(10), "elements", of(false), "peek", of(true));
        peer.elsewhere(Directory.Kind.LOCK, 0, LockService.class, "tryLock", of(me), "holds", of(me), "unlock", of(me),
                "owner", of(), "beginRecovery", of(me), "endRecovery", of(me, true), "signal", of(me, 0, 1),
                "waiting", of(3));
        peer.elsewhere(Directory.Kind.SEMAPHORE, 5, SemaphoreService.class, "tryAcquire", of(1), "release", of(1),
                "availablePermits", of(), "reducePermits", of(0));
        peer.elsewhere(Directory.Kind.EVENT, 0, EventService.class, "set", of(), "clear", of(), "sets", of());
        peer.elsewhere(Directory.Kind.BARRIER, 2, BarrierService.class, "abort", of(), "reset", of(), "isBroken", of());
        peer.elsewhere(Directory.Kind.TASK_QUEUE, 16, TaskQueueService.class, "offer", of(value), "poll", of(me),
                "taskDone", of(me), "giveBack", of(me), "deliveries", of(me), "leased", of());
        return peer;
    }

    @Test
    void damagedCallsAndAnswersAreRefused() throws Throwable {
        Campaign campaign = Campaign.begin("sluice.fuzz.calls", 2_000, 150_000);
        Random random = campaign.random();
        Map<String, Integer> kept = manager.map();
        int done = 0;
        while (campaign.goesOn(done)) {
            try (Peer peer = peer(manager)) {
                for (int i = 0; i < 1000; i++, done++) {
                    byte[] call = peer.calls.get(random.nextInt(peer.calls.size()));
                    boolean sound = random.nextInt(10) == 0;
                    byte[] answer = peer.transport.call(sound ? call : damaged(call, random), null);
                    outcome(peer.wire, answer, "answer: ");
                    outcome(peer.wire, damaged(answer, random), "damaged answer: ");
                    if (done % BETWEEN_HONEST_CALLS == 0) {
                        assertServed(kept, done);
                    }
                }
            }
        }
        assertServed(kept, done);
        assertThat(outcomes.get("answer: value")).isGreaterThan(done / 20);
        assertThat(outcomes.get("answer: CodecException")).isGreaterThan(done / 20);
    }

    /// What a client makes of an answer: a value, or an exception and no error of the JVM.
    private void outcome(Wire wire, byte[] answer, String what) {
        try {
            var _ = wire.outcome(answer);
            count(what + "value");
        } catch (Throwable failure) {
            assertThat(failure).isNotInstanceOf(VirtualMachineError.class);
            count(what + failure.getClass().getSimpleName());
        }
    }

    // Connections.

    private static long descriptors() {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void hostileConnectionsEndAndLeaveNothing() throws Throwable {
        Campaign campaign = Campaign.begin("sluice.fuzz.manager.connections", 300, 12_000);
        Random random = campaign.random();
        Map<String, Integer> kept = manager.map();
        SharedSemaphore permits = manager.semaphore("permits", PERMITS);
        attack(4, random);
        until(() -> permits.availablePermits() == PERMITS);
        long before = descriptors();
        int done = 0;
        for (; campaign.goesOn(done); done++) {
            int kind = random.nextInt(10);
            count("attack " + kind);
            try {
                attack(kind, random);
            } catch (IOException | ClosedException ended) {
                count("ended while it sent");
            }
            if (done % BETWEEN_HONEST_CALLS == 0) {
                assertServed(kept, done);
            }
        }
        assertServed(kept, done);
        until(() -> permits.availablePermits() == PERMITS);
        until(() -> descriptors() <= before + 2);        // of idle connections of this client
        permits.close();
    }

    private void attack(int kind, Random random) throws Throwable {
        try (Connection<byte[]> peer = Client.connect(manager.address(), manager.key(), Wire.CODEC, OPTIONS)) {
            byte[] hello = new Note(Note.HELLO, 0, 0).bytes();
            switch (kind) {
                case 0 -> peer.sendBytes(garbage(random, 100));
                case 1 -> peer.sendBytes(new Note(Note.JOIN, random.nextLong(), random.nextLong()).bytes());
                case 2 -> peer.sendBytes(damaged(hello, random));
                case 3 -> {
                    peer.sendBytes(hello);
                    peer.receiveBytes();
                    peer.sendBytes(garbage(random, 40));
                }
                case 4 -> {
                    peer.sendBytes(hello);
                    joined(peer.receiveBytes(), random);
                }
                case 5 -> {
                    peer.sendBytes(hello);
                    peer.receiveBytes();
                    for (int i = 0; i < 20; i++) {
                        peer.sendBytes(new Note((byte) (3 + random.nextInt(3)), random.nextLong(9), random.nextLong())
                                .bytes());
                    }
                }
                case 6 -> peer.send(new byte[random.nextInt(20)]);       // an object, where bytes are expected
                case 7 -> peer.sendBytes(new byte[0]);
                case 8 -> {
                    peer.sendBytes(hello);
                    peer.receiveBytes();
                    peer.sendBytes(hello);
                }
                default -> {
                    // Not a byte.
                }
            }
            if (random.nextBoolean()) {
                awaitEndUnlessServed(peer, kind);
            }
        }
    }

    /// The server ends what is none of a client; a session without a mistake it keeps.
    private static void awaitEndUnlessServed(Connection<byte[]> peer, int kind) throws InterruptedException {
        if (kind < 2 || kind == 3 || (kind > 5 && kind < 9)) {
            try {
                while (true) {
                    var _ = peer.receiveBytes();
                }
            } catch (IOException | RuntimeException end) {
                // As it should.
            }
        }
    }

    /// A second connection of a session: takes permits, and ends in the middle of something.
    private void joined(byte[] welcome, Random random) throws Throwable {
        Wire wire = new Wire(List.of());
        ByteBuffer in = ByteBuffer.wrap(welcome).order(ByteOrder.nativeOrder());
        try (Connection<byte[]> calls = Client.connect(manager.address(), manager.key(), Wire.CODEC, OPTIONS)) {
            calls.sendBytes(new Note(Note.JOIN, in.getLong(16), in.getLong(24)).bytes());
            calls.sendBytes(wire.call(0, Directory.ID, Contract.number(Directory.class.getMethod(
                    "elsewhere", Directory.Kind.class, String.class, int.class, boolean.class)),
                    new Object[] {Directory.Kind.SEMAPHORE, "permits", PERMITS, true}));
            long semaphore = ((Remote) wire.outcome(calls.receiveBytes())).id();
            Method tryAcquire = SemaphoreService.class.getMethod("tryAcquire", int.class);
            calls.sendBytes(wire.call(0, semaphore, Contract.number(tryAcquire), new Object[] {3}));
            if (random.nextBoolean()) {
                assertThat(wire.outcome(calls.receiveBytes())).isEqualTo(true);
                Method acquire = SemaphoreService.class.getMethod("acquire", int.class);
                calls.sendBytes(wire.call(1, semaphore, Contract.number(acquire), new Object[] {PERMITS + 1}));
            }
        }
    }

    /// Bytes that are no note: those have a length of their own, and random ones of it may be one.
    private static byte[] garbage(Random random, int most) {
        int length = random.nextInt(most);
        byte[] garbage = new byte[length == new Note(Note.HELLO, 0, 0).bytes().length ? 0 : length];
        random.nextBytes(garbage);
        return garbage;
    }
}
