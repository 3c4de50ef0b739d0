package io.sluice.shm.pipe;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.Waiter;
import io.sluice.core.memory.ExpandableMemoryBuffer;
import io.sluice.core.memory.Memory;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.RoleState;
import java.util.concurrent.locks.ReentrantLock;

/// The sending half of an end. One thread at a time, by a lock of this process.
final class Sender<E> {

    private final Direction<E> way;
    private final RingProducer producer;
    private final ReentrantLock lock = new ReentrantLock();
    private final ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(1024);
    private final Claim claim = new Claim();

    Sender(Direction<E> way, RingProducer producer) {
        this.way = way;
        this.producer = producer;
    }

    void send(E value) throws BrokenPipeException, InterruptedException {
        lock.lockInterruptibly();
        try {
            send(Message.OBJECT, way.codec().encode(value, bytes, 0));
        } finally {
            lock.unlock();
        }
    }

    void sendBytes(byte[] source, int offset, int length) throws BrokenPipeException, InterruptedException {
        lock.lockInterruptibly();
        try {
            bytes.putBytes(0, source, offset, length);
            send(Message.BYTES, length);
        } finally {
            lock.unlock();
        }
    }

    private void send(int type, int length) throws BrokenPipeException, InterruptedException {
        boolean side = length > way.ring().options().maxMessageBytes();
        int inRing = side ? Integer.BYTES : length;
        way.ring().lookAtDeaths();       // with room nobody waits, and the dead would be sent a whole ring
        refuseIfBroken();
        while (!producer.tryClaim(claim, side ? type | Message.SIDE : type, inRing)) {
            producer.awaitRoom(inRing, this::isBroken, Waiter.FOREVER);
            refuseIfBroken();
        }
        try (claim) {
            if (side) {
                CrashPoint.LARGE_CLAIMED.reached();
                way.writeSide(claim.position(), bytes.address(), length);
                claim.buffer().putInt(0, length);
                CrashPoint.LARGE_WRITTEN.reached();
            } else {
                Memory.copy(bytes.address(), claim.buffer().addressOffset(), length);
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
        if (isBroken()) {
            throw new BrokenPipeException("pipe '%s': the other side has %s; nobody will read what is sent".formatted(
                    way.name(), way.ring().consumerState() == RoleState.HOLDER_DIED ? "died" : "closed its end"));
        }
    }

    void close() {
        producer.close();
    }
}
