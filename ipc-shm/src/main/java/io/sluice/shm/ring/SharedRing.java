package io.sluice.shm.ring;

import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingBrowser;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;

/// A ring of messages between processes that are written and read in place: no codec, no copy, no allocation.
///
/// The producer claims space, writes, and commits; the consumer's handler reads the message in place. User code chooses
/// the contents of a message: a generated flyweight, a few longs, text. The handles that this type gives out do the
/// work; see [RingProducer], [io.sluice.core.ring.Claim] and [RingConsumer] for threads, blocking, order and death.
///
/// - **Lifetime:** [#close()] ends all handles that came from here, and their open claims; [#shutdown()] ends the ring
///   for all processes; the name stays until [#unlink()].
///
/// A handle is `Serializable`: it carries names, and opens the ring again where it is read.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedRing implements NamedHandle, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Opening opening;
    private final transient Ring ring;
    private transient boolean closed;

    private record Reference(ObjectReference object) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(SharedRing::new);
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedRing(Opening opening) {
        SharedObject object = opening.object();
        this.opening = opening;
        this.ring = new Ring(object.name(), object.address(), object.size(), object.parking(), object.liveness());
    }

    /// The name of the ring in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return opening.object().name();
    }

    /// The shape of the ring.
    ///
    /// @return the options it was created with
    public RingOptions options() {
        return ring.options();
    }

    /// Opens the ring for writing; waits spin as the handle was opened, see `SharedSpace.with`.
    ///
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if the ring has one producer and a live process has that role
    public RingProducer producer() {
        return producer(opening.waiting());
    }

    /// Opens the ring for writing.
    ///
    /// @param strategy how long waits spin
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if the ring has one producer and a live process has that role
    public RingProducer producer(WaitStrategy strategy) {
        return open().producer(strategy);
    }

    /// Opens the ring for reading; waits spin as the handle was opened, see `SharedSpace.with`.
    ///
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if the ring has one consumer and a live process has that role
    /// @throws IllegalStateException if the ring is a broadcast
    public RingConsumer consumer() {
        return consumer(opening.waiting());
    }

    /// Opens the ring for reading.
    ///
    /// @param strategy how long waits spin
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if the ring has one consumer and a live process has that role
    /// @throws IllegalStateException if the ring is a broadcast
    public RingConsumer consumer(WaitStrategy strategy) {
        return open().consumer(strategy);
    }

    /// Opens a broadcast for reading, from the next message on.
    ///
    /// @param policy what happens if the consumer falls a whole ring behind
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if all places for consumers are taken by live processes
    /// @throws IllegalStateException if the ring is not a broadcast
    public RingConsumer subscribe(SlowConsumer policy) {
        return subscribe(policy, opening.waiting());
    }

    /// Opens a broadcast for reading, from the next message on.
    ///
    /// @param policy what happens if the consumer falls a whole ring behind
    /// @param strategy how long waits spin
    /// @return a new handle
    /// @throws io.sluice.core.ring.RoleHeldException if all places for consumers are taken by live processes
    /// @throws IllegalStateException if the ring is not a broadcast
    public RingConsumer subscribe(SlowConsumer policy, WaitStrategy strategy) {
        return open().subscribe(policy, strategy);
    }

    /// How many unread messages there are: a snapshot, by a walk over them; without meaning for a broadcast.
    ///
    /// @return the number
    public int size() {
        return open().browser().size();
    }

    /// Visits messages that were read and not overwritten since, oldest first; see
    /// [io.sluice.core.ring.RingBrowser#history].
    ///
    /// @param visitor gets each message
    /// @return how many messages it got
    public int history(RingBrowser.Visitor visitor) {
        return open().browser().history(visitor);
    }

    /// Ends the ring for all processes: producers are refused from now on, consumers read what is there and then see
    /// the end. Never blocks; a second call changes nothing.
    public void shutdown() {
        open().shutdown();
    }

    /// Whether [#shutdown()] was called, by any process.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        return open().isShutdown();
    }

    /// How many messages were skipped because their producer died before the commit.
    ///
    /// @return the number, over all processes
    public long abortedByDeath() {
        return open().abortedByDeath();
    }

    /// How many times a message was offered again after it was taken.
    ///
    /// @return the number, over all processes
    public long givenBack() {
        return open().givenBack();
    }

    @Override
    public boolean isLinked() {
        open();
        return opening.object().isStillNamed();
    }

    @Override
    public boolean unlink() {
        open();
        return opening.object().unlink();
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    private synchronized Ring open() {
        if (closed) {
            throw new ClosedException("ring '%s': this handle was closed".formatted(name()));
        }
        return ring;
    }

    /// Ends this handle and the producers and consumers that came from it. The messages in the ring stay. A second call
    /// does nothing.
    @Override
    public synchronized void close() {
        if (!closed) {
            Closing closing = new Closing();     // memory first: without it nothing has changed
            AutoCloseable end = ring::close;
            closed = true;
            closing.then(end).then(opening).end();
        }
    }

    /// Name and shape, for display.
    @Override
    public synchronized String toString() {
        RingOptions options = ring.options();
        String shape = "%s producer, %s consumer, %,d slots of %,d bytes".formatted(
                options.producers(), options.consumers(), options.capacity(), options.slotBytes());
        return "SharedRing[%s, %s%s]".formatted(name(), shape, closed ? ", closed" : "");
    }

    @Override
    public ObjectReference reference() {
        return opening.reference();
    }

    @Serial
    private Object writeReplace() {
        return new Reference(reference());
    }
}
