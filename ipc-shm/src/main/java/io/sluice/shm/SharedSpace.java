package io.sluice.shm;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.Consumers;
import io.sluice.core.ring.Producers;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.space.Kind;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectSpec;
import io.sluice.shm.space.SharedObject;
import io.sluice.shm.space.Space;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// A named directory of shared objects, and the door to all of them: one factory method per kind.
///
/// ```java
/// try (var space = SharedSpace.open("market");
///      var orders = space.queue("orders", Codec.ofRecord(Order.class), 4096)) {
///     orders.put(new Order("VOD.L", 100, 71.25));      // another JVM: orders.take()
/// }
/// ```
///
/// A factory method creates the object if its name is free, and otherwise attaches to it and compares: what differs
/// from the wish is a [io.sluice.shm.error.MismatchException] that says so. The space lies in
/// `/dev/shm/sluice-<uid>/<name>`; the environment variable `SLUICE_HOME`, or the property `sluice.home`, moves the
/// root elsewhere.
///
/// - **Threads:** any.
/// - **Lifetime:** [#close()] closes every handle that came from here. Objects stay until they are unlinked or the
///   machine restarts, except temporary ones, which go with the last process that has them open.
/// - **Death:** a process that dies leaves what it held to the others: whoever waits for it, opens the space or lists
///   it cleans up.
/// - **Security:** directories 0700, files 0600; a location that is not private to this user is refused.
public final class SharedSpace implements AutoCloseable {
    private static final int DEFAULT_PIPE_SLOTS = 4096;
    private static final int MAX_DERIVED_SLOT_BYTES = 4096;

    private final Space space;
    private final boolean temporary;
    private final AtomicBoolean closed = new AtomicBoolean();
    /// Weakly held: a handle that nobody can reach needs no closing of its own, the space's does for it.
    private final Set<ObjectHandle> handles =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private SharedSpace(Space space, boolean temporary) {
        this.space = space;
        this.temporary = temporary;
    }

    /// Opens a space, and creates it if it is not there.
    ///
    /// @param name 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit
    /// @return the space, to be closed by the caller
    /// @throws IllegalArgumentException if the name is none
    /// @throws UnsupportedOperationException on anything but Linux on x86-64 or aarch64
    /// @throws io.sluice.shm.error.UnsafeLocationException if the directory is not private to this user
    /// @throws io.sluice.shm.error.SpaceFullException if too many processes have it open
    public static SharedSpace open(String name) {
        return new SharedSpace(Space.open(null, name), false);
    }

    /// Opens a space under a root of your own.
    ///
    /// @param root a directory, best on a tmpfs; created if it is not there
    /// @param name as for [#open(String)]
    /// @return the space, to be closed by the caller
    public static SharedSpace open(Path root, String name) {
        return new SharedSpace(Space.open(root, name), false);
    }

    /// Opens a space for more, or fewer, processes than the 255 of [#open(String)]. Only who creates it decides.
    ///
    /// @param root a directory, or null for the usual one
    /// @param name as for [#open(String)]
    /// @param maxProcesses how many can have it open at the same time, 1 to 1023
    /// @return the space, to be closed by the caller
    public static SharedSpace open(Path root, String name, int maxProcesses) {
        return new SharedSpace(Space.open(root, name, new SpaceOptions(maxProcesses)), false);
    }

    /// Opens a space whose objects, if created through this handle, are temporary: they go with the last process that
    /// has them open, even if that one is killed, and the directory with them.
    ///
    /// @param name as for [#open(String)]
    /// @return the space, to be closed by the caller
    public static SharedSpace openTemporary(String name) {
        return new SharedSpace(Space.open(null, name), true);
    }

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return space.name();
    }

    /// The directory of the space.
    ///
    /// @return absolute path
    public Path path() {
        return space.path();
    }

    /// A queue of objects, with slots as large as the codec suggests.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, 1 to 2^30; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(String name, Codec<E> codec, int capacity) {
        return queue(name, codec, capacity, slotBytes(codec), WaitStrategy.ADAPTIVE);
    }

    /// A queue of objects.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, 1 to 2^30; a power of two is fastest
    /// @param slotBytes size of a slot, a power of two from 64; elements that encode to more than this less 16 bytes
    ///     take a detour through a file each
    /// @param strategy how long this handle's waits spin
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(
            String name, Codec<E> codec, int capacity, int slotBytes, WaitStrategy strategy) {
        RingOptions options = new RingOptions(capacity, slotBytes, Producers.MANY, Consumers.MANY);
        SharedObject object = space.open(ring(name, Kind.QUEUE, options, codec.identity()));
        return opened(object, () -> new SharedQueue<>(object, codec, strategy));
    }

    /// A queue whose consumers acknowledge what they took, with slots as large as the codec suggests.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, those being worked on included; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedTaskQueue<E> taskQueue(String name, Codec<E> codec, int capacity) {
        RingOptions options = new RingOptions(capacity, slotBytes(codec), Producers.MANY, Consumers.MANY);
        SharedObject object = space.open(ring(name, Kind.TASK_QUEUE, options, codec.identity()));
        return opened(object, () -> new SharedTaskQueue<>(object, codec, WaitStrategy.ADAPTIVE));
    }

    /// A ring whose messages are written and read in place.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options its shape
    /// @return a handle, to be closed by the caller
    public SharedRing ring(String name, RingOptions options) {
        SharedObject object = space.open(ring(name, Kind.RING, options, ""));
        return opened(object, () -> new SharedRing(object));
    }

    /// A pipe of bytes, both ways.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedPipe<byte[]> pipe(String name) {
        return pipe(name, Codec.bytes());
    }

    /// A pipe of objects, both ways.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the objects; its identity must be that of the other process
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> pipe(String name, Codec<E> codec) {
        return pipe(name, codec, true);
    }

    /// A pipe of objects, from its first end to its second.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the objects; its identity must be that of the other process
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> simplexPipe(String name, Codec<E> codec) {
        return pipe(name, codec, false);
    }

    private <E> SharedPipe<E> pipe(String name, Codec<E> codec, boolean duplex) {
        RingOptions options = RingOptions.oneToOne(DEFAULT_PIPE_SLOTS);
        long[] parameters = parameters(options);
        parameters[Kind.SECOND_RING] = duplex ? options.bytes() : 0;
        long bytes = duplex ? 2 * options.bytes() : options.bytes();
        SharedObject object = space.open(new ObjectSpec(name, Kind.PIPE, parameters, bytes, codec.identity(), temporary,
                address -> {
                    Ring.format(address, options);
                    if (duplex) {
                        Ring.format(address + options.bytes(), options);
                    }
                }));
        return opened(object, () -> new SharedPipe<>(object, codec));
    }

    private ObjectSpec ring(String name, Kind kind, RingOptions options, String elementType) {
        return new ObjectSpec(name, kind, parameters(options), options.bytes(), elementType, temporary,
                address -> Ring.format(address, options));
    }

    private static long[] parameters(RingOptions options) {
        return new long[] {
            options.capacity(), options.slotBytes(), options.producers().code(), options.consumers().code(),
            0, 0, 0, 0,
        };
    }

    private static int slotBytes(Codec<?> codec) {
        int bytes = codec.maxBytes() == Codec.UNBOUNDED ? codec.typicalBytes() : codec.maxBytes();
        long needed = (long) bytes + RingOptions.HEADER_BYTES;
        int slot = Math.clamp(needed, RingOptions.MIN_SLOT_BYTES, MAX_DERIVED_SLOT_BYTES);
        return Integer.highestOneBit(slot - 1) << 1;
    }

    private interface Opening<T> {
        T open();
    }

    private <T extends ObjectHandle> T opened(SharedObject object, Opening<T> opening) {
        try {
            T handle = opening.open();
            handles.add(handle);
            return handle;
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /// What is in the space, without joining in or disturbing anybody.
    ///
    /// @return the objects, sorted by name
    public List<ObjectInfo> list() {
        return space.list();
    }

    /// Removes the name of an object. Those who have it open go on; nobody else will find it.
    ///
    /// @param name of the object
    /// @return whether there was one
    public boolean unlink(String name) {
        return space.unlink(name);
    }

    /// Cleans up after processes that died, and removes temporary objects that no live process has open. Opening a
    /// space, and waiting, do the same; this is for those who want it now.
    ///
    /// @return how many dead processes were cleaned up after
    public int sweep() {
        return space.sweep();
    }

    /// Closes every handle that came from here, and leaves the space. A second call does nothing.
    @Override
    public void close() {
        List<ObjectHandle> open;
        synchronized (handles) {
            open = List.copyOf(handles);
            handles.clear();
        }
        if (!closed.getAndSet(true)) {
            open.forEach(ObjectHandle::close);
            space.close();
        }
    }

    /// Name and directory, for people.
    @Override
    public String toString() {
        return "SharedSpace[%s, %s]".formatted(name(), path());
    }
}
