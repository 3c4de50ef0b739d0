package io.sluice.bench.exact;

import io.sluice.bench.exact.ElementOperations.Quote;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;

/// Operations on values and arrays, which are changed in place.
final class ValueOperations {
    private static final int LENGTH = 1024;

    private ValueOperations() {}

    static Runnable number(SharedSpace space, String name) {
        SharedLong number = space.longValue(name, 0);
        return () -> number.getAndAdd(1);
    }

    static Runnable longArray(SharedSpace space, String name) {
        SharedLongArray array = space.longArray(name, LENGTH);
        return () -> array.set(LENGTH - 1, array.get(LENGTH - 1) + 1);
    }

    static Runnable value(SharedSpace space, String name) {
        SharedValue<Quote> value = space.value(name, Codec.ofRecord(Quote.class), ElementOperations.QUOTE);
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(value.valueBytes());
        return () -> value.write(buffer, 0, value.read(buffer, 0));
    }

    static Runnable recordArray(SharedSpace space, String name) {
        SharedRecordArray<Quote> array =
                space.recordArray(name, Codec.ofRecord(Quote.class), LENGTH, ElementOperations.QUOTE);
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(Quote.BYTES);
        return () -> array.write(LENGTH - 1, buffer, 0, array.read(LENGTH - 1, buffer, 0));
    }
}
