package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import io.sluice.core.sync.Signal;
import java.util.List;

/// An event.
public record EventBody() implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of();

    @Override
    public long[] numbers() {
        return Body.padded();
    }

    @Override
    public List<?> shown() {
        return List.of();
    }

    @Override
    public long bytes() {
        return Signal.bytes();
    }

    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        Signal.recover(at, parking);
    }

    @Override
    public void look(long at, Look into) {
        into.counts("sets", Signal.sets(at));
        into.shows("set", Signal.isSet(at) ? 1 : 0);
    }
}
