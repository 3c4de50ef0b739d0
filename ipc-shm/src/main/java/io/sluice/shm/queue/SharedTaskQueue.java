package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.Waitable;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.object.Display;
import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A queue whose consumers acknowledge each element, and whose producers can wait for that: Python's `JoinableQueue`,
/// with leases.
///
/// [#take()] leases an element to the calling thread. [#taskDone()] acknowledges the oldest lease of the calling
/// thread; if that has none, the oldest lease of the handle. When a process dies or closes its handle, the elements
/// that it had leased and not acknowledged are offered again; so each element is processed at least once. A leased
/// element keeps its place in the queue, so the capacity bounds waiting and leased elements together.
///
/// Deliveries are counted for each element, over all processes: [#deliveries()] shows them to the consumer, and
/// [#maxDeliveries] sends an element that was delivered too often, such as one that kills its consumers, to a queue of
/// dead letters. [#leaseTimeout] limits how long a live consumer may keep an element.
///
/// Everything else is as in [SharedQueue].
///
/// @param <E> type of the elements
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public class SharedTaskQueue<E> implements NamedHandle, Waitable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Elements<E> elements;
    private final transient Leases leases;
    private transient volatile DeadLetters<E> deadLetters;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the elements
    /// @hidden
    public SharedTaskQueue(Opening opening, Codec<E> codec) {
        this.elements = new Elements<>(opening, codec, false);
        this.leases = new Leases(opening.object().name(), elements::giveBack);
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedTaskQueue(Elsewhere elsewhere) {
        Objects.requireNonNull(elsewhere, "elsewhere");
        this.elements = null;
        this.leases = null;
    }

    /// The name of the queue in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return elements.object().name();
    }

    /// How many elements fit, leased ones included.
    ///
    /// @return the capacity it was created with
    public int capacity() {
        return elements.capacity();
    }

    // Elements that are not acknowledged.

    /// Limits how often this handle delivers an element, counted over all processes. An element that comes again after
    /// that goes to the end of another queue, as it is: it is not decoded, and the next element is delivered instead.
    ///
    /// Each handle has its own limit, so all consumers should set the same. A handle that a task captures takes the
    /// rule along, one that is a component of a record does not. While the other queue is full, or after its shutdown,
    /// such an element stays in this one, is not delivered, and is moved by a later take. An element whose mover is
    /// killed may be moved twice.
    ///
    /// @param most how often, from 1; every take counts, also one whose taker died before it had the element
    /// @param letters gets the elements; it has the same codec. This handle opens its own handle of that queue, closes
    ///     it with itself, and loses it with the space that this handle came from
    /// @return this
    /// @throws IllegalArgumentException if the number is not positive, or the queue has another codec
    /// @throws IllegalStateException if this handle has such a rule already
    public SharedTaskQueue<E> maxDeliveries(int most, SharedQueue<E> letters) {
        elements.checkOpen();
        if (most < 1 || most > Elements.MOST_DELIVERIES) {
            throw new IllegalArgumentException("task queue '%s': %,d deliveries is not between 1 and %,d".formatted(
                    name(), most, Elements.MOST_DELIVERIES));
        }
        String identity = letters.elements().codec().identity();
        if (!identity.equals(elements.codec().identity())) {
            throw new IllegalArgumentException(("task queue '%s' has elements of %s, and '%s' of %s; dead letters go as"
                    + " they are, so create that queue with the same codec").formatted(
                    name(), elements.codec().identity(), letters.name(), identity));
        }
        SharedQueue<E> own = letters.elements().opening().again()
                .handle(opening -> new SharedQueue<>(opening, elements.codec()));
        boolean set = false;
        try {
            setDeadLetters(most, own);
            set = true;
        } finally {
            if (!set) {
                own.close();
            }
        }
        return this;
    }

    /// @param own this handle closes it
    void setDeadLetters(int most, SharedQueue<E> own) {
        DeadLetters<E> made = new DeadLetters<>(most, own, elements);
        synchronized (leases) {
            if (deadLetters != null) {
                throw new IllegalStateException("task queue '%s': maxDeliveries was called already; open another handle"
                        .formatted(name()));
            }
            deadLetters = made;
        }
    }

    /// Sets a time-out for the leases of this handle: an element that is taken from now on and not acknowledged in time
    /// is offered again, also while its consumer lives and hangs. A thread gives back an element that failed before it
    /// takes the next: [#taskDone()] acknowledges the oldest. Without this call, only death, [#close()] and
    /// [#giveBack()] end an unacknowledged lease.
    ///
    /// The consumer's process keeps the time. While that is stopped as a whole (SIGSTOP, a debugger), its leases do not
    /// run out, as stopped processes lose nothing in this library. A handle that a task captures takes the time-out
    /// along, one that is a component of a record does not.
    ///
    /// @param timeout longest time from the take to [#taskDone()], which throws [LeaseExpiredException] after it;
    ///     choose it longer than the longest work, or work is done twice
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    /// @throws IllegalStateException if this handle has a time-out already
    public SharedTaskQueue<E> leaseTimeout(Duration timeout) {
        elements.checkOpen();
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "task queue '%s': a lease of %s is not positive".formatted(name(), timeout));
        }
        if (!leases.setTimeout(TimeUnit.NANOSECONDS.convert(timeout))) {       // saturates
            throw new IllegalStateException("task queue '%s': leaseTimeout was called already; open another handle"
                    .formatted(name()));
        }
        return this;
    }

    /// How often the element that [#taskDone()] would acknowledge was delivered, this time included, and counting
    /// takers that died before they had it.
    ///
    /// @return the number, from 1; it stops at 16,777,215
    /// @throws IllegalStateException if nothing is leased through this handle
    public int deliveries() {
        elements.checkOpen();
        Leases.Lease lease = leases.oldest();
        if (lease == null) {
            throw nothingLeased();
        }
        return lease.deliveries;
    }

    /// Whether the calling thread has a lease that it took through this handle and has not ended; also true for one
    /// that has expired, whose end [#taskDone()] refuses.
    ///
    /// @return false if [#taskDone()] would acknowledge a lease of another thread, or none
    public boolean hasLease() {
        elements.checkOpen();
        return leases.hasOwn();
    }

    private IllegalStateException nothingLeased() {
        return new IllegalStateException("task queue '%s': nothing is leased through this handle".formatted(name()));
    }

    // Putting.

    /// Puts an element; waits while the queue is full.
    ///
    /// @param element what to do
    /// @throws InterruptedException if interrupted before or while waiting; nothing was put
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
    /// @throws InterruptedException if interrupted before or while waiting; nothing was put
    /// @throws ShutdownException if the queue was shut down
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return elements.put(element, SharedQueue.deadline(timeout, unit));
    }

    // Taking.

    /// Waits until an element is there, or the queue has ended, and no longer than this. Takes nothing: a consumer that
    /// is faster may have the element.
    ///
    /// @param timeout longest wait; zero or less only looks
    /// @param unit of the time-out
    /// @return whether an element was there, or the queue had ended
    /// @throws InterruptedException if interrupted before or meanwhile
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return elements.awaitElement(SharedQueue.deadline(timeout, unit));
    }

    /// Leases the next element to this thread; waits until there is one.
    ///
    /// @return a copy of the element
    /// @throws InterruptedException if interrupted before or while waiting; nothing was leased
    /// @throws ShutdownException if the queue was shut down and every element is acknowledged, dropped, or leased to
    ///     this process
    public E take() throws InterruptedException {
        E element = next(Waiter.FOREVER);
        if (element == null) {
            throw new ShutdownException(
                    "task queue '%s' was shut down, and nothing in it is left to take".formatted(name()));
        }
        return element;
    }

    /// @param deadline as [Elements#take] takes it
    private E next(long deadline) throws InterruptedException {
        DeadLetters<E> dead = deadLetters;
        if (dead == null) {
            long position = elements.take(deadline);
            return position == Elements.NONE ? null : elements.lease(position, leases);
        }
        for (;;) {
            dead.retry();
            long until = dead.retryDeadline(deadline);
            long position = elements.take(until);
            if (position == Elements.NONE) {
                if (until == deadline || Waiter.isOver(deadline) || elements.isEnded()) {
                    return null;
                }
            } else if (dead.takes(position)) {
                dead.bury(position);
            } else {
                return elements.lease(position, leases);
            }
        }
    }

    /// Leases the next element to this thread, if there is one now.
    ///
    /// @return a copy of the element, or null
    public E poll() {
        DeadLetters<E> dead = deadLetters;
        if (dead != null) {
            dead.retry();
        }
        long position = elements.tryTake();
        while (dead != null && position != Elements.NONE && dead.takes(position)) {
            dead.bury(position);
            position = elements.tryTake();
        }
        return position == Elements.NONE ? null : elements.lease(position, leases);
    }

    /// Leases the next element to this thread; waits for it no longer than this.
    ///
    /// @param timeout longest wait; zero or less tries once
    /// @param unit of the time-out
    /// @return a copy of the element, or null if none came in time or none will come
    /// @throws InterruptedException if interrupted before or while waiting; nothing was leased
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return next(SharedQueue.deadline(timeout, unit));
    }

    /// Acknowledges an element: this thread's oldest lease, or, if this thread has none, the handle's oldest unexpired
    /// one.
    ///
    /// @throws IllegalStateException if nothing is leased through this handle: it was called too many times
    /// @throws LeaseExpiredException if the lease ran out before, see [#leaseTimeout]; the element was offered again
    public void taskDone() {
        elements.checkOpen();
        Leases.Lease lease = leases.removeOldest();
        if (lease == null) {
            throw new IllegalStateException(("task queue '%s': taskDone() was called more often than elements were"
                    + " taken through this handle; call it once for each").formatted(name()));
        }
        if (lease.isExpired()) {
            throw new LeaseExpiredException(("task queue '%s': the lease ran out after %s, and the element was offered"
                    + " again; let leases last longer than the work, or make the work safe to do twice").formatted(
                    name(), Duration.ofNanos(leases.timeoutNanos())));
        }
        elements.acknowledge(lease.position);
    }

    /// Offers an element again, to any process: this thread's oldest lease, or, if this thread has none, the handle's
    /// oldest unexpired one. If this thread's lease has expired, its element was offered again already.
    ///
    /// @throws IllegalStateException if nothing is leased through this handle
    public void giveBack() {
        elements.checkOpen();
        StackRoom.probe();       // before the lease goes
        Leases.Lease lease = leases.removeOldest();
        if (lease == null) {
            throw nothingLeased();
        }
        if (!lease.isExpired()) {
            elements.giveBack(lease.position);
        }
    }

    /// Waits until every element that was put is acknowledged.
    ///
    /// @throws InterruptedException if interrupted before or while waiting
    public void join() throws InterruptedException {
        elements.awaitAllAcknowledged(Waiter.FOREVER);
        elements.checkOpen();
    }

    /// Waits until every element that was put is acknowledged, no longer than this.
    ///
    /// @param timeout longest wait; zero or less looks once
    /// @param unit of the time-out
    /// @return whether everything was done in time
    /// @throws InterruptedException if interrupted before or while waiting
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        boolean done = elements.awaitAllAcknowledged(Waiter.deadline(unit.toNanos(timeout)));
        elements.checkOpen();
        return done;
    }

    /// How many elements wait and are not leased: a snapshot.
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

    /// Ends the queue for all processes, as [SharedQueue#shutdown()] does.
    public void shutdown() {
        elements.shutdown();
    }

    /// Ends the queue for all processes at once, as [SharedQueue#shutdownNow()] does: unleased elements are dropped.
    /// Leased ones can be acknowledged, and [#join()] waits for that; an element given back from now on is dropped.
    ///
    /// @return how many elements this call has dropped
    public int shutdownNow() {
        return elements.shutdownNow();
    }

    /// Whether [#shutdown()] or [#shutdownNow()] was called, by any process.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        return elements.ring().isShutdown();
    }

    @Override
    public boolean isLinked() {
        elements.checkOpen();
        return elements.object().isStillNamed();
    }

    @Override
    public boolean unlink() {
        elements.checkOpen();
        return elements.object().unlink();
    }

    @Override
    public boolean isClosed() {
        return elements.isClosed();
    }

    /// Ends this handle; the elements leased through it are offered again. A second call does nothing.
    @Override
    public void close() {
        if (!elements.isClosed()) {
            Closing closing = new Closing().then(this::giveAllBack).then(elements::close);
            DeadLetters<E> dead = deadLetters;
            if (dead != null) {
                closing.then(dead.queue);
            }
            closing.end();
        }
    }

    private void giveAllBack() {
        StackRoom.probe();
        Closing closing = new Closing();
        for (Leases.Lease next = leases.removeAny(); next != null; next = leases.removeAny()) {
            Leases.Lease lease = next;
            closing.then(() -> elements.giveBack(lease.position));
        }
        leases.end();
        DeadLetters<E> dead = deadLetters;
        if (dead != null) {
            closing.then(dead::giveBackAll);
        }
        closing.end();
    }

    /// Name, kind, elements and capacity, for display; and how many elements this handle could not move or offer again.
    @Override
    public String toString() {
        return Display.of("SharedTaskQueue", name(), elements.isClosed(), this::state);
    }

    private String state() {
        DeadLetters<E> dead = deadLetters;
        long failures = leases.failures() + (dead == null ? 0 : dead.failures());
        return "%,d waiting, %,d leased here, of %,d, %s%s".formatted(
                size(), leased(), capacity(), elements.codec().identity(),
                failures == 0 ? "" : ", %,d failures".formatted(failures));
    }

    @Override
    public ObjectReference reference() {
        return elements.opening().reference();
    }

    @Serial
    private Object writeReplace() {
        DeadLetters<E> dead = deadLetters;
        return new TaskQueueReference<>(reference(), elements.codec(),
                dead == null ? 0 : dead.most, dead == null ? null : dead.queue, leases.timeoutNanos());
    }
}
