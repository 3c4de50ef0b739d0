package io.sluice.shm.pipe;

import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.RoleState;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.element.Scratches;
import java.util.concurrent.locks.ReentrantLock;

/// The sending half of an end. One thread at a time, by a lock of this process.
final class Sender<E> implements AutoCloseable {
    private final Direction<E> way;
    private final RingProducer producer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Scratches scratches = new Scratches();

    Sender(Direction<E> way, RingProducer producer) {
        this.way = way;
        this.producer = producer;
    }

    void send(E value) throws BrokenPipeException, InterruptedException {
        Waiter.checkInterrupt();
        Scratch scratch = scratches.take();
        try {
            int length = way.codec().encode(value, scratch.bytes, 0);     // without the lock: it may send itself
            if (length < 0 || length > scratch.bytes.capacity()) {
                throw new CodecException("pipe '%s': the codec says that it has written %,d bytes into a buffer of %,d"
                        .formatted(way.name(), length, scratch.bytes.capacity()));
            }
            send(scratch, Message.OBJECT, length);
        } finally {
            scratches.put(scratch);
        }
    }

    void sendBytes(byte[] source, int offset, int length) throws BrokenPipeException, InterruptedException {
        Scratch scratch = scratches.take();
        try {
            scratch.bytes.putBytes(0, source, offset, length);
            send(scratch, Message.BYTES, length);
        } finally {
            scratches.put(scratch);
        }
    }

    private void send(Scratch scratch, int type, int length) throws BrokenPipeException, InterruptedException {
        lock.lockInterruptibly();
        try {
            sendAlone(scratch, type, length);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            lock.unlock();
        }
    }

    private void sendAlone(Scratch scratch, int type, int length) throws BrokenPipeException, InterruptedException {
        Claim claim = scratch.claim;
        boolean side = length > way.ring().options().maxMessageBytes();
        int inRing = side ? Integer.BYTES : length;
        if (side) {
            StackRoom.probe();       // what a large message needs is deep; the abort after it is not
        }
        way.ring().lookAtDeaths();       // with room no wait would look, and a dead receiver be sent a whole ring
        refuseIfBroken();
        while (!producer.tryClaim(claim, side ? type | Message.SIDE : type, inRing)) {
            // Sees interrupts also where damage of the memory ends the wait at once, each time.
            producer.awaitRoom(inRing, this::isBroken, Waiter.FOREVER);
            refuseIfBroken();
        }
        try (claim) {
            if (side) {
                CrashPoint.LARGE_CLAIMED.reached();
                way.writeSide(claim.position(), scratch.bytes.address(), length);
                claim.buffer().putInt(0, length);
                CrashPoint.LARGE_WRITTEN.reached();
            } else {
                Memory.copy(scratch.bytes.address(), claim.buffer().addressOffset(), length);
            }
            claim.commit();
        }
    }

    private boolean isBroken() {
        return switch (way.ring().consumerState()) {
            case NEVER_HELD, HELD -> false;
            case HOLDER_LEFT, HOLDER_DIED -> true;
        };
    }

    private void refuseIfBroken() throws BrokenPipeException {
        way.checkNotShutDown();
        if (isBroken()) {
            throw new BrokenPipeException("pipe '%s': the other side has %s; nobody will read what is sent".formatted(
                    way.name(), way.ring().consumerState() == RoleState.HOLDER_DIED ? "died" : "closed its end"));
        }
    }

    /// Keeps threads out until [#letIn].
    ///
    /// @throws IllegalStateException if one is inside
    void keepOut() {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            throw new IllegalStateException("pipe '%s': a thread sends through this end; send the end when it is done"
                    .formatted(way.name()));
        }
    }

    void letIn() {
        lock.unlock();
    }

    /// Ends this half, and reserves its role for a successor.
    ///
    /// @return the reservation
    int reserve() {
        return producer.reserve();
    }

    @Override
    public void close() {
        producer.close();
    }
}
