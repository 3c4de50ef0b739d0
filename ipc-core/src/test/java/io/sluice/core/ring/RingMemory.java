package io.sluice.core.ring;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A ring in native memory, and its owners' views. Memory behind the ring is allocated too, so a test that overwrites a
/// length gets a wrong address, and not the end of its process.
final class RingMemory implements AutoCloseable {
    private static final long GUARD_BYTES = 4 << 20;
    private static final long PAGE_BYTES = 4096;

    final RingOptions options;
    final long address;
    final long size;

    private final List<Ring> views = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    RingMemory(RingOptions options) {
        this.options = options;
        this.size = options.bytes();
        this.segment = arena.allocate(size + GUARD_BYTES, PAGE_BYTES);
        this.address = segment.address();
        Ring.format(address, options);
    }

    /// Moves an empty ring to its state after that many slots.
    RingMemory startingAt(long position) {
        Ring ring = view(1);
        Memory.putLong(address + RingLayout.TAIL, position);
        Memory.putLong(address + RingLayout.HEAD, position & Ring.POSITION_MASK);
        for (long i = position; i < position + ring.slots; i++) {
            Memory.putLong(ring.wordAddress(i), ring.key ^ SlotWord.free(ring.turn(i)));
        }
        return this;
    }

    Ring view(int owner) {
        return view(owner, new AwakeParking(), () -> {});
    }

    Ring view(int owner, Parking parking) {
        return view(owner, parking, () -> {});
    }

    /// Keeps a claim reachable: for a claim that stays open when its process dies.
    Claim claim() {
        Claim claim = new Claim();
        claims.add(claim);
        return claim;
    }

    Ring view(int owner, Parking parking, Runnable sweep) {
        Ring view = unkeptView(owner, parking, sweep);
        synchronized (views) {
            views.add(view);
        }
        return view;
    }

    /// A view that only its user keeps reachable, and closes.
    Ring unkeptView(int owner) {
        return unkeptView(owner, new AwakeParking(), () -> {});
    }

    private Ring unkeptView(int owner, Parking parking, Runnable sweep) {
        return new Ring("test", address, size, parking, new Liveness() {
            @Override
            public int self() {
                return owner;
            }

            @Override
            public void sweep() {
                sweep.run();
            }
        });
    }

    void recover(int dead) {
        RingRecovery.recover(address, size, dead, new AwakeParking());
    }

    byte[] snapshot() {
        return segment.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    }

    void restore(byte[] snapshot) {
        MemorySegment.copy(snapshot, 0, segment, ValueLayout.JAVA_BYTE, 0, snapshot.length);
    }

    boolean holds(long from, long length) {
        return from >= address && length >= 0 && from + length <= address + size;
    }

    /// Closes all views first, since a claim that is collected later would be aborted in unmapped memory.
    @Override
    public void close() {
        views.forEach(Ring::close);
        arena.close();
    }
}
