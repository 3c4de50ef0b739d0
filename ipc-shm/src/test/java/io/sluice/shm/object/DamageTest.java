package io.sluice.shm.object;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.error.SluiceException;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceOptions;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Files that are not valid objects: always a declared exception, never an error or a crash.
class DamageTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    private Path object(Space space) {
        space.open(TestRoot.persistent("q")).close();
        return space.path().resolve("q");
    }

    private static void assertCorrupt(Space space, String why) {
        assertThatThrownBy(() -> space.open(TestRoot.persistent("q")))
                .isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("'q' is not a valid Sluice object: it " + why)
                .hasMessageContaining("remove the file if no process needs it");
    }

    /// Every byte of the header up to its counters, flipped one at a time: refused, and readable again when flipped back.
    @Test
    void anyFlippedByteOfTheHeaderIsNoticed() throws IOException {
        try (Space space = root.open("s");
                RandomAccessFile file = new RandomAccessFile(object(space).toFile(), "rw")) {
            for (int offset = 0; offset < RegionLayout.COUNTERS; offset++) {
                file.seek(offset);
                int value = file.read();
                file.seek(offset);
                file.write(value ^ 0x10);
                assertThatThrownBy(() -> space.attach("q", Kind.QUEUE))
                        .as("byte %d", offset)
                        .isInstanceOfAny(CorruptObjectException.class, MismatchException.class);
                file.seek(offset);
                file.write(value);
            }
            space.attach("q", Kind.QUEUE).close();
        }
    }

    /// Noise in the counters is shown, and disturbs no process.
    @Test
    void noiseInTheCountersIsOnlyShown() throws IOException {
        try (Space space = root.open("s");
                RandomAccessFile file = new RandomAccessFile(object(space).toFile(), "rw")) {
            byte[] noise = new byte[RegionLayout.PARTICIPANTS - RegionLayout.COUNTERS];
            new Random(42).nextBytes(noise);
            file.seek(RegionLayout.COUNTERS);
            file.write(noise);
            space.attach("q", Kind.QUEUE).close();
            assertThat(StateView.of(root.path(), "s", "q", true).objects()).singleElement().satisfies(state -> {
                assertThat(state.info().live()).isZero();
                assertThat(state.counters()).anySatisfy(counter -> {
                    assertThat(counter.name()).isEqualTo("recoveries");
                    assertThat(counter.value()).isNotZero();
                });
            });
        }
    }

    /// A header of another layout version names both versions.
    @Test
    void anotherLayoutVersionIsRefused() throws IOException {
        try (Space space = root.open("s");
                RandomAccessFile file = new RandomAccessFile(object(space).toFile(), "rw")) {
            file.seek(8);
            file.write(99);
            assertThatThrownBy(() -> space.attach("q", Kind.QUEUE))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("'q': layout version 99, this library reads 5");
        }
    }

    /// Shorter, longer, empty, and shorter than a header.
    @Test
    void anotherSizeIsRefused() throws IOException {
        try (Space space = root.open("s");
                RandomAccessFile file = new RandomAccessFile(object(space).toFile(), "rw")) {
            long size = file.length();
            file.setLength(size - 4096);
            assertCorrupt(space, "was created with %,d bytes and has %,d now".formatted(size, size - 4096));
            file.setLength(size + 4096);
            assertCorrupt(space, "was created with %,d bytes and has %,d now".formatted(size, size + 4096));
            file.setLength(100);
            assertCorrupt(space, "has 100 bytes, less than a header");
            file.setLength(0);
            assertCorrupt(space, "has 0 bytes, less than a header");
        }
    }

    /// Text, zeros, noise.
    @Test
    void foreignContentsAreRefused() throws IOException {
        try (Space space = root.open("s")) {
            Path file = space.path().resolve("q");
            byte[] noise = new byte[16384];
            new Random(42).nextBytes(noise);
            for (byte[] contents : new byte[][] {new byte[16384], noise, "text".repeat(4096).getBytes(US_ASCII)}) {
                Files.write(file, contents);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                assertCorrupt(space, "begins with 0x");
            }
            assertThat(space.unlink("q")).isTrue();
            space.open(TestRoot.temporary("q"));
        }
    }

    /// Random bytes in the participants table name no live process; a sweep clears them.
    @Test
    void noiseAmongTheParticipantsIsSwept() throws IOException {
        try (Space space = root.open("s");
                RandomAccessFile file = new RandomAccessFile(object(space).toFile(), "rw")) {
            byte[] noise = new byte[4096];
            new Random(42).nextBytes(noise);
            file.seek(RegionLayout.PARTICIPANTS);
            file.write(noise);
            SharedObject object = space.attach("q", Kind.QUEUE);
            file.seek(RegionLayout.PARTICIPANTS);
            file.writeInt(Integer.reverseBytes(1_000_000));
            object.liveness().sweep();
            assertThat(space.list().getFirst().live()).isEqualTo(1);
            assertThat(space.list().getFirst().dead()).isZero();
        }
    }

    private void spoil(String object) throws IOException {
        byte[] noise = new byte[4096];
        new Random(42).nextBytes(noise);
        try (RandomAccessFile file = new RandomAccessFile(root.space("s").resolve(object).toFile(), "rw")) {
            file.seek(RegionLayout.BODY);
            file.write(noise);
        }
    }

    /// A body of noise cannot be recovered. It is set aside once, with an error that names it and the command that
    /// removes it; it keeps no process from the rest of the space, and costs none of two slots, however many die in it.
    @Test
    void anObjectThatCannotBeRecoveredIsSetAside() throws IOException {
        Child victim = root.child().does("space s 3", "persistent q", "temporary r");
        Space space = root.open("s");
        SharedObject spoiled = space.open(TestRoot.persistent("q"));
        SharedObject healthy = space.open(TestRoot.temporary("r"));
        Child second = root.child().does("space s", "persistent q");
        spoil("q");
        victim.kill();
        healthy.liveness().sweep();
        assertThatThrownBy(() -> spoiled.liveness().sweep())
                .isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("'q' in space 's' was set aside")
                .hasMessageContaining("remove it with 'sluice unlink q --space s'");
        assertThat(space.cleanupFailures()).isEqualTo(1);
        second.kill();
        for (int i = 0; i < 4; i++) {
            Child next = root.child().does("space s", "temporary r");
            assertThat(next.ask("persistent q"))
                    .startsWith("CorruptObjectException")
                    .contains("'q' in space 's' was set aside", "sluice unlink q --space s");
            next.kill();
        }
        assertThat(space.sweep()).isEqualTo(1);
        assertThat(Space.unlink(root.path(), "s", "q")).isTrue();
        space.open(TestRoot.persistent("q")).close();
        assertThatThrownBy(spoiled::close).isInstanceOf(CorruptObjectException.class);
        space.close();
        assertThat(root.files("s")).contains("q");
    }

    /// The same for the process that opens the space next: all its slots are free.
    @Test
    void aDamagedObjectCostsNoSlotOfASpaceThatIsOpenedAgain() throws IOException {
        root.child().does("space s 2", "persistent q").kill();
        spoil("q");
        for (int i = 0; i < 3; i++) {
            root.child().does("space s").kill();
        }
        Child one = root.child().does("space s");
        Child two = root.child().does("space s");
        assertThat(one.ask("persistent q")).contains("was set aside", "sluice unlink q --space s");
        assertThat(root.child().ask("space s")).startsWith("SpaceFullException");
        assertThat(Space.unlink(root.path(), "s", "q")).as("needs no slot").isTrue();
        one.does("persistent q");
        two.kill();
    }

    /// A header with a sound checksum and a body of another size than its parameters demand: refused before anything
    /// beyond it is touched.
    @Test
    void aBodyOfAnotherSizeIsRefused() {
        for (Kind kind : Kind.values()) {
            ObjectSpec tiny = new ObjectSpec("tiny", kind, new long[8], 16, "", false, body -> {});
            Space space = root.open("s");
            for (ThrowingCallable use : List.<ThrowingCallable>of(
                    () -> space.open(tiny), () -> space.open(tiny), () -> space.attach("tiny", kind))) {
                assertThatThrownBy(use).isInstanceOf(CorruptObjectException.class).hasMessageContaining(
                        "'tiny': a %s with the parameters %s does not have a body of 16 bytes"
                                .formatted(kind, Arrays.toString(new long[8])));
            }
            space.close();
            assertThat(Space.unlink(root.path(), "s", "tiny")).isTrue();
        }
        assertThat(root.space("s")).doesNotExist();
    }

    /// A damaged registry is refused with what to do.
    @Test
    void aDamagedRegistryIsRefused() throws IOException {
        Child owner = root.child().does("space s");
        try (RandomAccessFile file = new RandomAccessFile(root.space("s").resolve(".registry").toFile(), "rw")) {
            file.seek(40);
            file.write(1);
        }
        assertThatThrownBy(() -> root.open("s")).isInstanceOf(CorruptObjectException.class);
        owner.kill();
    }

    /// A full file system, one of 1 MB: the numbers and the remedy are in the message, nothing stays behind, and
    /// existing objects work.
    @Test
    void aFullFileSystemIsAnExceptionWithNumbers() throws IOException, InterruptedException {
        Path small = Files.createDirectory(root.path().resolve("small"));
        var mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", small.toString());
        assumeTrue(mount.start().waitFor() == 0, "needs the right to mount");
        try (Arena arena = Arena.ofConfined();
                Space space = Space.open("s", SpaceOptions.under(small).withMaxProcesses(8))) {
            SharedObject fits = space.open(TestRoot.temporary("fits"));
            ObjectSpec large = new ObjectSpec("large", Kind.QUEUE, new long[8], 2_000_000, "", true, body -> {});
            assertThatThrownBy(() -> space.open(large))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("posix_fallocate of '" + small + "/s/large' failed, ENOSPC: no space left")
                    .hasMessageContaining("it needs 2,011,136 bytes, ")
                    .hasMessageContaining(" of 1,048,576 are free")
                    .hasMessageContaining("--shm-size")
                    .hasMessageContaining("remount,size=");
            ObjectSpec huge = new ObjectSpec("huge", Kind.QUEUE, new long[8], Long.MAX_VALUE / 2, "", true, body -> {});
            assertThatThrownBy(() -> space.open(huge)).isInstanceOf(SystemCallException.class);
            long source = arena.allocate(2_000_000).address();
            assertThatThrownBy(() -> fits.sides().write(1, source, 2_000_000)).isInstanceOf(SluiceException.class)
                    .hasMessageContaining("ENOSPC");
            assertThat(space.list()).extracting(ObjectInfo::name).containsExactly("fits");
            fits.sides().write(1, fits.address(), 4096);
        } finally {
            new ProcessBuilder("umount", small.toString()).start().waitFor();
        }
    }
}
