package io.sluice.shm.fuzz;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.SluiceException;
import io.sluice.shm.Desk;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Damages files of a space, one place at a time, and uses their objects as a process that does not know of it.
///
/// Each case follows from the seed and its number alone: it damages a file as its process has left it, or under an open
/// handle; uses the object; and puts all files back.
final class HostileBytes {
    /// An untouched object beside the damaged ones, which works whatever happens to those.
    private static final String WITNESS = "witness";
    private static final List<Subject> SUBJECTS = List.of(Subject.values());
    /// Files that belong to no single object.
    private static final String REGISTRY = ".registry";
    private static final String ALIVE = ".alive";
    private static final String SIDE = ".large-";
    private static final byte[] MESSAGE = {1, 2, 3};
    private static final long INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long REPAIR_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// Counts of the outcomes, and the failures.
    record Tally(Map<String, Integer> outcomes, List<AssertionError> failures) implements Serializable {
        private static final int FAILURES_KEPT = 20;

        Tally() {
            this(new TreeMap<>(), new ArrayList<>());
        }

        void count(String outcome) {
            outcomes.merge(outcome, 1, Integer::sum);
        }

        void fail(AssertionError failure) {
            count("FAILED");
            if (failures.size() < FAILURES_KEPT) {
                failures.add(failure);
            }
        }
    }

    private final long seed;
    private final Path directory;
    private final String root;
    private final Map<String, byte[]> originals = new TreeMap<>();
    private final Alarm alarm = new Alarm();
    private SharedSpace space;
    private SharedQueue<byte[]> witness;

    /// Takes over a space in which a process has filled every subject and was killed.
    HostileBytes(Desk desk, String root, long seed) throws IOException {
        this.root = root;
        this.seed = seed;
        this.directory = Path.of(root, Sandbox.SPACE);
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(REGISTRY) && !name.equals(ALIVE) && !name.equals(".errors")) {
                    originals.put(name, Files.readAllBytes(file));
                }
            }
        }
        join();
        desk.close();
        Thread.ofPlatform().daemon().name("alarm").start(alarm::run);
    }

    /// The job of a process: leaves every subject with an operation half done, and waits to be killed.
    static void fillAll(Desk desk, String root) throws Exception {
        for (Subject subject : Subject.values()) {
            Subject.Handle handle = subject.open(desk.space(root));
            handle.fill().run();
            desk.keep(subject.name(), handle);
        }
    }

    private void join() {
        space = SharedSpace.open(Sandbox.SPACE, SpaceOptions.under(Path.of(root)));
        witness = space.queue(WITNESS, io.sluice.core.codec.Codec.bytes(), 4);
    }

    /// The case with a number.
    private final class Case {
        final Random random;
        final Subject subject;
        final String file;
        final boolean attached;
        final Mutation mutation;

        Case(long number) {
            random = new Random(seed * 31 + number);
            random.nextLong();
            subject = SUBJECTS.get(random.nextInt(SUBJECTS.size()));
            attached = random.nextBoolean();
            List<String> files = new ArrayList<>(List.of(subject.file()));
            String id = sideId(originals.get(subject.file()));
            originals.keySet().stream().filter(name -> name.startsWith(SIDE + id)).forEach(files::add);
            int choice = random.nextInt(10);
            if (choice == 0) {
                file = REGISTRY;
            } else {
                file = choice < 4 ? files.get(random.nextInt(files.size())) : subject.file();
            }
            mutation = file.equals(REGISTRY) ? null : mutation();
        }

        /// Whether compiled operations may pass the JVM's error of a lost page to their caller; see
        /// [io.sluice.core.memory.MemoryFault].
        boolean losesMappedPages() {
            return attached && mutation != null && mutation.shortens(originals.get(file).length);
        }

        private Mutation mutation() {
            byte[] original = originals.get(file);
            boolean side = file.startsWith(SIDE);
            if (random.nextInt(side ? 2 : attached ? 50 : 10) == 0) {
                return Mutation.ofLength(random, original.length);
            }
            if (side || random.nextInt(8) == 0) {
                return Mutation.of(random, original, 0, original.length);
            }
            boolean participants = random.nextInt(8) == 0;
            return Mutation.of(random, original,
                    participants ? RegionLayout.PARTICIPANTS : RegionLayout.BODY,
                    participants ? RegionLayout.PARTICIPANTS + 64 : original.length);
        }

        @Override
        public String toString() {
            return "%s of %s, %s, %s".formatted(
                    file, subject, attached ? "attached" : "reattached", mutation);
        }
    }

    private static String sideId(byte[] header) {
        ByteBuffer bytes = ByteBuffer.wrap(header).order(java.nio.ByteOrder.nativeOrder());
        return "%016x%016x".formatted(bytes.getLong(ID), bytes.getLong(ID + Long.BYTES));
    }

    private static final int ID = 40;

    /// Plays one case.
    ///
    /// @param number of the case
    /// @param tally counts how it ended; an end that no user may meet is a failure
    /// @throws AssertionError if the space cannot be used for another case
    void play(long number, Tally tally) throws IOException {
        Case played = new Case(number);
        byte[] registry = played.file.equals(REGISTRY) ? Files.readAllBytes(directory.resolve(REGISTRY)) : null;
        try {
            alarm.set(played.file, registry != null ? registry : originals.get(played.file));
            if (played.file.equals(REGISTRY)) {
                playRegistry(played);
            } else {
                playObject(played);
            }
            tally.count("worked");
        } catch (Throwable thrown) {
            if (isExpected(thrown)) {
                tally.count(thrown.getClass().getSimpleName());
            } else if (thrown instanceof InternalError && played.losesMappedPages()) {
                tally.count("InternalError in the caller");
            } else {
                tally.fail(new AssertionError("case %d, %s".formatted(number, played), thrown));
            }
        } finally {
            alarm.clear();
        }
        try {
            if (registry != null) {
                enterAnew(registry);
            }
            restore(played.file);
            checkWitness();
        } catch (Exception | AssertionError broken) {
            throw new AssertionError("after case %d, %s".formatted(number, played), broken);
        }
    }

    private void playObject(Case played) throws Exception {
        if (played.attached) {
            Subject.Handle handle = played.subject.open(space);
            try (AutoCloseable _ = handle.closes()) {
                damage(played.file, played.mutation);
                use(played, handle);
            }
        } else {
            damage(played.file, played.mutation);
            Subject.Handle handle = played.subject.open(space);
            try (AutoCloseable _ = handle.closes()) {
                use(played, handle);
            }
        }
    }

    private void use(Case played, Subject.Handle handle) throws Exception {
        assertThatIsShown(handle.closes());
        handle.use().run(played.random);
        if (played.random.nextInt(4) == 0) {
            space.list();
        }
        if (played.random.nextInt(4) == 0) {
            space.sweep();
        }
    }

    /// A log shows what is damaged, too.
    private static void assertThatIsShown(Object handle) {
        try {
            String _ = handle.toString();
        } catch (RuntimeException hidden) {
            throw new AssertionError("toString threw", hidden);
        }
    }

    /// The registry, under an open space or between two openings.
    private void playRegistry(Case played) throws Exception {
        byte[] registry = Files.readAllBytes(directory.resolve(REGISTRY));
        Mutation mutation = Mutation.of(
                played.random, registry, 0, Math.min(registry.length, 3 * RegionLayout.PAGE));
        if (!played.attached) {
            space.close();
            damage(REGISTRY, mutation);
            join();
        } else {
            damage(REGISTRY, mutation);
            Subject.Handle handle = played.subject.open(space);
            try (AutoCloseable _ = handle.closes()) {
                use(played, handle);
            }
        }
    }

    /// The registry's entry of this process may be corrupt, so the space is opened anew.
    private void enterAnew(byte[] registry) throws IOException {
        restoreFile(REGISTRY, registry);
        space.close();
        restoreFile(REGISTRY, registry);
        join();
    }

    private void damage(String file, Mutation mutation) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
            mutation.apply(channel);
        }
    }

    /// Puts back what the case, or the use of the object, has changed.
    private void restore(String damaged) throws IOException {
        for (Subject subject : Subject.values()) {
            if (damaged.equals(REGISTRY) || damaged.equals(subject.file()) || damaged.startsWith(SIDE)) {
                restoreFile(subject.file());
            }
        }
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!originals.containsKey(name) && !name.equals(REGISTRY) && !name.equals(ALIVE)
                        && !name.equals(WITNESS)) {
                    Files.delete(file);
                }
            }
        }
        for (String name : originals.keySet()) {
            if (name.startsWith(SIDE) && (name.equals(damaged) || !Files.exists(directory.resolve(name)))) {
                restoreFile(name);
            }
        }
    }

    private void restoreFile(String name) throws IOException {
        restoreFile(name, originals.get(name));
    }

    private void restoreFile(String name, byte[] bytes) throws IOException {
        Path path = directory.resolve(name);
        try (FileChannel file = FileChannel.open(path, java.util.Set.of(
                StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.truncate(bytes.length);
        }
    }

    private void checkWitness() {
        if (!witness.offer(MESSAGE) || !java.util.Arrays.equals(witness.poll(), MESSAGE)) {
            throw new AssertionError("the object beside the damaged one does not work any more");
        }
    }

    /// Exceptions that a user may get: no errors, and no exceptions that only a bug of the library explains.
    private static boolean isExpected(Throwable thrown) {
        return thrown instanceof SluiceException
                || thrown instanceof CodecException
                || thrown.getClass() == IllegalStateException.class
                || (thrown instanceof IllegalStateException
                        && thrown.getClass().getPackageName().startsWith("io.sluice"))
                || thrown instanceof IllegalMonitorStateException
                || thrown instanceof IOException
                || thrown instanceof TimeoutException
                || thrown instanceof BrokenBarrierException
                || thrown instanceof InterruptedException;
    }

    /// Ends the waits of a case, since a wait can be the right answer to damage: a word may say that a living process
    /// holds what is waited for. First it interrupts; then it puts the bytes back, for waits that interrupts do not
    /// end; a case that goes on nevertheless hangs, and ends the process.
    private final class Alarm {
        private Thread target;
        private String file;
        private byte[] bytes;
        private long since;
        private boolean repaired;

        synchronized void set(String damaged, byte[] before) {
            target = Thread.currentThread();
            file = damaged;
            bytes = before;
            since = System.nanoTime();
            repaired = false;
        }

        synchronized void clear() {
            file = null;
            Thread.interrupted();
        }

        private void run() {
            try {
                for (;;) {
                    Thread.sleep(10);
                    look();
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        private synchronized void look() throws IOException {
            long late = file == null ? 0 : System.nanoTime() - since;
            if (late > INTERRUPT_NANOS) {
                target.interrupt();
            }
            if (late > REPAIR_NANOS && !repaired) {
                repaired = true;
                restoreFile(file, bytes);
            }
            if (late > HANG_NANOS) {
                Exception where = new Exception("a case hangs; this process ends");
                where.setStackTrace(target.getStackTrace());
                where.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
        }
    }
}
