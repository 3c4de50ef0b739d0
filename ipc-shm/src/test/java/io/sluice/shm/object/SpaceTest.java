package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;
import io.sluice.core.ring.Ring;
import io.sluice.shm.body.RingBody;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceInfo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One process in one space: names, openings, endings.
class SpaceTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    /// Names that could be a path, a hidden file or an option are refused, for spaces and for objects.
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", ".hidden", "-option", "_x", "a b", "ä", "a\0b", "a\n"})
    void namesThatCouldMeanSomethingElseAreRefused(String name) {
        assertThatThrownBy(() -> root.open(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a name has 1 to 64 of A-Z a-z 0-9 . _ -");
        try (Space space = root.open("s")) {
            assertThatThrownBy(() -> space.attach(name, Kind.QUEUE)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> space.unlink(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> TestRoot.persistent(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// 64 characters are a name, 65 are not.
    @Test
    void namesHaveALimit() {
        try (Space space = root.open("n".repeat(64))) {
            assertThat(space.name()).hasSize(64);
        }
        assertThatThrownBy(() -> root.open("n".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    /// Directories are 0700, files 0600, and what was written by one opening is there for the next.
    @Test
    void anObjectIsPrivateAndLivesUntilUnlinked() throws IOException {
        try (Space space = root.open("s")) {
            SharedObject object = space.open(TestRoot.persistent("q"));
            Memory.putLong(object.address() + object.size() - 8, 42);
            assertThat(mode(space.path())).isEqualTo("rwx------");
            for (String file : root.files("s")) {
                assertThat(mode(space.path().resolve(file))).as(file).isEqualTo("rw-------");
            }
        }
        try (Space space = root.open("s")) {
            SharedObject object = space.attach("q", Kind.QUEUE);
            assertThat(Memory.getLong(object.address() + object.size() - 8)).isEqualTo(42);
            assertThat(object.elementType()).isEqualTo("test");
            assertThat(((RingBody) object.body()).options().capacity()).isEqualTo(16);
            assertThat(object.size()).isEqualTo(TestRoot.SHAPE.bytes());
            assertThat(object.address() % 4096).isZero();
            assertThat(space.unlink("q")).isTrue();
            assertThat(space.unlink("q")).isFalse();
            assertThat(object.isStillNamed()).isFalse();
            assertThatThrownBy(() -> space.attach("q", Kind.QUEUE))
                    .isInstanceOf(NoSuchObjectException.class)
                    .hasMessageContaining("'q': nothing in space 's' has this name");
        }
        assertThat(root.space("s")).doesNotExist();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /// An unlinked object stays usable for the processes that have it open; the name then means a new object.
    @Test
    void anUnlinkedNameCanBeCreatedAgain() {
        try (Space space = root.open("s")) {
            SharedObject old = space.open(TestRoot.persistent("q"));
            space.unlink("q");
            SharedObject fresh = space.open(TestRoot.persistent("q"));
            assertThat(fresh).isNotSameAs(old);
            assertThat(fresh.objectId()).isNotEqualTo(old.objectId());
            Memory.putLong(old.address() + old.size() - 8, 1);
            assertThat(Memory.getLong(fresh.address() + fresh.size() - 8)).isZero();
            old.close();
            assertThat(fresh.isClosed()).isFalse();
            space.unlink("q");
        }
    }

    /// All handles of a process share one space and one object; the last close counts, and further ones do nothing.
    @Test
    void openingsAreCounted() {
        Space first = root.open("s");
        Space second = root.open("s");
        assertThat(second).isSameAs(first);
        SharedObject one = first.open(TestRoot.temporary("q"));
        SharedObject two = second.open(TestRoot.temporary("q"));
        assertThat(two).isSameAs(one);
        one.close();
        assertThat(one.isClosed()).isFalse();
        two.close();
        two.close();
        assertThat(one.isClosed()).isTrue();
        assertThatThrownBy(one::checkOpen).isInstanceOf(ClosedException.class).hasMessageContaining("'q' was closed");
        first.close();
        assertThat(root.space("s")).exists();
        second.close();
        second.close();
        assertThat(root.space("s")).doesNotExist();
        assertThatThrownBy(() -> first.open(TestRoot.temporary("q")))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("space 's' was closed by this process");
    }

    /// Create alone refuses a name that is taken, attach alone one that is free.
    @Test
    void theCallerMayInsistOnCreatingOrAttaching() {
        try (Space space = root.open("s")) {
            assertThatThrownBy(() -> space.open(TestRoot.temporary("q"), OpenMode.ATTACH))
                    .isInstanceOf(NoSuchObjectException.class);
            space.open(TestRoot.temporary("q"), OpenMode.CREATE);
            space.open(TestRoot.temporary("q"), OpenMode.ATTACH);
            assertThatThrownBy(() -> space.open(TestRoot.temporary("q"), OpenMode.CREATE))
                    .isInstanceOf(ObjectExistsException.class)
                    .hasMessageContaining("'q' exists");
        }
    }

    /// A failing initializer leaves neither a file nor a mapping that counts.
    @Test
    void anObjectWhoseInitializerFailsDoesNotExist() {
        try (Space space = root.open("s")) {
            ObjectSpec spec = new ObjectSpec("q", Kind.QUEUE, new long[8], 4096, "", false, body -> {
                throw new IllegalStateException("no");
            });
            assertThatThrownBy(() -> space.open(spec)).hasMessage("no");
            assertThat(root.files("s")).containsExactly(".alive", ".registry");
        }
    }

    /// The contents of a list, seen from a process in the space and from outside.
    @Test
    void aListTellsWhatIsThere() {
        try (Space space = root.open("s")) {
            space.open(TestRoot.persistent("kept"));
            SharedObject passing = space.open(TestRoot.temporary("passing"));
            passing.sides().write(7, passing.address(), 100);
            assertThat(space.list()).extracting(ObjectInfo::name).containsExactly("kept", "passing");
            ObjectInfo info = space.list().get(1);
            assertThat(info.kind()).isEqualTo(ObjectInfo.Kind.QUEUE);
            assertThat(info.temporary()).isTrue();
            assertThat(info.live()).isEqualTo(1);
            assertThat(info.dead()).isZero();
            assertThat(info.owners()).containsExactly(space.ownerSlot());
            assertThat(info.creatorPid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(info.parameters()).containsEntry("capacity", 16L).containsEntry("slotBytes", 64L);
            assertThat(info.largeMessages()).isEqualTo(1);
            assertThat(info.largeBytes()).isEqualTo(100);
            SpaceInfo outside = SpaceView.of(root.path(), "s");
            assertThat(outside.owners()).hasSize(1);
            assertThat(outside.owners().getFirst().alive()).isTrue();
            assertThat(outside.owners().getFirst().pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(outside.maxProcesses()).isEqualTo(255);
            assertThat(SpaceView.spaces(root.path())).containsExactly("s");
        }
        assertThat(SpaceView.of(root.path(), "s").owners()).isEmpty();
        assertThat(SpaceView.of(root.path(), "s").objects()).extracting(ObjectInfo::live).containsExactly(0);
        assertThatThrownBy(() -> SpaceView.of(root.path(), "absent")).isInstanceOf(NoSuchObjectException.class);
    }

    /// A thread that reads and writes the body in a loop while the object is closed meets zeros, never a crash, and the
    /// file keeps nothing of what it writes afterwards.
    @Test
    void closingDetachesAThreadThatUsesTheObject() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            try (Space space = root.open("s")) {
                SharedObject object = space.open(TestRoot.persistent("q" + round));
                long word = object.address() + object.size() - 8;
                AtomicReference<Throwable> failure = new AtomicReference<>();
                AtomicLong after = new AtomicLong();
                CountDownLatch working = new CountDownLatch(1);
                Thread worker = Thread.ofPlatform().start(() -> {
                    try {
                        for (long i = 1; after.get() < 1000; i++) {
                            Memory.putLongVolatile(word, i);
                            Memory.getLongVolatile(word);
                            Memory.compareAndSetLong(word, i, i);
                            if (i == 1000) {
                                working.countDown();
                            }
                            if (object.isClosed()) {
                                after.incrementAndGet();
                            }
                        }
                    } catch (RuntimeException | Error thrown) {
                        failure.set(thrown);
                    }
                });
                working.await();
                object.close();
                SharedObject again = space.attach(object.name(), Kind.QUEUE);
                long seen = Memory.getLongVolatile(again.address() + again.size() - 8);
                worker.join();
                assertThat(failure.get()).isNull();
                assertThat(Memory.getLongVolatile(again.address() + again.size() - 8)).isEqualTo(seen).isPositive();
                space.unlink(object.name());
            }
        }
    }

    /// Leaving an object gives back what this process held, as for a dead one: the claim of a record does not block.
    @Test
    void leavingGivesBackWhatWasHeld() {
        try (Space space = root.open("s")) {
            SharedObject object = space.open(TestRoot.persistent("q"));
            Ring ring = new Ring("q", object.address(), object.size(), object.parking(), object.liveness());
            assertThat(ring.options()).isEqualTo(TestRoot.SHAPE);
            object.close();
            assertThat(Memory.getLong(object.address())).isZero();
            assertThat(SpaceView.of(root.path(), "s").objects().getFirst().owners()).isEmpty();
        }
    }

    /// Hidden files without an owner, and foreign ones, neither disturb nor are removed.
    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        try (Space space = root.open("s")) {
            Files.writeString(space.path().resolve("notes"), "not ours");
            Files.setPosixFilePermissions(space.path().resolve("notes"), PosixFilePermissions.fromString("rw-------"));
            assertThat(space.list()).isEmpty();
            assertThat(SpaceView.of(root.path(), "s").unreadable()).containsOnlyKeys("notes");
            assertThat(space.sweep()).isZero();
        }
        assertThat(root.files("s")).contains("notes");
    }

    /// Listing a space takes time in proportion to its contents, not to their square: three thousand objects, and as
    /// many large messages.
    @Test
    void aListTakesTimeInProportion() {
        try (Space space = root.open("s")) {
            SharedObject large = space.open(TestRoot.persistent("large"));
            for (int i = 0; i < 3000; i++) {
                large.sides().write(i, large.address(), 1);
                space.open(TestRoot.persistent("q" + i)).close();
            }
            var threads = ManagementFactory.getThreadMXBean();
            List<ObjectInfo> list = space.list();       // loads what it takes
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < 3; i++) {
                list = space.list();
            }
            long nanos = threads.getCurrentThreadCpuTime() - start;
            assertThat(list).hasSize(3001);
            assertThat(list.getFirst().largeMessages()).isEqualTo(3000);
            assertThat(nanos).as("processor time of three lists").isLessThan(1_200_000_000L);
        }
    }
}
