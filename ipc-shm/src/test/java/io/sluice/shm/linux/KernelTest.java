package io.sluice.shm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sluice.core.memory.Memory;
import io.sluice.shm.OwnJvm;
import io.sluice.shm.error.SystemCallException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Files, locks, mappings and processes, each as the kernel documents it.
class KernelTest {
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private int open(String name) {
        int flags = Linux.O_RDWR | Linux.O_CREAT | Linux.O_CLOEXEC;
        int file = FileCalls.open(FileCalls.WORKING_DIRECTORY, directory.resolve(name).toString(), flags, 0_600);
        return (int) Errno.check(file, "openat", name);
    }

    /// The JDK tells the same, from a boot time in whole seconds.
    @Test
    void thisProcessKnowsItsIdAndItsStart() {
        ProcessHandle jdk = ProcessHandle.current();
        assertThat(ThisProcess.pid()).isEqualTo(jdk.pid());
        assertThat(ThisProcess.startMillis())
                .isCloseTo(jdk.info().startInstant().orElseThrow().toEpochMilli(), within(2_000L));
    }

    /// What is written is read; the end of the file ends a read.
    @Test
    void bytesGoThereAndBack() {
        int file = open("f");
        assertThat(FileCalls.write(file, "hello".getBytes(StandardCharsets.UTF_8), 3)).isEqualTo(5);
        byte[] bytes = new byte[100];
        assertThat(FileCalls.read(file, bytes, 0)).isEqualTo(8);
        assertThat(new String(bytes, 3, 5, StandardCharsets.UTF_8)).isEqualTo("hello");
        FileStatus status = FileCalls.status(file);
        assertThat(status.size()).isEqualTo(8);
        assertThat(status.isRegular()).isTrue();
        assertThat(status.permissions()).isEqualTo("0600");
        assertThat(status.owner()).isEqualTo(FileCalls.user());
        assertThat(status.links()).isEqualTo(1);
        FileStatus byName = FileCalls.status(FileCalls.WORKING_DIRECTORY, directory.resolve("f").toString());
        assertThat(byName.isSameFileAs(status)).isTrue();
        assertThat(FileCalls.status(FileCalls.WORKING_DIRECTORY, directory.resolve("g").toString())).isNull();
        FileCalls.close(file);
    }

    /// The inode agrees with what the JDK sees, so that the layout of the struct is the right one.
    @Test
    void theStatusAgreesWithTheJdk() throws IOException {
        int file = open("f");
        assertThat(FileCalls.status(file).inode()).isEqualTo(Files.getAttribute(directory.resolve("f"), "unix:ino"));
        assertThat(FileCalls.space(file).freeBytes()).isPositive();
        assertThat(FileCalls.space(file).totalBytes()).isEqualTo(Files.getFileStore(directory).getTotalSpace());
        FileCalls.close(file);
    }

    /// A file without a name takes a free name, and no other.
    @Test
    void aNamelessFileTakesOnlyAFreeName() throws IOException {
        int parent = FileCalls.open(
                FileCalls.WORKING_DIRECTORY, directory.toString(), Linux.O_DIRECTORY | Linux.O_CLOEXEC, 0);
        int file = FileCalls.open(parent, ".", Linux.O_TMPFILE | Linux.O_RDWR | Linux.O_CLOEXEC, 0_600);
        assertThat(FileCalls.allocate(file, 10_000)).isZero();
        assertThat(directory).isEmptyDirectory();
        Files.createFile(directory.resolve("taken"));
        assertThat(FileCalls.link(file, parent, "taken")).isEqualTo(-Errno.EEXIST);
        assertThat(FileCalls.link(file, parent, "free")).isZero();
        assertThat(Files.size(directory.resolve("free"))).isEqualTo(10_000);
        assertThat(FileCalls.rename(parent, "free", "taken")).isEqualTo(-Errno.EEXIST);
        assertThat(FileCalls.rename(parent, "free", "moved")).isZero();
        assertThat(FileCalls.unlink(parent, "absent")).isEqualTo(-Errno.ENOENT);
        FileCalls.close(file);
        FileCalls.close(parent);
    }

    /// A failure names the call, the object, the error in words and what helps.
    @Test
    void aRefusedCallIsExplained() {
        assertThatThrownBy(() -> Errno.check(-24, "openat", "/dev/shm/x"))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("openat of '/dev/shm/x' failed, EMFILE: too many open files; "
                        + "raise the limit on open files (ulimit -n)");
        assertThatThrownBy(() -> Errno.check(-99, "x", "y")).hasMessage("x of 'y' failed, errno 99");
        assertThatThrownBy(() -> Mapping.of(-1, 4096, "y")).hasMessageContaining("mmap of 'y' failed, EBADF");
    }

    /// Locks exclude other descriptions of the same process, do not exclude their own, and end with the descriptor.
    @Test
    void locksBelongToOneDescription() {
        OfdLocks one = new OfdLocks(open("f"), "f");
        OfdLocks two = new OfdLocks(open("f"), "f");
        assertThat(one.tryExclusive(7, 1)).isTrue();
        assertThat(one.tryExclusive(0, 100)).isTrue();
        one.release(8, 92);
        assertThat(one.isLocked(7)).isFalse();
        assertThat(two.isLocked(7)).isTrue();
        assertThat(two.isLocked(8)).isFalse();
        assertThat(two.tryShared(7, 1)).isFalse();
        assertThat(two.tryShared(50, 1)).isTrue();
        assertThat(one.tryShared(50, 1)).isTrue();
        assertThat(one.tryExclusive(50, 1)).isFalse();
        one.close();
        assertThat(two.isLocked(7)).isFalse();
        assertThat(one.isLocked(7)).as("a closed one cannot know").isTrue();
        assertThat(one.tryExclusive(7, 1)).isFalse();
        two.close();
        two.close();
    }

    /// A sealed mapping shows zeros and keeps what is written from the file.
    @Test
    void aSealedMappingIsPrivateAndZero() {
        int file = open("f");
        assertThat(FileCalls.allocate(file, 8192)).isZero();
        Mapping mapping = Mapping.of(file, 8192, "f");
        Mapping other = Mapping.of(file, 8192, "f");
        FileCalls.close(file);
        Memory.putLong(mapping.address() + 4096, 42);
        assertThat(Memory.getLong(other.address() + 4096)).isEqualTo(42);
        mapping.seal();
        assertThat(Memory.getLong(mapping.address() + 4096)).isZero();
        Memory.putLong(mapping.address() + 4096, 43);
        assertThat(Memory.getLong(other.address() + 4096)).isEqualTo(42);
        other.unmap();
        mapping.unmap();
    }

    /// A mapping larger than an int can count.
    @Test
    void aMappingMayExceedFourGigabytes() throws IOException {
        long bytes = 5L << 30;
        int file = open("f");
        try (var sparse = new java.io.RandomAccessFile(directory.resolve("f").toFile(), "rw")) {
            sparse.setLength(bytes); // not reserved: the test touches two pages
        }
        Mapping mapping = Mapping.of(file, bytes, "f");
        Memory.putLong(mapping.address() + bytes - 8, 42);
        assertThat(Memory.getLong(mapping.address() + bytes - 8)).isEqualTo(42);
        byte[] last = new byte[8];
        assertThat(FileCalls.read(file, last, bytes - 8)).isEqualTo(8);
        assertThat(last).contains(42);
        mapping.unmap();
        FileCalls.close(file);
    }

    /// The end of a process is seen, and not before it.
    @Test
    void theEndOfAProcessIsSeen() throws IOException {
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        try (Pidfd handle = Pidfd.of(sleeper.pid())) {
            assertThat(handle.awaitExit(0)).isFalse();
            sleeper.destroyForcibly();
            assertThat(handle.awaitExit(60_000)).isTrue();
        }
        assertThatThrownBy(() -> Pidfd.of(Integer.MAX_VALUE)).isInstanceOf(SystemCallException.class);
    }

    /// On a machine that we do not know, everything loads and one sentence says why nothing works.
    @Test
    void anotherMachineIsRefusedInOneSentence() throws IOException, InterruptedException {
        String output = OwnJvm.run(OtherMachine.class, List.of("-Dos.arch=riscv64"));
        assertThat(output.lines())
                .contains("Sluice needs Linux on x86-64 or aarch64; this is Linux on riscv64", "called: that too");
    }

    /// Runs in a JVM that takes its machine for another one.
    static final class OtherMachine {
        public static void main(String[] arguments) {
            Futex.INSTANCE.fence();
            Futex.INSTANCE.heavyFence();
            try {
                Linux.require();
            } catch (UnsupportedOperationException refused) {
                System.out.println(refused.getMessage());
            }
            try {
                FileCalls.user();
            } catch (UnsupportedOperationException refused) {
                System.out.println("called: that too");
            }
        }
    }
}
