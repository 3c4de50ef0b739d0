package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_RDWR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.OfdLocks;
import io.sluice.shm.region.ErrorLog.Entry;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of a space in which errors are kept.
class ErrorLogTest {
    private static final int RECORD_BYTES = 512;

    @TempDir
    Path folder;
    private Directory directory;

    @BeforeEach
    void open() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        directory = Directory.open(folder);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    /// The same text is one entry, with the times of the first and the last report.
    @Test
    void aTextIsKeptOnceAndCounted() {
        assertThat(ErrorLog.read(directory)).isEmpty();
        assertThat(folder).isEmptyDirectory();
        long before = System.currentTimeMillis();
        directory.report(7, "a process died: grün");
        directory.report(0, "another");
        directory.report(8, "a process died: grün");
        assertThat(ErrorLog.read(directory)).hasSize(2)
                .filteredOn(entry -> entry.text().equals("a process died: grün")).singleElement().satisfies(entry -> {
                    assertThat(entry.count()).isEqualTo(2);
                    assertThat(entry.pid()).isEqualTo(8);
                    assertThat(entry.firstMillis()).isBetween(before, entry.lastMillis());
                    assertThat(entry.lastMillis()).isLessThanOrEqualTo(System.currentTimeMillis());
                });
    }

    /// It stays as small as it is: a new text takes the place of one that was last met longest ago.
    @Test
    void itKeepsSixtyFourTexts() throws Exception {
        for (int i = 0; i < 70; i++) {
            directory.report(0, "error " + i);
        }
        assertThat(ErrorLog.read(directory)).hasSize(64).extracting(Entry::text).contains("error 69");
        assertThat(Files.size(folder.resolve(ErrorLog.FILE))).isEqualTo(64 * RECORD_BYTES);
    }

    /// A long text is cut between two characters.
    @Test
    void aLongTextIsCutWhole() {
        directory.report(0, "x" + "ü".repeat(300));
        directory.report(0, "x" + "ü".repeat(400));
        assertThat(ErrorLog.read(directory)).singleElement().satisfies(entry -> {
            assertThat(entry.text()).isEqualTo("x" + "ü".repeat(235));
            assertThat(entry.count()).isEqualTo(2);
        });
    }

    /// What a writer died over is passed over, and its place is used.
    @Test
    void aHalfWrittenRecordIsNoEntry() throws Exception {
        directory.report(0, "first");
        directory.report(0, "second");
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(ErrorLog.FILE).toFile(), "rw")) {
            file.seek(40);
            file.write("X".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(ErrorLog.read(directory)).extracting(Entry::text).containsExactly("second");
        directory.report(0, "third");
        assertThat(ErrorLog.read(directory)).extracting(Entry::text).containsExactlyInAnyOrder("second", "third");
        assertThat(Files.size(folder.resolve(ErrorLog.FILE))).isLessThanOrEqualTo(2 * RECORD_BYTES);
    }

    /// A writer that is stopped with the lock keeps no other process from its work; only the report is lost.
    @Test
    void aReportWaitsForNoStoppedWriter() {
        directory.report(0, "before");
        try (OfdLocks stopped = new OfdLocks(directory.openFile(ErrorLog.FILE, O_RDWR), ErrorLog.FILE)) {
            assertThat(stopped.tryExclusive(0, 1)).isTrue();
            directory.report(0, "meanwhile");
            assertThat(ErrorLog.read(directory)).extracting(Entry::text).containsExactly("before");
        }
        directory.report(0, "after");
        assertThat(ErrorLog.read(directory)).extracting(Entry::text).containsExactlyInAnyOrder("before", "after");
    }

    /// A file of others is neither written nor believed.
    @Test
    void aFileThatIsNotPrivateIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve(ErrorLog.FILE), "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        directory.report(0, "lost");
        assertThat(file).isEmptyFile();
        assertThatThrownBy(() -> ErrorLog.read(directory)).isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("0600");
    }
}
