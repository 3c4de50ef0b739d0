package io.sluice.shm.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shm.error.SpaceFullException;
import io.sluice.shm.owner.Registry.Life;
import io.sluice.shm.region.Directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Slots and who has them. Each registry here has a descriptor of its own, and so stands for a process.
class RegistryTest {
    private final List<Integer> cleaned = new ArrayList<>();
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
        return Registry.join(directory, 2, (slot, pid) -> cleaned.add(slot));
    }

    /// The numbers of the drawing, since two versions of us may share a registry.
    @Test
    void theOffsetsAreThoseOfTheDrawing() {
        assertThat(RegistryLayout.BYTES).isEqualTo(256);
        assertThat(RegistryLayout.GENERATION).isZero();
        assertThat(RegistryLayout.STATE).isEqualTo(8);
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
        assertThat(one.look(2, two.token())).isEqualTo(Life.ALIVE);
        assertThat(one.look(1, one.token())).isEqualTo(Life.ALIVE);
        assertThatThrownBy(this::join).isInstanceOf(SpaceFullException.class);
        assertThat(two.leave(true, () -> true)).as("not alone").isFalse();
        assertThat(one.look(2, two.token())).isEqualTo(Life.DEAD);
        Registry again = join();
        assertThat(again.token()).isEqualTo(OwnerToken.of(2, 2));
        assertThat(one.look(2, two.token())).isEqualTo(Life.LONG_DEAD);
        assertThat(cleaned).as("who leaves in order needs no cleaning").isEmpty();
        assertThat(again.leave(true, () -> true)).isFalse();
        assertThat(one.leave(true, () -> false)).as("somebody may need what is left").isFalse();
        assertThat(directory.names()).containsExactlyInAnyOrder(".registry", ".alive");
        assertThat(join().leave(true, () -> true)).isTrue();
        assertThat(directory.names()).isEmpty();
    }

    /// A slot that was not left in order is cleaned before anybody gets it, and not given out while that fails.
    @Test
    void anUncleanSlotIsCleanedFirst() {
        Registry one = join();
        join().leave(false, () -> true);
        assertThat(one.sweep()).isEqualTo(1);
        assertThat(one.sweep()).isZero();
        assertThat(cleaned).containsExactly(2);

        join().leave(false, () -> true);
        assertThatThrownBy(() -> Registry.join(directory, 2, (slot, pid) -> false))
                .isInstanceOf(SpaceFullException.class);
        Registry two = join();
        assertThat(cleaned).containsExactly(2, 2);
        assertThat(two.self()).isEqualTo(2);
        two.leave(true, () -> true);
        one.leave(true, () -> true);
    }

    /// Nobody recovers himself or the living; a closed registry takes everybody to be alive.
    @Test
    void theLivingAreNotRecovered() {
        Registry one = join();
        Registry two = join();
        assertThat(one.recover(one.self())).isFalse();
        assertThat(one.recover(two.self())).isFalse();
        assertThat(one.recover(0)).isFalse();
        assertThat(one.recover(1000)).isFalse();
        two.leave(true, () -> true);
        one.leave(true, () -> true);
        assertThat(one.look(2, 12345)).isEqualTo(Life.ALIVE);
        assertThat(one.recover(2)).isFalse();
        assertThat(cleaned).isEmpty();
    }

    /// While the last process removes the space, a newcomer is told to look again.
    @Test
    void nobodyComesIntoASpaceThatIsGoingAway() {
        Registry last = join();
        boolean removed = last.leave(true, () -> {
            assertThat(join()).isNull();
            return true;
        });
        assertThat(removed).isTrue();
        Registry fresh = join();
        assertThat(fresh.token()).isEqualTo(OwnerToken.of(1, 1));
        fresh.leave(true, () -> true);
    }
}
