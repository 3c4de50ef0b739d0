package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.shm.error.NoSuchObjectException;

import java.lang.foreign.Arena;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Messages in files of their own.
class SideFilesTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    /// What is written is read, as an array and into memory; the last one at a position counts.
    @Test
    void aMessageIsReadAsItWasWritten() {
        try (Space space = root.open("s");
                Arena memory = Arena.ofConfined()) {
            SharedObject object = space.open(TestRoot.temporary("q"));
            SharedObject other = space.open(TestRoot.temporary("other"));
            long scratch = memory.allocate(2000).address();
            IntStream.range(0, 1000).forEach(i -> Memory.putByte(scratch + i, (byte) i));
            SideFiles sides = object.sides();
            sides.write(5, scratch, 10);
            sides.write(5, scratch, 1000);
            sides.write(-1, scratch, 1);
            assertThat(sides.read(5, 1000)).hasSize(1000).startsWith(0, 1, 2).endsWith((byte) 999);
            var buffer = new ExpandableMemoryBuffer();
            sides.read(5, 1000, buffer);
            assertThat(buffer.getByte(999)).isEqualTo((byte) 999);
            assertThat(sides.positions()).containsExactlyInAnyOrder(5, -1);
            assertThat(other.sides().positions()).isEmpty();
            assertThatThrownBy(() -> sides.read(5, 999))
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("position 5 has 999 bytes by its slot and 1,000 in its file");
            assertThat(sides.remove(5)).isTrue();
            assertThat(sides.remove(5)).isFalse();
            assertThatThrownBy(() -> sides.read(5, 1000)).isInstanceOf(NoSuchObjectException.class);
            assertThatThrownBy(() -> sides.write(6, scratch, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(root.space("s")).doesNotExist();
    }

    /// They are removed when the object is unlinked, at once or when the last process leaves it.
    @Test
    void largeMessagesGoWithTheirObject() {
        try (Space space = root.open("s")) {
            SharedObject object = space.open(TestRoot.persistent("q"));
            object.sides().write(1, object.address(), 100);
            space.unlink("q");
            assertThat(object.sides().positions()).containsExactly(1);
            object.close();
            assertThat(root.files("s")).containsExactly(".alive", ".registry");

            SharedObject other = space.open(TestRoot.persistent("q"));
            other.sides().write(1, other.address(), 100);
            other.close(); // nothing in the ring refers to position 1
            assertThat(root.files("s")).containsExactly(".alive", ".registry", "q");
        }
    }
}
