package io.sluice.core.ring;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.idle.Waitable;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.Waiter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.MessageHandler;

/// Reads messages from a ring, in place.
///
/// - **Threads:** one at a time. Many consumers are many handles.
/// - **Order:** that of the claims. A message that was given back comes again, before later ones if they are still
///   there.
/// - **Handlers** get a buffer that is theirs only during the call. One that throws leaves its message where it was,
///   and everything before it consumed.
/// - **Death:** a message whose handler had not returned is offered again to the next reader. In a broadcast each
///   consumer's messages are its own, and end with it.
/// - **Ordering:** what the producer did before its commit happens-before the handler.
/// - **Allocation:** none.
public abstract sealed class RingConsumer implements Waitable, AutoCloseable
        permits OneConsumer, ManyConsumer, BroadcastConsumer {
    /// What [#read(MessageHandler, int, long)] returns when no message will come any more.
    public static final int END = -1;

    final Ring ring;
    final MemoryBuffer buffer = new MemoryBuffer();
    private final int mostInOneSlot;
    private final Waiter waiter;
    private final BooleanSupplier somethingToDo;
    long position;
    private int misses;
    private Thread reading;          // written by the thread that reads, and of use to it alone
    private boolean ended;
    private volatile boolean closed;

    RingConsumer(Ring ring, WaitStrategy strategy) {
        this.ring = ring;
        this.mostInOneSlot = ring.payloadBytes(0, 1);
        this.waiter = new Waiter(ring.items, ring.liveness, strategy, Wait.MESSAGE);
        this.somethingToDo = new BooleanSupplier() {     // no lambda: the JVM would generate its class at the start
            @Override
            public boolean getAsBoolean() {
                return hasMessage() || closed || ring.isClosed() || isEnded();
            }
        };
    }

    /// Reads what is there, and does not wait.
    ///
    /// @param handler gets each message
    /// @param limit how many messages at most
    /// @return how many were read
    public final int read(MessageHandler handler, int limit) {
        Thread outer = reading;
        reading = Thread.currentThread();
        try {
            checkOpen();
            int count = readNow(handler, limit);
            return count == 0 ? nothing() : count;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        } finally {
            reading = outer;
            if (closed && outer == null) {
                end();               // a handler has closed this consumer
            }
        }
    }

    /// Reads, and ends behind a message whose handler has closed this consumer.
    abstract int readNow(MessageHandler handler, int limit);

    /// Whether the next slot has something for this consumer. Cheap, called while waiting.
    abstract boolean hasMessage();

    abstract void leave();

    /// From where on a subscriber of a broadcast sees every message: its next one. Of other rings 0, since they keep what
    /// no consumer has taken.
    long cursor() {
        return 0;
    }

    /// Takes the next message for [HeldMessages]; it stays where it is.
    ///
    /// @return its position, or [Ring#NONE]
    abstract long hold();

    /// Ends a message that [#hold] has returned.
    abstract void letGo(long position);

    /// Reads what is there; waits if nothing is.
    ///
    /// @param handler gets each message
    /// @param limit how many messages at most, positive
    /// @param timeoutNanos longest wait for the first one, in nanoseconds; zero or less tries once;
    ///     [Waiter#FOREVER] has no limit
    /// @return how many were read, 0 if none came in time, [#END] if none will come any more
    /// @throws InterruptedException if interrupted before or while waiting; nothing was read
    public int read(MessageHandler handler, int limit, long timeoutNanos) throws InterruptedException {
        Waiter.checkInterrupt();
        int count = read(handler, limit);
        if (count > 0) {
            return count;
        }
        long deadline = timeoutNanos == Waiter.FOREVER ? Waiter.FOREVER : Waiter.deadline(timeoutNanos);
        for (;;) {
            boolean woken = await(deadline);
            count = read(handler, limit);
            if (count > 0) {
                return count;
            }
            if (isEnded()) {
                return END;
            }
            if (!woken || Waiter.isOver(deadline)) {
                return 0;
            }
        }
    }

    /// Reads until nothing is there.
    ///
    /// @param handler gets each message
    /// @return how many were read
    public int drain(MessageHandler handler) {
        int total = 0;
        for (int count = read(handler, Integer.MAX_VALUE); count > 0; count = read(handler, Integer.MAX_VALUE)) {
            total += count;
        }
        return total;
    }

    /// Whether no message will come any more: the ring was shut down, and everything in it was taken.
    ///
    /// @return true from then on
    public boolean isEnded() {
        try {
            return ring.isDrained();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Waits until there may be something to read, or there will never be.
    ///
    /// @param deadline as [Waiter#await] takes it
    /// @return false if the deadline passed first
    /// @throws InterruptedException if interrupted before or while waiting
    public final boolean await(long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        boolean met = waiter.await(somethingToDo, deadline);
        checkOpen();
        return met;
    }

    /// Waits until there may be something to read, or there will never be, or something else has happened.
    ///
    /// @param orElse ends the wait as well
    /// @param deadline as [Waiter#await] takes it
    /// @return false if the deadline passed first
    /// @throws InterruptedException if interrupted before or while waiting
    public final boolean await(BooleanSupplier orElse, long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        boolean met = waiter.await(() -> somethingToDo.getAsBoolean() || orElse.getAsBoolean(), deadline);
        checkOpen();
        return met;
    }

    /// Waits until there may be something to read, or there will never be. Reads nothing.
    ///
    /// @param timeout longest wait; zero or less looks once
    /// @param unit of the time-out
    /// @return whether there may be, or will never be
    /// @throws InterruptedException if interrupted before or while waiting
    @Override
    public final boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return await(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Whether there may be something to read now.
    ///
    /// @return false if [#read(MessageHandler, int)] would read nothing
    public final boolean isReady() {
        try {
            checkOpen();
            return hasMessage();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Gives back what was aborted before the next message, as a read does. After it, [#isReady()] of an only consumer
    /// is true for a message alone. The calling thread is the one that may read.
    public final void stepOver() {
        try {
            checkOpen();
            stepOverNow();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    void stepOverNow() {
        // What aborted records hold up is not this consumer's alone.
    }

    /// How many slots of messages this consumer has lost because it was too slow. Only a broadcast loses any.
    ///
    /// @return the number of slots; with messages of one slot, the number of messages
    public long lost() {
        return 0;
    }

    /// Ring position of the last message passed to a handler: that of its claim.
    ///
    /// @return the position
    public final long position() {
        return position;
    }

    /// Closes this handle, and reserves its role for a consumer that a successor opens with the answer, perhaps in
    /// another process. Until then, or until [Ring#withdraw], the role counts as held by this process.
    ///
    /// @return the reservation; [Ring#NO_RESERVATION] if there may be many consumers, so that a successor needs none
    public final int reserve() {
        try {
            checkOpen();
            int reservation = reserveRole();
            boolean reserved = false;
            try {
                close();
                reserved = true;
            } finally {
                if (!reserved) {
                    ring.unreserve(RingLayout.CONSUMER_ROLE, reservation, ended);
                }
            }
            return reservation;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    int reserveRole() {
        return Ring.NO_RESERVATION;
    }

    /// Leaves the ring; what was not read stays for the others. A second call does nothing.
    ///
    /// A handler may close its own consumer: its message is consumed when it returns, no further one is read, and the
    /// role is left when the read ends. No other thread may be reading meanwhile.
    @Override
    public void close() {
        closed = true;
        // Behind the close of a ring its memory is gone for this process, so there is no later.
        if (!Thread.currentThread().equals(reading) || ring.isClosed()) {
            end();
        }
    }

    private void end() {
        // All that needs memory comes before the first step: without memory, a second close does it.
        Closing closing = new Closing();
        AutoCloseable leave = this::leave;
        AutoCloseable wake = ring.items::signal;
        synchronized (this) {
            if (ended || ring.isLeft()) {
                return;
            }
            ended = true;
        }
        closing.then(leave);
        closing.then(wake);              // a thread of this process that waits through this handle
        ring.closed(this);
        closing.end();
    }

    final void checkOpen() {
        ring.checkOpen();
        if (closed) {
            throw new ClosedException("ring '%s': this consumer was closed".formatted(ring.name));
        }
        Reachability.upToHere(this);
    }

    final boolean isClosed() {
        return closed;
    }

    /// Result of a read that found nothing. A caller that polls checks for dead owners now and then.
    final int nothing() {
        if (++misses % Ring.TRIES_PER_LOOK == 0) {
            ring.lookAtDeaths();
        }
        return 0;
    }

    /// Shows the message at a position to a handler, after a check of what its header says.
    final void handle(MessageHandler handler, long at, long slot, int slots) {
        long header = Memory.getLong(slot + RingLayout.HEADER);   // plain: the word's acquire precedes
        int length = RingLayout.length(header);
        if (Integer.compareUnsigned(length, slots == 1 ? mostInOneSlot : ring.payloadBytes(at, slots)) > 0) {
            throw wrongLength(at, length, slots);
        }
        position = at;
        buffer.wrap(slot + RingLayout.PAYLOAD, length);
        handler.onMessage(RingLayout.type(header), buffer, 0, length);
    }

    final CorruptObjectException wrongLength(long at, int length, int slots) {
        return new CorruptObjectException(("ring '%s': the message at position %,d says that it has %,d bytes, and its"
                + " %d slots hold %,d; something else has written into the memory; unlink and recreate it").formatted(
                ring.name, at, length, slots, ring.payloadBytes(at, slots)));
    }
}
