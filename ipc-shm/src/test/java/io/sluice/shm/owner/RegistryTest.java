package io.sluice.shm.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.shm.error.SpaceFullException;
import io.sluice.shm.region.Directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Slots and their owners. Each registry here has a descriptor of its own, and so acts as a process of its own.
class RegistryTest {
    /// Slots that stand in the table of an object whose cleaner does not go on.
    private final BitSet held = new BitSet();
    private int walks;
    private Path path;
    private Directory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        path = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-");
        directory = Directory.open(path);
    }

    @AfterEach
    void removeDirectory() throws IOException {
        for (String name : directory.names()) {
            Files.delete(path.resolve(name));
        }
        directory.removeIfEmpty();
        directory.close();
    }

    private Registry join() {
        return Registry.join(directory, 2, registry -> {
            walks++;
            return held;
        });
    }

    /// The numbers of the drawing, since two versions of us may share a registry.
    @Test
    void theOffsetsAreThoseOfTheDrawing() {
        assertThat(RegistryLayout.BYTES).isEqualTo(256);
        assertThat(RegistryLayout.LIFE).isZero();
        assertThat(RegistryLayout.COMMAND_LENGTH).isEqualTo(12);
        assertThat(RegistryLayout.PID).isEqualTo(16);
        assertThat(RegistryLayout.START).isEqualTo(24);
        assertThat(RegistryLayout.JOINED).isEqualTo(32);
        assertThat(RegistryLayout.COMMAND).isEqualTo(40);
        assertThat(OwnerToken.of(5, 3)).isEqualTo(3 << 10 | 5);
        assertThat(OwnerToken.of(1023, (1 << 20) + 3)).isEqualTo(3 << 10 | 1023);
        assertThat(OwnerToken.slot(3 << 10 | 5)).isEqualTo(5);
    }

    /// Each has a slot, sees the other alive, and a slot that was left is given out in its next life.
    @Test
    void everyProcessHasASlotOfItsOwn() {
        Registry one = join();
        Registry two = join();
        assertThat(one.self()).isEqualTo(1);
        assertThat(two.self()).isEqualTo(2);
        assertThat(one.isAlive(2, two.token())).isTrue();
        assertThat(one.isAlive(1, one.token())).isTrue();
        assertThatThrownBy(this::join)
                .isInstanceOf(SpaceFullException.class)
                .hasMessageContaining("all 2 places belong to live processes");
        assertThat(two.leave(true, () -> true)).as("not alone").isFalse();
        assertThat(one.isAlive(2, two.token())).isFalse();
        Registry again = join();
        assertThat(OwnerToken.slot(again.token())).isEqualTo(2);
        assertThat(again.token()).isNotEqualTo(two.token());
        assertThat(one.isAlive(2, two.token())).as("an earlier life").isFalse();
        assertThat(one.isAlive(2, again.token())).isTrue();
        assertThat(walks).as("a clean leave needs no recovery").isZero();
        assertThat(again.leave(true, () -> true)).isFalse();
        assertThat(one.leave(true, () -> false)).as("what is left may be needed").isFalse();
        assertThat(directory.names()).containsExactlyInAnyOrder(".registry", ".alive");
        assertThat(join().leave(true, () -> true)).isTrue();
        assertThat(directory.names()).isEmpty();
    }

    /// A slot that was not left clean is given out only after its recovery. While that is not possible, the message
    /// names the cause.
    @Test
    void anUncleanSlotIsCleanedFirst() {
        Registry one = join();
        join().leave(false, () -> true);
        assertThat(one.sweep()).isEqualTo(1);
        assertThat(one.sweep()).isZero();
        assertThat(walks).isEqualTo(1);

        join().leave(false, () -> true);
        held.set(2);
        assertThat(one.sweep()).isZero();
        assertThatThrownBy(this::join)
                .isInstanceOf(SpaceFullException.class)
                .hasMessageContaining("of 2 places 1 belong to live processes, the others to dead processes");
        held.clear();
        Registry two = join();
        assertThat(two.self()).isEqualTo(2);
        two.leave(true, () -> true);
        one.leave(true, () -> true);
    }

    /// Live processes are not swept; a closed registry reports every process as alive.
    @Test
    void liveProcessesAreNotRecovered() {
        Registry one = join();
        Registry two = join();
        assertThat(one.sweep()).isZero();
        two.leave(true, () -> true);
        one.leave(true, () -> true);
        assertThat(one.isAlive(2, 12345)).isTrue();
        assertThat(one.sweep()).isZero();
        assertThat(walks).isZero();
    }

    /// A process that is about to take a slot has its byte before the registry names it: an earlier life of the slot is
    /// dead all the same, and others take another slot.
    @Test
    void aJoiningProcessDoesNotPassForAnEarlierLife() {
        Registry one = join();
        Registry two = join();
        int dead = two.token();
        two.leave(false, () -> true);
        assertThat(one.sweep()).isEqualTo(1);
        List<Boolean> seen = new ArrayList<>();
        CrashHook.script(point -> {
            if (point == CrashPoint.JOIN_LOCKED) {
                seen.add(one.isAlive(2, dead));
                assertThatThrownBy(this::join).isInstanceOf(SpaceFullException.class);
            }
        });
        try {
            Registry three = join();
            assertThat(three.self()).isEqualTo(2);
            assertThat(seen).containsExactly(false);
            three.leave(true, () -> true);
        } finally {
            CrashHook.script(null);
        }
        one.leave(true, () -> true);
    }

    /// While the last process removes the space, a joining process has to try again.
    @Test
    void noProcessJoinsASpaceThatIsBeingRemoved() {
        Registry last = join();
        boolean removed = last.leave(true, () -> {
            assertThat(join()).isNull();
            return true;
        });
        assertThat(removed).isTrue();
        Registry fresh = join();
        assertThat(fresh.self()).isEqualTo(1);
        assertThat(fresh.token()).as("of another registry").isNotEqualTo(last.token());
        fresh.leave(true, () -> true);
    }

    /// With either of the two files removed, or replaced by a copy, joining processes are refused while a process is in
    /// the space. A view from outside reports it, and after the last process has left the space can be joined again.
    @ParameterizedTest
    @CsvSource({".alive, false", ".alive, true", ".registry, false", ".registry, true"})
    void aRemovedFileKeepsProcessesFromJoining(String file, boolean copied) throws IOException {
        Registry one = join();
        byte[] bytes = Files.readAllBytes(path.resolve(file));
        Files.delete(path.resolve(file));
        if (copied) {
            Files.write(path.resolve(file), bytes);
            Files.setPosixFilePermissions(path.resolve(file), PosixFilePermissions.fromString("rw-------"));
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(this::join)
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("its file '" + file + "' was removed or replaced while processes are in");
        }
        try (RegistryView view = RegistryView.open(directory)) {
            assertThat(view.replaced()).containsOnlyKeys(file);
        }
        assertThat(Registry.removeIfUnused(directory, () -> true)).isFalse();
        assertThat(one.isAlive(1, one.token())).isTrue();
        one.leave(true, () -> false);
        try (RegistryView view = RegistryView.open(directory)) {
            assertThat(view.replaced()).isEmpty();
        }
        Registry next = join();
        assertThat(next.leave(true, () -> true)).isTrue();
        assertThat(directory.names()).isEmpty();
    }
}
