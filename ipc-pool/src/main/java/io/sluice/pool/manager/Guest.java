package io.sluice.pool.manager;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.Space;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.OpenMode;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/// What one client on another host has in the shared memory of the server's host.
///
/// - **Threads:** any.
/// - **Lifetime:** from the client's first such object to the end of its session.
/*
 * The server enters its own space once more for each such client, as another process would. So locks, permits, leases
 * and parties of the client have an owner of their own, and the end of the session ends that owner: the same code that
 * recovers from the death of a process then poisons the locks, returns the permits and offers the elements again.
 */
final class Guest {
    private static final Contract SEMAPHORE = Contract.of(SemaphoreService.class, SharedSemaphore.class);
    private static final Contract EVENT = Contract.of(EventService.class, SharedEvent.class);
    private static final Contract BARRIER = Contract.of(BarrierService.class, SharedBarrier.class);

    private final Server server;
    private SharedSpace space;               // guarded by this, as all fields below
    private boolean ended;
    /// Weakly held: deputies of handles that no proxy refers to are needed no more.
    private final Set<Deputies> deputies = Collections.newSetFromMap(new WeakHashMap<>());
    private final Set<SharedBarrier> barriers = Collections.newSetFromMap(new WeakHashMap<>());

    Guest(Server server) {
        this.server = server;
    }

    /// Opens an object of the server's space for the client.
    ///
    /// @throws io.sluice.shm.error.SpaceFullException if too many clients are in the space
    synchronized Remote open(Directory.Kind kind, String name, int argument) {
        if (ended) {
            throw new ClosedException(server.name() + ": this client has left");
        }
        ServerDirectory directory = server.objectsByName();
        if (space == null) {
            space = SharedSpace.ofGuest(Space.openAsGuest(directory.spaceName()));
            CrashPoint.MANAGER_GUEST_ENTERED.reached();
        }
        return exported(directory.share(space.with(OpenMode.ATTACH), kind, name, argument));
    }

    @SuppressWarnings("unchecked")       // of the codec for all objects
    private Remote exported(ObjectHandle handle) {
        return switch (handle) {
            case SharedLock lock ->
                server.export(new LockServer(lock, deputies(lock.name())), LockService.class);
            case SharedReentrantLock lock ->
                server.export(new LockServer(lock, deputies(lock.name())), LockService.class);
            case SharedTaskQueue<?> queue -> server.export(new TaskQueueServer(
                    (SharedTaskQueue<Object>) queue, deputies(queue.name())), TaskQueueService.class);
            case SharedBarrier barrier -> {
                barriers.add(barrier);
                yield server.export(barrier, BARRIER);
            }
            case SharedSemaphore semaphore -> server.export(semaphore, SEMAPHORE);
            case SharedEvent event -> server.export(event, EVENT);
            default -> throw new IllegalArgumentException(
                    "%s: '%s' is a %s, which clients on other hosts cannot use".formatted(
                            server.name(), handle.name(), handle.getClass().getSimpleName()));
        };
    }

    /// Those of all handles of an object: a thread of the client is one owner, whichever handle it uses.
    private Deputies deputies(String name) {
        return deputies.stream().filter(known -> known.name().equals(name)).findAny().orElseGet(() -> {
            Deputies made = new Deputies(name);
            deputies.add(made);
            return made;
        });
    }

    /// Ends the waits of the client, and gives back what it held. A second call does nothing.
    ///
    /// @param died whether the client ended without a farewell: then the barriers that it had open break, since the
    ///     other parties could wait for it in vain
    synchronized void end(boolean died) {
        ended = true;
        SharedSpace left = space;
        space = null;
        if (left == null) {
            return;
        }
        Closing closing = new Closing();
        if (died) {
            barriers.stream().filter(barrier -> !barrier.isClosed()).forEach(barrier -> closing.then(barrier::abort));
        }
        deputies.forEach(closing::then);
        closing.then(left).end();
    }
}
