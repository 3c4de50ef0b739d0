package io.sluice.shm.pipe;

import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.RoleState;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.element.Scratches;
import java.util.concurrent.locks.ReentrantLock;

/// The sending half of an end. A lock of this process admits one thread at a time.
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
            int length = way.codec().encode(value, scratch.bytes, 0);     // without the lock: the codec may send too
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
        checkLength(length);         // before memory is taken
        Scratch scratch = scratches.take();
        try {
            scratch.bytes.putBytes(0, source, offset, length);
            send(scratch, Message.BYTES, length);
        } finally {
            scratches.put(scratch);
        }
    }

    private void send(Scratch scratch, int type, int length) throws BrokenPipeException, InterruptedException {
        checkLength(length);
        lock.lockInterruptibly();
        try {
            sendAlone(scratch, type, length);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            lock.unlock();
        }
    }

    private void checkLength(int length) {
        if (length > way.maxMessageBytes()) {
            throw new IllegalArgumentException(("pipe '%s': message of %,d bytes exceeds the limit of %,d; split it, or"
                    + " raise maxFrameBytes of the options on both sides if it is a connection's").formatted(
                    way.name(), length, way.maxMessageBytes()));
        }
    }

    private void sendAlone(Scratch scratch, int type, int length) throws BrokenPipeException, InterruptedException {
        Claim claim = scratch.claim;
        boolean side = length > way.ring().options().maxMessageBytes();
        int inRing = side ? Integer.BYTES : length;
        if (side) {
            StackRoom.probe();       // a large message needs a deep stack; the abort after it does not
        }
        way.ring().lookAtDeaths();       // with room there is no wait to notice a dead receiver
        refuseIfBroken();
        while (!producer.tryClaim(claim, side ? type | Message.SIDE : type, inRing)) {
            // Sees interrupts, even if damaged memory ends every wait at once.
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
            throw new BrokenPipeException("pipe '%s': the other side has %s; no process will read what is sent"
                    .formatted(way.name(),
                            way.ring().consumerState() == RoleState.HOLDER_DIED ? "died" : "closed its end"));
        }
    }

    /// Excludes all threads until [#letIn].
    ///
    /// @throws IllegalStateException if a thread sends now
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
