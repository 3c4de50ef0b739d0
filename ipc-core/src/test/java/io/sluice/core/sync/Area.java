package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The native memory of one primitive, between two guards that show a write outside.
final class Area implements AutoCloseable {
    private static final long GUARD_BYTES = 4096;
    private static final byte GUARD = 0x5A;

    final long address;
    final long size;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment all;
    private final MemorySegment segment;

    Area(long size) {
        this.size = size;
        this.all = arena.allocate(size + 2 * GUARD_BYTES, 128);
        this.segment = all.asSlice(GUARD_BYTES, size);
        this.address = segment.address();
        all.fill(GUARD);
        segment.fill((byte) 0);
    }

    byte[] snapshot() {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    void restore(byte[] snapshot) {
        MemorySegment.copy(snapshot, 0, segment, ValueLayout.JAVA_BYTE, 0, snapshot.length);
    }

    long getLong(int offset) {
        return Memory.getLong(address + offset);
    }

    void putLong(int offset, long value) {
        Memory.putLong(address + offset, value);
    }

    /// Whether no write went outside.
    boolean isGuardWhole() {
        for (long i = 0; i < GUARD_BYTES; i++) {
            if (all.get(ValueLayout.JAVA_BYTE, i) != GUARD
                    || all.get(ValueLayout.JAVA_BYTE, GUARD_BYTES + size + i) != GUARD) {
                return false;
            }
        }
        return true;
    }

    /// An owner whose sweep does nothing.
    static Liveness owner(int self) {
        return owner(self, () -> {});
    }

    static Liveness owner(int self, Runnable sweep) {
        return owner(self, sweep, 0);
    }

    /// An owner of an object that counts waits.
    static Liveness owner(int self, Runnable sweep, long counters) {
        return new Liveness() {
            @Override
            public int self() {
                return self;
            }

            @Override
            public void sweep() {
                sweep.run();
            }

            @Override
            public long counters() {
                return counters;
            }
        };
    }

    @Override
    public void close() {
        arena.close();
    }
}
