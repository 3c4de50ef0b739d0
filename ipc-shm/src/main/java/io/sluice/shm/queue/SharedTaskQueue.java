package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.idle.Waiter;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/// A queue whose consumers say when they are done with an element, and whose producers can wait for that: Python's
/// `JoinableQueue`, with leases.
///
/// [#take()] leases an element to the thread that takes it. [#taskDone()] acknowledges the one that the thread has had
/// longest, or, from a thread that has none, the one that any thread of the handle has had longest. What a process had
/// leased and not acknowledged when it died or closed its handle is offered again; so each element is worked on at
/// least once. A leased element keeps its place in the queue, so the capacity bounds those waiting and those being
/// worked on together.
///
/// Everything else is as in [SharedQueue].
///
/// @param <E> type of the elements
public final class SharedTaskQueue<E> implements ObjectHandle, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Elements<E> elements;
    private final transient Leases leases = new Leases();

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param object the mapped object, which the handle closes
    /// @param codec of the elements
    /// @param strategy how long waits spin
    public SharedTaskQueue(SharedObject object, Codec<E> codec, WaitStrategy strategy) {
        this.elements = new Elements<>(object, codec, strategy);
    }

    /// The name of the queue in its space.
    ///
    /// @return the name
    public String name() {
        return elements.object().name();
    }

    /// How many elements fit, those being worked on included.
    ///
    /// @return the capacity it was created with
    public int capacity() {
        return elements.capacity();
    }

    /// Puts an element; waits while the queue is full.
    ///
    /// @param element what to do
    /// @throws InterruptedException if interrupted while waiting; nothing was put
    /// @throws ShutdownException if the queue was shut down
    public void put(E element) throws InterruptedException {
        elements.put(element, Waiter.FOREVER);
    }

    /// Puts an element if there is room now.
    ///
    /// @param element what to do
    /// @return whether there was room
    /// @throws ShutdownException if the queue was shut down
    public boolean offer(E element) {
        return elements.offer(element);
    }

    /// Puts an element; waits for room no longer than this.
    ///
    /// @param element what to do
    /// @param timeout longest wait; zero or less tries once
    /// @param unit of the time-out
    /// @return whether there was room in time
    /// @throws InterruptedException if interrupted while waiting; nothing was put
    /// @throws ShutdownException if the queue was shut down
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return elements.put(element, SharedQueue.deadline(timeout, unit));
    }

    /// Leases the next element to this thread; waits until there is one.
    ///
    /// @return a copy of the element
    /// @throws InterruptedException if interrupted while waiting; nothing was leased
    /// @throws ShutdownException if the queue was shut down and everything in it is done, or leased to this process
    public E take() throws InterruptedException {
        long position = elements.take(Waiter.FOREVER);
        if (position == Elements.NONE) {
            throw new ShutdownException("task queue '%s' was shut down and everything in it is done".formatted(name()));
        }
        return elements.lease(position, leases);
    }

    /// Leases the next element to this thread, if there is one now.
    ///
    /// @return a copy of the element, or null
    public E poll() {
        long position = elements.tryTake();
        return position == Elements.NONE ? null : elements.lease(position, leases);
    }

    /// Leases the next element to this thread; waits for it no longer than this.
    ///
    /// @param timeout longest wait; zero or less tries once
    /// @param unit of the time-out
    /// @return a copy of the element, or null if none came in time or none will come
    /// @throws InterruptedException if interrupted while waiting; nothing was leased
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        long position = elements.take(SharedQueue.deadline(timeout, unit));
        return position == Elements.NONE ? null : elements.lease(position, leases);
    }

    /// Acknowledges an element: this thread's oldest lease, or the handle's if this thread has none.
    ///
    /// @throws IllegalStateException if nothing is leased through this handle: it was called too many times
    public void taskDone() {
        elements.checkOpen();
        long position = leases.removeOldest();
        if (position == Elements.NONE) {
            throw new IllegalStateException(("task queue '%s': taskDone() was called more often than elements were"
                    + " taken through this handle; call it once for each").formatted(name()));
        }
        elements.acknowledge(position);
    }

    /// Offers an element again, to anybody: this thread's oldest lease, or the handle's if this thread has none.
    ///
    /// @throws IllegalStateException if nothing is leased through this handle
    public void giveBack() {
        elements.checkOpen();
        StackRoom.probe();       // before the lease goes
        long position = leases.removeOldest();
        if (position == Elements.NONE) {
            throw new IllegalStateException("task queue '%s': nothing is leased through this handle".formatted(name()));
        }
        elements.giveBack(position);
    }

    /// Waits until every element that was put is acknowledged.
    ///
    /// @throws InterruptedException if interrupted while waiting
    public void join() throws InterruptedException {
        elements.awaitAllAcknowledged(Waiter.FOREVER);
        elements.checkOpen();
    }

    /// Waits until every element that was put is acknowledged, no longer than this.
    ///
    /// @param timeout longest wait; zero or less looks once
    /// @param unit of the time-out
    /// @return whether everything was done in time
    /// @throws InterruptedException if interrupted while waiting
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        boolean done = elements.awaitAllAcknowledged(Waiter.deadline(unit.toNanos(timeout)));
        elements.checkOpen();
        return done;
    }

    /// How many elements nobody has leased: a snapshot.
    ///
    /// @return the number
    public int size() {
        return elements.ring().browser().size();
    }

    /// How many elements are leased through this handle.
    ///
    /// @return the number
    public int leased() {
        return leases.size();
    }

    /// How many times an element was offered again because its consumer died, closed its handle or gave it back.
    ///
    /// @return the number, over all processes
    public long givenBack() {
        return elements.ring().givenBack();
    }

    /// Ends the queue for everybody, as [SharedQueue#shutdown()] does.
    public void shutdown() {
        elements.shutdown();
    }

    /// Whether [#shutdown()] was called, by anybody.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        return elements.ring().isShutdown();
    }

    /// Ends this handle; what is leased through it is offered again. A second call does nothing.
    @Override
    public void close() {
        if (!elements.isClosed()) {
            new Closing().then(this::giveAllBack).then(elements::close).end();
        }
    }

    private void giveAllBack() {
        StackRoom.probe();
        Closing closing = new Closing();
        for (long next = leases.removeOldest(); next != Elements.NONE; next = leases.removeOldest()) {
            long position = next;
            closing.then(() -> elements.giveBack(position));
        }
        closing.end();
    }

    /// Name, kind, elements and capacity, for people.
    @Override
    public String toString() {
        return elements.isClosed()
                ? "SharedTaskQueue[%s, closed]".formatted(name())
                : "SharedTaskQueue[%s, %,d waiting, %,d leased here, of %,d, %s]".formatted(
                        name(), size(), leased(), capacity(), elements.codec().identity());
    }

    @Serial
    private Object writeReplace() {
        return new QueueReference(elements.object().reference(), elements.codec(), true);
    }
}
