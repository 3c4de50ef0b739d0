package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of values of several words, in one thread that plays several processes.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ValueCellsTest {
    private static final int DEAD = 2;
    private static final int CELLS = 3;
    private static final int MAX = 20;

    private final Area area = new Area(ValueCells.bytes(CELLS, MAX));
    private final Area local = new Area(64);
    private final ScriptedParking parking = new ScriptedParking();
    private final ValueCells cells = view(1);
    private final ValueCells other = view(DEAD);

    private ValueCells view(int owner) {
        return new ValueCells("test", area.address, MAX, parking, Area.owner(owner), PARK);
    }

    /// A value whose length and bytes all follow from its number.
    private int value(int number) {
        int length = number % (MAX + 1);
        for (int i = 0; i < length; i++) {
            Memory.putByte(local.address + i, (byte) (number + i));
        }
        return length;
    }

    private void write(ValueCells view, long index, int number) {
        view.write(index, local.address, value(number));
    }

    private void assertRead(ValueCells view, long index, int number) {
        int length = view.read(index, local.address);
        assertThat(length).isEqualTo(number % (MAX + 1));
        for (int i = 0; i < length; i++) {
            assertThat(Memory.getByte(local.address + i)).isEqualTo((byte) (number + i));
        }
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        CrashHook.script(null);
        assertThat(area.isGuardWhole()).isTrue();
        local.close();
        area.close();
    }

    /// Whole values of all lengths, each cell on its own, with a version that counts the writes.
    @Test
    void theLastValueIsRead() {
        ValueCells.format(area.address, MAX, 1, local.address, value(7));
        assertThat(cells.read(0, local.address)).isZero();
        assertRead(cells, 1, 7);
        assertThat(cells.version(1)).isZero();
        for (int number = 0; number < 100; number++) {
            write(number % 2 == 0 ? cells : other, number % CELLS, number);
            assertThat(cells.version(number % CELLS)).isEqualTo(1 + number / CELLS);
            assertRead(cells, number % CELLS, number);
            assertThat(cells.writer(number % CELLS)).isZero();
            if (number >= CELLS) {
                assertRead(other, (number - 1) % CELLS, number - 1);
            }
        }
        assertThat(parking.wakes).isZero();
    }

    /// A value is written only over the expected version.
    @Test
    void aTryWritesOverItsExpectedVersion() {
        assertThat(cells.tryWrite(2, 0, local.address, value(5))).isTrue();
        assertThat(cells.tryWrite(2, 0, local.address, value(6))).isFalse();
        assertThat(cells.tryWrite(2, 2, local.address, value(6))).isFalse();
        assertRead(cells, 2, 5);
        assertThat(other.tryWrite(2, 1, local.address, value(6))).isTrue();
        assertRead(cells, 2, 6);
        CrashHook.script(point -> {
            if (point == CrashPoint.VALUE_CLAIMED) {
                assertThat(other.tryWrite(2, 2, local.address, 1)).isFalse();
                assertThat(other.writer(2)).isEqualTo(1);
            }
        });
        write(cells, 2, 7);
        CrashHook.script(null);
        assertRead(cells, 2, 7);
    }

    /// One byte too many is refused, and nothing has changed.
    @Test
    void aValueThatIsTooLongIsRefused() {
        write(cells, 0, 3);
        assertThatThrownBy(() -> cells.write(0, local.address, MAX + 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'test': a value of 21 bytes exceeds the capacity of 20; create it with more");
        assertThatThrownBy(() -> cells.tryWrite(0, 1, local.address, MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertRead(cells, 0, 3);
        assertThat(cells.version(0)).isEqualTo(1);
    }

    /// At each step of a writer, dead or only stopped, readers see the last complete value without a wait; after
    /// recovery others write, at every death of the writer, from every copy.
    @Test
    void aWriterThatDiesLeavesTheLastCompleteValue() {
        List<CrashPoint> steps = List.of(
                CrashPoint.VALUE_CLAIMED, CrashPoint.VALUE_WRITTEN, CrashPoint.VALUE_PUBLISHED);
        for (int before = 0; before < 2 * ValueCells.COPIES; before++) {
            for (int step = 0; step < steps.size(); step++) {
                area.restore(new byte[(int) area.size]);
                for (int i = 1; i <= before; i++) {
                    write(cells, 1, i);
                }
                write(cells, 0, 5);
                write(cells, 2, 6);
                Reaper reaper = new Reaper(step + 1, area);
                assertThat(reaper.kills(() -> write(other, 1, 19))).isTrue();
                assertThat(reaper.at()).isEqualTo(steps.get(step));
                boolean published = reaper.at() == CrashPoint.VALUE_PUBLISHED;
                assertRead(cells, 1, published ? 19 : before);
                assertThat(cells.writer(1)).isEqualTo(published ? 0 : DEAD);
                if (!published) {
                    parking.then(() -> ValueCells.recover(area.address, CELLS, MAX, DEAD, parking));
                }
                write(cells, 1, 11);
                assertThat(parking.isPlayed()).isTrue();
                assertThat(cells.version(1)).isEqualTo(before + (published ? 2 : 1));
                for (int number = 11; number < 20; number++) {
                    assertRead(cells, 1, number);
                    write(cells, 1, number + 1);
                }
                assertRead(cells, 0, 5);
                assertRead(cells, 2, 6);
            }
        }
    }

    /// Recovery of one process takes no claim from another.
    @Test
    void theClaimOfTheLivingStays() {
        assertThat(new Reaper(1, area).kills(() -> write(other, 1, 19))).isTrue();
        ValueCells.recover(area.address, CELLS, MAX, 3, parking);
        assertThat(cells.writer(1)).isEqualTo(DEAD);
        assertThat(cells.tryWrite(1, 0, local.address, 0)).isFalse();
        ValueCells.recover(area.address, CELLS, MAX, DEAD, parking);
        assertThat(cells.writer(1)).isZero();
    }

    /// A waiting writer keeps an interrupt, and gets an exception when its view is closed.
    @Test
    void aWaitingWriterKeepsInterruptsAndIsEndedByClosing() {
        assertThat(new Reaper(1, area).kills(() -> write(other, 1, 19))).isTrue();
        parking.then(() -> Thread.currentThread().interrupt())
                .then(() -> ValueCells.recover(area.address, CELLS, MAX, DEAD, parking));
        write(cells, 1, 12);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(new Reaper(1, area).kills(() -> write(other, 1, 19))).isTrue();
        parking.then(cells::close);
        assertThatThrownBy(() -> write(cells, 1, 13)).isInstanceOf(ClosedException.class)
                .hasMessage("'test': this handle was closed");
        assertThatThrownBy(() -> cells.read(1, local.address)).hasMessage("'test': this handle was closed");
        assertThatThrownBy(() -> cells.version(1)).hasMessage("'test': this handle was closed");
        assertThatThrownBy(() -> cells.writer(1)).hasMessage("'test': this handle was closed");
        assertRead(view(1), 1, 12);
    }
}
