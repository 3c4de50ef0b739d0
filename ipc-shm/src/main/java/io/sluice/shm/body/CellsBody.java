package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.ValueCells;
import java.util.List;

/// Values of several words in cells, behind a lock: one cell for a value, many for an array of them.
///
/// @param cells how many
/// @param valueBytes longest encoding of a value
public record CellsBody(long cells, int valueBytes) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("cells", "valueBytes");

    /// Refuses impossible numbers.
    public CellsBody {
        boolean possible = cells >= 0 && valueBytes >= 0;
        try {
            possible = possible && Math.addExact(Guard.BYTES, ValueCells.bytes(cells, valueBytes)) > 0;
        } catch (ArithmeticException tooLarge) {
            possible = false;
        }
        if (!possible) {
            throw new IllegalArgumentException("%,d values of %,d bytes are impossible".formatted(cells, valueBytes));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new CellsBody(numbers[0], Math.toIntExact(numbers[1]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(cells, valueBytes);
    }

    @Override
    public List<?> shown() {
        return List.of(cells, valueBytes);
    }

    @Override
    public long bytes() {
        return Math.addExact(Guard.BYTES, ValueCells.bytes(cells, valueBytes));
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Guard.recover(at, slot, pid, parking);
        ValueCells.recover(at + Guard.BYTES, cells, valueBytes, slot, parking);
    }

    @Override
    public void look(long at, Look into) {
        Guard.look(at, into);
    }
}
