package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.Waitable;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.object.Display;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A bounded first-in-first-out queue between processes: any number of producers, any number of consumers.
///
/// The thread that puts an element encodes it at once. So later changes of the object have no effect, an encoder that
/// fails throws in the put and puts nothing, and a consumer gets a copy. Each element goes to one consumer.
///
/// - **Threads:** any number in each process, through one handle or several; platform or virtual.
/// - **Blocking:** [#put], [#take] and the timed methods wait; the others do not.
/// - **Order:** elements are taken in the order in which their slots were claimed, over all producers. What a producer
///   did before it put an element happens-before what a consumer does after it took it.
/// - **Death:** an element whose producer died in [#put] is absent or complete. An element whose consumer died in
///   [#take] is offered again, unless it was about to be returned: then it is lost, at most one for each thread that
///   died. [SharedTaskQueue] offers it again also then.
/// - **Slowness:** the queue waits for a producer or consumer that is stopped, and takes nothing from it.
/// - **Interrupts:** end the waiting methods with `InterruptedException`, a pending one also where they need not wait;
///   nothing was put or taken then.
/// - **Walks:** iterators, streams and bulk operations are weakly consistent. Others put and take meanwhile; a walk
///   ends where the queue ended when it began.
/// - **Allocation:** what the codec allocates; the queue itself nothing, unless it has to wait.
/// - **Lifetime:** [#close()] ends this handle, [#shutdown()] the queue for all processes, `SharedSpace.unlink` removes
///   its name.
/// - **Errors:** `NullPointerException` for null elements; [ShutdownException] when something is put after a
///   shutdown, or taken when nothing is left; [io.sluice.core.error.ClosedException] after [#close()];
///   [io.sluice.core.codec.CodecException] for elements that do not encode or decode. An element that does not decode,
///   whatever its codec threw, is dropped; one that lacked memory, stack or descriptors for it is offered again.
///
/// A handle is `Serializable`: it carries names, and opens the queue again where it is read.
///
/// @param <E> type of the elements
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedQueue<E> extends AbstractQueue<E>
        implements BlockingQueue<E>, NamedHandle, Waitable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Elements<E> elements;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the elements
    /// @hidden
    public SharedQueue(Opening opening, Codec<E> codec) {
        this.elements = new Elements<>(opening, codec, true);
    }

    /// The name of the queue in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return elements.object().name();
    }

    /// How many elements fit.
    ///
    /// @return the capacity it was created with
    public int capacity() {
        return elements.capacity();
    }

    // Putting.

    @Override
    public boolean offer(E element) {
        return elements.offer(element);
    }

    @Override
    public void put(E element) throws InterruptedException {
        elements.put(element, Waiter.FOREVER);
    }

    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return elements.put(element, deadline(timeout, unit));
    }

    // Taking.

    @Override
    public E poll() {
        long position = elements.tryTake();
        return position == Elements.NONE ? null : elements.consume(position, null);
    }

    @Override
    public E take() throws InterruptedException {
        long position = elements.take(Waiter.FOREVER);
        if (position == Elements.NONE) {
            throw new ShutdownException("queue '%s' was shut down and everything in it was taken".formatted(name()));
        }
        return elements.consume(position, null);
    }

    /// Takes the next element, and waits for it no longer than this.
    ///
    /// @return the element, or null if none came in time or none will come; [#isEnded()] tells which
    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        long position = elements.take(deadline(timeout, unit));
        return position == Elements.NONE ? null : elements.consume(position, null);
    }

    /// Waits until an element is there, or the queue has ended, and no longer than this. Takes nothing: a consumer that
    /// is faster may have the element.
    ///
    /// @param timeout longest wait; zero or less only looks
    /// @param unit of the time-out
    /// @return whether an element was there, or the queue had ended
    /// @throws InterruptedException if interrupted before or meanwhile
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return elements.awaitElement(deadline(timeout, unit));
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /// Takes what is there now, up to a number, and adds it to a collection: never more than the capacity, also if
    /// producers go on meanwhile. An element leaves the queue after it was added; one that the collection refuses with
    /// an exception stays.
    @Override
    @SuppressWarnings("ReferenceEquality")   // itself, not an equal one
    public int drainTo(Collection<? super E> target, int most) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException("queue '%s' cannot be drained into itself".formatted(name()));
        }
        int limit = Math.min(most, capacity());
        int count = 0;
        for (; count < limit; count++) {
            long position = elements.tryTake();
            if (position == Elements.NONE) {
                break;
            }
            elements.consume(position, target);
        }
        return count;
    }

    // Looking.

    @Override
    public E peek() {
        for (long position = elements.next(0); position != Elements.NONE; position = elements.next(0)) {
            E element = elements.peek(position);
            if (element != null) {
                return element;
            }
        }
        return null;
    }

    /// How many elements are there to be taken: a snapshot, by a walk over them.
    @Override
    public int size() {
        return elements.ring().browser().size();
    }

    @Override
    public boolean isEmpty() {
        return elements.next(0) == Elements.NONE;
    }

    @Override
    public int remainingCapacity() {
        return capacity() - size();
    }

    /// Copies of the elements, weakly consistent: each was in the queue at some time since the iterator was made, and
    /// none was put after that. `remove` takes the last one out of the queue, if it is still there.
    @Override
    public Iterator<E> iterator() {
        return new ElementIterator<>(elements);
    }

    /// The same as a spliterator, for streams: `CONCURRENT`, `ORDERED` and `NONNULL`.
    @Override
    public Spliterator<E> spliterator() {
        return Spliterators.spliterator(
                this, Spliterator.CONCURRENT | Spliterator.ORDERED | Spliterator.NONNULL);
    }

    // Removing from the middle.

    /// Takes the first element out that is equal to an object.
    ///
    /// @return true if this call took it out; of several calls, in any process, one returns true for an element
    @Override
    public boolean remove(Object element) {
        return element != null && remove(element::equals, true);
    }

    /// Takes out the elements that satisfy a predicate.
    ///
    /// @return whether this call took one out
    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        return remove(Objects.requireNonNull(filter, "filter"), false);
    }

    /// Takes out the elements that a collection contains.
    ///
    /// @return whether this call took one out
    @Override
    public boolean removeAll(Collection<?> others) {
        return remove(Objects.requireNonNull(others, "others")::contains, false);
    }

    /// Takes out the elements that a collection does not contain.
    ///
    /// @return whether this call took one out
    @Override
    public boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "others");
        return remove(element -> !others.contains(element), false);
    }

    private boolean remove(Predicate<? super E> filter, boolean onlyOne) {
        boolean removed = false;
        ElementIterator<E> all = new ElementIterator<>(elements);
        while (!(removed && onlyOne) && all.hasNext()) {
            removed |= filter.test(all.next()) && all.removeIfThere();
        }
        return removed;
    }

    /// Takes out all elements put before this call, without decoding them.
    @Override
    public void clear() {
        elements.clear();
    }

    // Ends.

    /// Ends the queue for all processes: later puts are refused, consumers can take what is in the queue, and then see
    /// the end. Never blocks; a second call changes nothing.
    public void shutdown() {
        elements.shutdown();
    }

    /// Ends the queue for all processes at once: later puts are refused, and consumers see the end now. The elements in
    /// the queue are dropped; call [#shutdown()] and [#drainTo(Collection)] to keep them. Never blocks; a second call
    /// drops the elements of puts that were under way during the first.
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

    /// Whether the queue was shut down and nothing is left to take.
    ///
    /// @return true if no element will come any more
    public boolean isEnded() {
        elements.checkOpen();
        return elements.isEnded();
    }

    /// Registers this process as a producer, until [#leaveProducers()], its [#close()] or its death, so that consumers
    /// can tell a pause from the end. A put does not need it.
    public void joinProducers() {
        elements.ring().writers().join();
    }

    /// Undoes [#joinProducers()].
    ///
    /// @return how many processes are still registered
    public int leaveProducers() {
        elements.ring().writers().leave();
        return elements.ring().writers().present();
    }

    /// How many processes are registered as producers now; a dead one counts until a process waits or sweeps.
    ///
    /// @return the number
    public int producers() {
        return elements.ring().writers().present();
    }

    /// How many times a process was registered as a producer since the queue was created.
    ///
    /// @return the number
    public long producersEver() {
        return elements.ring().writers().ever();
    }

    /// How many producers have ended without [#leaveProducers()]: they died, or closed their handle. They may have had
    /// more to put.
    ///
    /// @return the number; a dead one counts once a process has waited or swept
    public long producersLost() {
        return elements.ring().writers().lost();
    }

    /// Whether the name of the queue still leads to it.
    ///
    /// @return false once it was unlinked, also if another queue has the name now
    @Override
    public boolean isLinked() {
        elements.checkOpen();
        return elements.object().isStillNamed();
    }

    /// Removes the name, but only if it still leads to this queue, so that concurrent removals never remove a later
    /// queue of the same name. Processes that have the queue open go on; no other process can find it.
    ///
    /// @return whether this call removed it
    @Override
    public boolean unlink() {
        elements.checkOpen();
        return elements.object().unlink();
    }

    @Override
    public boolean isClosed() {
        return elements.isClosed();
    }

    /// Ends this handle; threads that wait through it get a [io.sluice.core.error.ClosedException]. The
    /// elements in the queue stay. A second call does nothing.
    @Override
    public void close() {
        elements.close();
    }

    /// Name, kind, elements and capacity, for display.
    @Override
    public String toString() {
        return Display.of("SharedQueue", name(), elements.isClosed(),
                () -> "%,d of %,d, %s".formatted(size(), capacity(), elements.codec().identity()));
    }

    Elements<E> elements() {
        return elements;
    }

    static long deadline(long timeout, TimeUnit unit) {
        long nanos = unit.toNanos(timeout);
        return nanos <= 0 ? Long.MIN_VALUE : Waiter.deadline(nanos);
    }

    @Override
    public ObjectReference reference() {
        return elements.opening().reference();
    }

    @Serial
    private Object writeReplace() {
        return new QueueReference(reference(), elements.codec());
    }
}
