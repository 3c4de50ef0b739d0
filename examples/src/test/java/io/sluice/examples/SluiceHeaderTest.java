package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.files.TestFolders;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.space.SpaceOptions;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `c/sluice.h`: a process in C is an owner like any other. The tests start `peer.c` as the other side; they need a C
/// compiler, and are left out without one.
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class SluiceHeaderTest {
    private static final String SPACE = "c";
    private static final String HOME = "sluice.home";
    private static final long SECONDS = 60;
    private static final int MESSAGES = 100_000;
    private static final int ROUNDS = 10;
    private static final List<String> FLAGS = List.of("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-I", "../c");

    @TempDir
    private static Path programs;

    private final List<Process> running = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path root;
    private String homeBefore;

    /// A program in C that runs.
    private record Peer(Process process, BufferedReader output) {
        String line() {
            try {
                return output.readLine();
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        List<String> linesToTheEnd() throws InterruptedException {
            List<String> lines = output.lines().toList();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
            return lines;
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            awaitDeath();
        }

        void awaitDeath() throws InterruptedException {
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        }
    }

    /// Each compiler that is there accepts all programs, without a warning.
    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        List<String> compilers = Stream.of("gcc", "clang").filter(SluiceHeaderTest::isThere).toList();
        assumeTrue(!compilers.isEmpty(), "no C compiler");
        for (String compiler : compilers) {
            for (String source : List.of("c/put_prices.c", "c/take_prices.c", "src/test/c/peer.c")) {
                compile(compiler, source, Path.of(source).getFileName().toString().replace(".c", ""));
            }
        }
        compile(compilers.getFirst(), "src/test/c/peer.c", "patient", "-DSLU_SLICE_NANOS=INT64_C(3600000000000)");
    }

    private static void compile(String compiler, String source, String program, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(FLAGS);
        command.addAll(List.of(more));
        command.addAll(List.of("-o", programs.resolve(program).toString(), source, "-pthread"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    }

    private static boolean isThere(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    @BeforeEach
    void makeRoot() throws IOException {
        root = TestFolders.makeRoot();
        homeBefore = System.getProperty(HOME);
        System.setProperty(HOME, root.toString());
    }

    @AfterEach
    void endAll() throws IOException {
        for (Process process : running) {
            process.destroyForcibly().onExit().join();
        }
        threads.shutdownNow();
        if (homeBefore == null) {
            System.clearProperty(HOME);
        } else {
            System.setProperty(HOME, homeBefore);
        }
        var _ = TestFolders.remove(root);
    }

    private Peer start(List<String> command, String crash) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("SLUICE_HOME", root.toString());
            builder.environment().put("SLUICE_CRASH", crash);
            Process process = builder.start();
            running.add(process);
            return new Peer(process, process.inputReader());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private Peer program(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(programs.resolve(name).toString()));
        command.addAll(List.of(arguments));
        return start(command, "");
    }

    private Peer peer(String... arguments) {
        return program("peer", arguments);
    }

    private Peer peerThatDiesAt(String point, String... arguments) {
        List<String> command = new ArrayList<>(List.of(programs.resolve("peer").toString()));
        command.addAll(List.of(arguments));
        return start(command, point);
    }

    // An owner of its own.

    @Test
    void aProcessInCIsAnOwnerThatOthersSee() throws Exception {
        try (var space = SharedSpace.open(SPACE); var lock = space.lock("lock")) {
            Peer peer = peer("hold", "lock");
            assertThat(peer.line()).isEqualTo("held");

            var owner = SpaceRoot.usual().info(SPACE).owners().stream()
                    .filter(one -> one.command().equals("peer in C")).findFirst().orElseThrow();
            assertThat(owner.pid()).isEqualTo(peer.process().pid());
            assertThat(owner.alive()).isTrue();
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.tryLock(50, TimeUnit.MILLISECONDS)).isFalse();

            peer.kill();
            assertThat(SpaceRoot.usual().info(SPACE).owners().stream()
                    .filter(one -> one.pid() == peer.process().pid()).noneMatch(one -> one.alive())).isTrue();
        }
    }

    // Locks.

    @ParameterizedTest
    @ValueSource(strings = {"", "LOCK_WORD_SET"})
    void aLockWhoseHolderInCDiesIsPoisonedUntilItIsRepaired(String point) throws Exception {
        try (var space = SharedSpace.open(SPACE); var lock = space.lock("lock")) {
            Peer peer = peerThatDiesAt(point, "hold", "lock");
            if (point.isEmpty()) {
                assertThat(peer.line()).isEqualTo("held");
                peer.kill();
            } else {
                peer.awaitDeath();
            }

            assertThatThrownBy(lock::lock)
                    .isInstanceOf(LockPoisonedException.class)
                    .hasMessageContaining(String.valueOf(peer.process().pid()));
            assertThat(lock.recover(() -> {})).isTrue();
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
        }
    }

    /// Holds of a reentrant lock, a lock that Java has, and a close that leaves holds.
    @Test
    void aLockInCCountsItsHolds() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.reentrantLock("lock");
                var held = space.lock("held")) {
            List<String> lines;
            held.lock();
            try {
                lines = peer("again", "lock", "held").linesToTheEnd();
            } finally {
                held.unlock();
            }

            assertThat(lines).containsExactly("4", "5", "5", "-9");
            assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class);
            assertThat(lock.recover(() -> {})).isTrue();
            assertThat(lock.tryLock()).isTrue();
            assertThat(lock.holdCount()).isEqualTo(1);
            lock.unlock();
        }
    }

    /// Before the unlock's call that wakes: the sleeper looks again, and recovery wakes it.
    @Test
    void aHolderInCThatDiesBehindItsUnlockHoldsNoWaiterUp() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var number = space.longValue("number", 0)) {
            peerThatDiesAt("UNLOCK_WORD_SET", "count", "lock", "number", "10").awaitDeath();

            assertThat(lock.tryLock(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(number.get()).isEqualTo(1);
            lock.unlock();
        }
    }

    @Test
    void aWaiterInCGetsALockThatJavaReleases() throws Exception {
        try (var space = SharedSpace.open(SPACE); var lock = space.lock("lock")) {
            Peer peer;
            lock.lock();
            try {
                peer = peer("lock", "lock");
                assertThat(peer.line()).isEqualTo("waiting");
            } finally {
                lock.unlock();
            }

            assertThat(peer.linesToTheEnd()).containsExactly("deaths 0");
        }
    }

    /// A JVM that holds a lock, and is the producer of a ring, is killed: the processes in C recover both.
    @Test
    void theDeathOfAJvmIsNoticedInC() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var ring = space.ring("ring", RingOptions.oneToOne(64))) {
            Peer jvm = start(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-D" + HOME + "=" + root,
                    "-cp", System.getProperty("java.class.path"), Victim.class.getName()), "");
            assertThat(jvm.line()).isEqualTo("ready");
            Peer waits = peer("lock", "lock");
            assertThat(waits.line()).isEqualTo("waiting");
            jvm.kill();

            assertThat(waits.line()).contains("lock 'lock'", "process " + jvm.process().pid(), "died");
            assertThat(waits.linesToTheEnd()).containsExactly("repairing", "deaths 1");
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();

            peer("put", "ring", "10").linesToTheEnd();        // takes the role of the dead
            assertThat(taken(ring, 10)).isEqualTo(45);
        }
    }

    /// Holds all it can until it is killed.
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws InterruptedException {
            try (var space = SharedSpace.open(SPACE);
                    var lock = space.lock("lock");
                    var ring = space.ring("ring", RingOptions.oneToOne(64));
                    var producer = ring.producer()) {
                lock.lock();
                assertThat(producer.tryClaim(new Claim(), 1, 200)).isTrue();
                System.out.println("ready");
                Thread.currentThread().join();
            }
        }
    }

    /// Two threads of Java and two processes in C add one under a lock, in two steps.
    @Test
    void oneLockServesThreadsAndProcessesInC() throws Exception {
        int each = 20_000;
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var number = space.longValue("number", 0)) {
            Peer first = peer("count", "lock", "number", String.valueOf(each));
            Peer second = peer("count", "lock", "number", String.valueOf(each));
            Callable<Void> adds = () -> {
                for (int i = 0; i < each; i++) {
                    lock.lock();
                    try {
                        number.setPlain(number.getPlain() + 1);
                    } finally {
                        lock.unlock();
                    }
                }
                return null;
            };
            Future<Void> third = threads.submit(adds);
            Future<Void> fourth = threads.submit(adds);
            third.get();
            fourth.get();
            first.linesToTheEnd();
            second.linesToTheEnd();

            assertThat(number.get()).isEqualTo(4L * each);
        }
    }

    // Rings.

    private static RingOptions shape(int capacity, Producers producers, Consumers consumers) {
        return RingOptions.oneToOne(capacity).withRoles(producers, consumers);
    }

    /// What `peer put` sends.
    private static void put(RingProducer producer, long number) throws InterruptedException {
        Claim claim = new Claim();
        try (claim) {
            int length = 8 + (int) (number * 7 % 120);
            producer.claim(claim, (int) number, length);
            claim.buffer().setMemory(0, length, (byte) (number & 127));
            claim.buffer().putLong(0, number);
            claim.commit();
        }
    }

    /// Takes so many messages, and checks each.
    ///
    /// @return the sum of their numbers
    private static long taken(SharedRing ring, int messages) throws InterruptedException {
        long[] sum = {0};
        try (RingConsumer consumer = ring.consumer()) {
            for (int count = 0; count < messages; ) {
                int read = consumer.read(
                        (type, buffer, index, length) -> sum[0] += checked(type, buffer, index, length),
                        messages - count, TimeUnit.SECONDS.toNanos(SECONDS));
                assertThat(read).isPositive();
                count += read;
            }
        }
        return sum[0];
    }

    private static long checked(int type, org.agrona.DirectBuffer buffer, int index, int length) {
        long number = buffer.getLong(index);
        boolean right = type == (int) number && length == 8 + number * 7 % 120;
        for (int i = 8; i < length; i++) {
            right &= buffer.getByte(index + i) == (byte) (number & 127);
        }
        if (!right) {
            throw new AssertionError("message %s of %s bytes with the number %s".formatted(type, length, number));
        }
        return number;
    }

    private static long sumTo(long count) {
        return count * (count - 1) / 2;
    }

    @ParameterizedTest
    @CsvSource({"ONE, ONE, 256", "ONE, MANY, 250", "MANY, ONE, 256", "MANY, MANY, 256"})
    void everyMessageFromCArrivesInJava(Producers producers, Consumers consumers, int capacity) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(capacity, producers, consumers))) {
            int senders = producers == Producers.ONE ? 1 : 2;
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                peers.add(peer("put", "ring", String.valueOf(MESSAGES)));
            }

            assertThat(taken(ring, senders * MESSAGES)).isEqualTo(senders * sumTo(MESSAGES));
            for (Peer peer : peers) {
                peer.linesToTheEnd();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ONE, ONE, 250", "ONE, MANY, 256", "MANY, ONE, 256", "MANY, MANY, 250"})
    void everyMessageFromJavaArrivesInC(Producers producers, Consumers consumers, int capacity) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(capacity, producers, consumers))) {
            int takers = consumers == Consumers.ONE ? 1 : 2;
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < takers; i++) {
                peers.add(peer("take", "ring"));
            }
            try (var producer = ring.producer()) {
                for (long number = 0; number < MESSAGES; number++) {
                    put(producer, number);
                }
            }
            ring.shutdown();

            long count = 0;
            long sum = 0;
            for (Peer peer : peers) {
                String[] words = peer.linesToTheEnd().getLast().replace(",", "").split(" ", -1);
                count += Long.parseLong(words[1]);
                sum += Long.parseLong(words[3]);
            }
            assertThat(count).isEqualTo(MESSAGES);
            assertThat(sum).isEqualTo(sumTo(MESSAGES));
        }
    }

    /// Two processes in C and two threads of Java on each side of a small ring.
    @Test
    void manyOfBothKindsShareARing() throws Exception {
        int each = 50_000;
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(64, Producers.MANY, Consumers.MANY))) {
            Peer taker = peer("take", "ring");
            Peer sender = peer("put", "ring", String.valueOf(each));
            AtomicLong count = new AtomicLong();
            AtomicLong sum = new AtomicLong();
            Future<Void> takes = threads.submit(() -> {
                try (RingConsumer consumer = ring.consumer()) {
                    int read = 0;
                    while (read != RingConsumer.END) {
                        read = consumer.read((type, buffer, index, length) -> {
                            count.incrementAndGet();
                            sum.addAndGet(checked(type, buffer, index, length));
                        }, 16, Long.MAX_VALUE);
                    }
                }
                return null;
            });
            try (var producer = ring.producer()) {
                for (long number = 0; number < each; number++) {
                    put(producer, number);
                }
            }
            sender.linesToTheEnd();
            ring.shutdown();
            takes.get();
            String[] words = taker.linesToTheEnd().getLast().replace(",", "").split(" ", -1);

            assertThat(count.get() + Long.parseLong(words[1])).isEqualTo(2L * each);
            assertThat(sum.get() + Long.parseLong(words[3])).isEqualTo(2 * sumTo(each));
        }
    }

    /// A claim of one slot, or of several, at each step up to the commit: skipped, and the next producer goes on.
    @ParameterizedTest
    @CsvSource({
        "ONE, CLAIM_HELD, 20", "ONE, CLAIM_HELD, 200", "ONE, COMMIT_ANNOUNCED, 20", "ONE, '', 200",
        "MANY, CLAIM_WORD_SET, 20", "MANY, CLAIM_HELD, 200", "MANY, '', 20"})
    void whatAProducerInCHadClaimedIsSkipped(Producers producers, String point, int bytes) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(64, producers, Consumers.ONE))) {
            boolean announced = point.equals("COMMIT_ANNOUNCED");
            Peer peer = announced
                    ? peerThatDiesAt(point, "put", "ring", "1")
                    : peerThatDiesAt(point, "claim", "ring", String.valueOf(bytes));
            if (point.isEmpty()) {
                assertThat(peer.line()).isEqualTo("claimed");
                peer.kill();
            } else {
                peer.awaitDeath();
            }
            try (var producer = ring.producer()) {          // takes the role of the dead
                put(producer, 5);
            }

            assertThat(taken(ring, 1)).isEqualTo(5);
        }
    }

    @Test
    void whatAProducerInCHadCommittedArrives() throws Exception {
        try (var space = SharedSpace.open(SPACE); var ring = space.ring("ring", RingOptions.oneToOne(64))) {
            peerThatDiesAt("COMMIT_WORD_SET", "put", "ring", "1").awaitDeath();

            assertThat(taken(ring, 1)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"ONE, ''", "MANY, ''", "MANY, TAKE_WORD_SET", "ONE, TAKE_HELD"})
    void aMessageWhoseConsumerInCDiesComesAgain(Consumers consumers, String point) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(64, Producers.ONE, consumers));
                var producer = ring.producer()) {
            put(producer, 16);
            put(producer, 17);
            Peer peer = peerThatDiesAt(point, "look", "ring");
            if (point.isEmpty()) {
                assertThat(peer.line()).isEqualTo("shown");
                peer.kill();
            } else {
                peer.awaitDeath();
            }

            assertThat(taken(ring, 2)).isEqualTo(33);
        }
    }

    /// A release of several slots in the middle: the cleaner ends it, and the message does not come again.
    @Test
    void aReleaseInCIsFinishedAfterItsDeath() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", RingOptions.oneToOne(64));
                var producer = ring.producer()) {
            put(producer, 16);                              // three slots
            put(producer, 17);
            peerThatDiesAt("RELEASE_DONE_SET", "take", "ring").awaitDeath();

            assertThat(taken(ring, 1)).isEqualTo(17);
        }
    }

    /// A consumer in C that has announced its sleep and dies takes no wake-up along.
    @Test
    void aSleeperInCThatDiesHoldsNothingUp() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(64, Producers.ONE, Consumers.MANY))) {
            assertThat(counted("ring", "message waits")).isZero();
            peerThatDiesAt("WAIT_ANNOUNCED", "take", "ring").awaitDeath();
            assertThat(counted("ring", "message waits")).isEqualTo(1);       // what it has counted outlives it
            Future<Long> taken = threads.submit(() -> taken(ring, 1));
            try (var producer = ring.producer()) {
                put(producer, 3);
                assertThat(taken.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
            }
        }
    }

    /// What slow paths of JVMs and of programs in C have counted in an object.
    private long counted(String object, String counter) {
        return new SpaceRoot(root).details(SPACE, object).objects().getFirst().counters().stream()
                .filter(each -> each.name().equals(counter)).findFirst().orElseThrow().value();
    }

    /// A peer whose sleeps last an hour, so that it goes on only if a wake-up comes.
    private Peer asleep(String... arguments) throws IOException {
        Peer peer = program("patient", arguments);
        if (!arguments[0].equals("put")) {
            assertThat(peer.line()).isEqualTo("waiting");
        }
        String state = "";
        while (!state.equals("S")) {                        // the only sleep that is left is that of the futex
            String stat = Files.readString(Path.of("/proc", String.valueOf(peer.process().pid()), "stat"));
            state = stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
        }
        return peer;
    }

    @Test
    void javaWakesSleepersInC() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var ring = space.ring("ring", RingOptions.oneToOne(64));
                var full = space.ring("full", RingOptions.oneToOne(64));
                var producer = ring.producer()) {
            Peer waiter;
            lock.lock();
            try {
                waiter = asleep("lock", "lock");
            } finally {
                lock.unlock();
            }
            assertThat(waiter.linesToTheEnd()).containsExactly("deaths 0");

            Peer taker = asleep("take", "ring");
            put(producer, 5);
            ring.shutdown();
            assertThat(taker.linesToTheEnd()).containsExactly("took 1, sum 5");

            Peer putter = asleep("put", "full", "1000");
            assertThat(taken(full, 1000)).isEqualTo(sumTo(1000));
            putter.linesToTheEnd();
        }
    }

    /// A producer in C is killed after any number of messages, in the middle of what it does then, again and again.
    @ParameterizedTest
    @EnumSource(Producers.class)
    void producersInCAreKilledAtRandom(Producers producers) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (var space = SharedSpace.open(SPACE);
                var ring = space.ring("ring", shape(64, producers, Consumers.ONE));
                var consumer = ring.consumer()) {
            for (int round = 0; round < ROUNDS; round++) {
                Peer peer = peer("put", "ring", String.valueOf(Integer.MAX_VALUE));
                long[] last = {-1};
                long most = random.nextLong(5000);
                while (last[0] < most) {
                    consumer.read((type, buffer, index, length) -> {
                        long number = checked(type, buffer, index, length);
                        assertThat(number).as("seed %s", seed).isEqualTo(last[0] + 1);
                        last[0] = number;
                    }, 16, TimeUnit.SECONDS.toNanos(SECONDS));
                }
                peer.kill();
                consumer.drain((type, buffer, index, length) -> {
                    assertThat(checked(type, buffer, index, length)).as("seed %s", seed).isEqualTo(++last[0]);
                });
            }
            try (var producer = ring.producer()) {
                put(producer, 7);
            }
            long[] left = {0};
            while (left[0] != 7) {
                int read = consumer.read((type, buffer, index, length) ->
                        left[0] = checked(type, buffer, index, length), 1, TimeUnit.SECONDS.toNanos(SECONDS));
                assertThat(read).as("seed %s", seed).isPositive();
            }
        }
    }

    /// A process in C that counts under a lock is killed after any number of counts, again and again: the lock is free,
    /// or poisoned and repaired; a thread of Java and the next process go on.
    @Test
    void holdersInCAreKilledAtRandom() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var number = space.longValue("number", 0)) {
            for (int round = 0; round < ROUNDS; round++) {
                Peer peer = peer("count", "lock", "number", String.valueOf(Integer.MAX_VALUE));
                long until = number.get() + random.nextLong(20_000);
                while (number.get() < until) {
                    lock.lock();
                    try {
                        number.setPlain(number.getPlain() + 1);
                    } finally {
                        lock.unlock();
                    }
                }
                peer.kill();
                space.sweep();
                if (lock.isPoisoned()) {
                    assertThat(lock.recover(() -> {})).as("seed %s", seed).isTrue();
                }
                long before = number.get();
                peer("count", "lock", "number", "10").linesToTheEnd();
                assertThat(number.get()).as("seed %s", seed).isEqualTo(before + 10);
            }
        }
    }

    @Test
    void aWaitInCEndsWithItsTime() throws Exception {
        try (var space = SharedSpace.open(SPACE); var ring = space.ring("ring", RingOptions.oneToOne(64))) {
            assertThat(ring.isShutdown()).isFalse();
            assertThat(peer("patience", "ring").linesToTheEnd()).containsExactly("2", "5");
            assertThat(counted("ring", "message blocked ns") + counted("ring", "room blocked ns")).isPositive();
        }
    }

    // Values.

    /// So long that a reader is often stopped within a copy: there are more processes than cores of a small machine.
    @Test
    void aValueThatJavaAndCWriteIsNeverTorn() throws Exception {
        int most = 1 << 14;
        try (var space = SharedSpace.open(SPACE);
                var value = space.value("value", Codec.bytes(), most, new byte[] {1})) {
            Peer peer = peer("value", "value", "30000");
            Peer other = peer("value", "value", "30000");
            byte[] next = new byte[most];
            for (byte fill = 0; peer.process().isAlive() || other.process().isAlive(); fill++) {
                byte[] bytes = value.get();
                byte first = bytes[0];
                for (byte one : bytes) {
                    if (one != first) {
                        throw new AssertionError("torn: %s bytes, of which one is %s".formatted(bytes.length, one));
                    }
                }
                Arrays.fill(next, fill);
                value.set(next);
            }
            peer.linesToTheEnd();
            other.linesToTheEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VALUE_CLAIMED", "VALUE_WRITTEN"})
    void aWriterInCThatDiesLeavesTheValueAsItWas(String point) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var value = space.value("value", Codec.bytes(), 300, new byte[] {1, 1})) {
            peerThatDiesAt(point, "value", "value", "1").awaitDeath();

            assertThat(value.get()).containsExactly(1, 1);
            value.set(new byte[] {2});
            assertThat(value.get()).containsExactly(2);
        }
    }

    // Joining, and what is refused.

    @ParameterizedTest
    @ValueSource(strings = {"JOIN_LOCKED", "JOIN_LIVE", "ATTACH_JOINED", "LEAVE_BEFORE_FREE"})
    void aProcessInCThatDiesOnItsWayInOrOutLeavesNothing(String point) throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var number = space.longValue("number", 0)) {
            peerThatDiesAt(point, "count", "lock", "number", "1").awaitDeath();

            assertThat(lock.tryLock(SECONDS, TimeUnit.SECONDS)).isTrue();
            lock.unlock();
            space.sweep();
            assertThat(SpaceRoot.usual().info(SPACE).owners()).hasSize(1);
            long before = number.get();
            peer("count", "lock", "number", "1").linesToTheEnd();
            assertThat(number.get()).isEqualTo(before + 1);
            assertThat(SpaceRoot.usual().info(SPACE).owners()).hasSize(1);
        }
    }

    /// Programs in C that come and go, with no JVM that cleans up: the slots of the dead come back.
    @Test
    void aProcessInCGivesSlotsOfDeadOnesBack() throws Exception {
        SpaceOptions three = SpaceOptions.defaults().withMaxProcesses(3);
        try (var space = SharedSpace.open(SPACE, three); var lock = space.lock("lock")) {
            peerThatDiesAt("LOCK_WORD_SET", "hold", "lock").awaitDeath();
            peerThatDiesAt("ATTACH_JOINED", "hold", "lock").awaitDeath();
            Peer third = peer("lock", "lock");

            assertThat(third.line()).isEqualTo("waiting");
            assertThat(third.line()).contains("died while it held");
            assertThat(third.linesToTheEnd()).containsExactly("repairing", "deaths 1");
            assertThat(lock.isLocked()).isFalse();
            Peer holder = peer("hold", "lock");
            assertThat(holder.line()).isEqualTo("held");
            assertThat(peer("lock", "lock").line()).isEqualTo("waiting");
            assertThat(peer("lock", "lock").line()).startsWith("failed -5: space ").contains("all 3 places are taken");
        }
    }

    @Test
    void refusalsNameTheObjectWhatWasExpectedAndWhatWasFound() throws Exception {
        try (var space = SharedSpace.open(SPACE);
                var lock = space.lock("lock");
                var number = space.intValue("int", 0);
                var value = space.value("value", Codec.bytes(), 8, new byte[0]);
                var broadcast = space.ring("broadcast", RingOptions.broadcast(64));
                var ring = space.ring("ring", RingOptions.oneToOne(64))) {
            assertThat(List.of(lock.name(), number.name(), value.name(), broadcast.name(), ring.name()))
                    .doesNotContainNull();
            List<String> lines = peer("refusals", "-").linesToTheEnd();

            assertThat(lines).hasSize(13);
            assertThat(lines.get(0)).startsWith("-1 'nothing': nothing in ").contains("a number is expected");
            assertThat(lines.get(1)).startsWith("-2 'lock' is a lock, expected a number");
            assertThat(lines.get(2)).startsWith("-2 'int' is a number of type 'int', expected 'long'");
            assertThat(lines.get(3)).startsWith("-10 object '../x': a name has 1 to 64 of");
            assertThat(lines.get(4)).isEqualTo("-2 'value' is a value of type 'byte[]', expected 'java.lang.String'");
            assertThat(lines.get(5)).startsWith("-11 ring 'broadcast' is a broadcast, expected one or many consumers");
            assertThat(lines.get(6)).startsWith("-6 ring 'ring' has one consumer, and owner ")
                    .contains("(this process)");
            assertThat(lines.get(7)).startsWith("-9 lock 'lock': release by thread 1 of owner ");
            assertThat(lines.get(8)).startsWith("-10 lock 'lock': this thread has it already");
            assertThat(lines.get(9)).startsWith("-10 ring 'ring': a message of 100000 bytes, at most 1008 expected");
            assertThat(lines.get(10)).startsWith("-10 ring 'ring': nothing is claimed");
            assertThat(lines.get(11)).startsWith("-7 ring 'ring' was shut down");
            assertThat(lines.get(12)).startsWith("-1 ").contains("no-such-space': no such directory");
        }
    }

    /// A file that is open to others, or whose header was changed, is refused.
    @Test
    void aFileThatIsNotPrivateOrNotWholeIsRefused() throws Exception {
        try (var space = SharedSpace.open(SPACE); var lock = space.lock("lock")) {
            Path file = root.resolve(SPACE).resolve(lock.name());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(peer("hold", "lock").line()).startsWith("failed -4: 'lock' has mode 0644, 0600 is needed");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        Path damaged = root.resolve(SPACE).resolve("damaged");
        byte[] bytes = Files.readAllBytes(root.resolve(SPACE).resolve("lock"));
        bytes[200]++;
        Files.write(damaged, bytes);
        Files.setPosixFilePermissions(damaged, PosixFilePermissions.fromString("rw-------"));
        try (var space = SharedSpace.open(SPACE)) {
            assertThat(space.name()).isEqualTo(SPACE);
            assertThat(peer("hold", "damaged").line()).startsWith("failed -3: 'damaged': checksum");
        }
    }

    // The examples.

    private String outputOf(Callable<Void> task) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            threads.submit(task).get();
        } finally {
            System.setOut(before);
        }
        return output.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void pricesFromC() throws Exception {
        Peer peer = program("put_prices", "10000");
        assertThat(outputOf(() -> {
            PricesWithC.main(new String[] {"take"});
            return null;
        })).isEqualTo("Java took 10000 prices, mean 72.75");
        assertThat(peer.linesToTheEnd()).containsExactly("C put 10000 prices");
    }

    @Test
    void pricesToC() throws Exception {
        Peer peer = program("take_prices");
        assertThat(outputOf(() -> {
            PricesWithC.main(new String[] {"put", "10000"});
            return null;
        })).isEqualTo(String.format(Locale.ROOT, "Java put %d prices", 10_000));
        assertThat(peer.linesToTheEnd()).containsExactly("C took 10000 prices, mean 72.75");
    }
}
