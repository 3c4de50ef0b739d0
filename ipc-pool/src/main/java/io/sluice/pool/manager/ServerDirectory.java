package io.sluice.pool.manager;

import io.sluice.core.error.MismatchException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.pool.task.Task;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.space.ObjectHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The names of a server, and how its objects are made.
///
/// - **Threads:** any. Of several that get a free name at the same time, one makes the object and the others wait.
final class ServerDirectory implements Directory, AutoCloseable {

    private final Server server;
    private final List<String> allowed;
    private final ValuesCodec elements;
    private final Map<String, FutureTask<Named>> names = new ConcurrentHashMap<>();
    private final Map<String, Task<?>> suppliers = new ConcurrentHashMap<>();
    /// Those that have not ended: without a name a pool still does its tasks.
    private final List<PoolServer> pools = new ArrayList<>();     // guarded by this, as all fields below
    private SharedSpace space;
    private boolean closed;

    /// What a name stands for.
    ///
    /// @param detail what must be the same for all that use the name: the length of an array, the type of an object
    /// @param remote null for objects of the shared space
    /// @param handle of the shared space, else null
    record Named(Kind kind, Object detail, Remote remote, ObjectHandle handle) {
        /// The object of the server; null for those of the shared space.
        Object object() {
            return remote == null ? null : remote.object().object();
        }
    }

    ServerDirectory(Server server, List<String> allowed) {
        this.server = server;
        this.allowed = allowed;
        this.elements = new ValuesCodec(allowed);
    }

    @Override
    public Remote open(Kind kind, String name, Object argument) {
        Object detail = switch (kind) {
            case ARRAY -> ((Chunk) argument).count();
            case DEQUE, POOL -> argument;
            default -> null;
        };
        return named(kind, name, detail, () -> new Named(kind, detail, make(kind, argument), null)).remote();
    }

    private Remote make(Kind kind, Object argument) {
        return switch (kind) {
            case MAP, SET, NAMESPACE -> server.export(new ServerMap(server), MapService.class);
            case VALUE -> {
                ServerMap map = new ServerMap(server);
                var _ = map.put(ManagedValue.KEY, argument);
                yield server.export(map, MapService.class);
            }
            case LIST -> server.export(new ServerList(server, false, List.of().iterator()), ListService.class);
            case ARRAY -> {
                Iterator<?> first = server.unpack((Chunk) argument).iterator();
                yield server.export(new ServerList(server, true, first), ListService.class);
            }
            case DEQUE -> server.export(new ServerDeque(server, (Integer) argument), DequeService.class);
            case POOL -> server.export(pool((Integer) argument), PoolService.class);
            default -> throw new IllegalArgumentException(
                    "%s: expected a collection, a value or a pool, found a %s; ask for it by shared()".formatted(
                            server.name(), kind));
        };
    }

    private synchronized PoolServer pool(int workers) {
        checkOpen();
        pools.removeIf(PoolServer::isTerminated);
        PoolServer pool = new PoolServer(server, workers, allowed);
        pools.add(pool);
        return pool;
    }

    /// How many pools the end of the server would end, as far as the last start of a pool has found out.
    synchronized int poolCount() {
        return pools.size();
    }

    private Named named(Kind kind, String name, Object detail, Callable<Named> maker) {
        FutureTask<Named> making = new FutureTask<>(maker);
        if (name == null) {
            making.run();
            return result(null, making);
        }
        FutureTask<Named> present = names.putIfAbsent(name, making);
        if (present == null) {
            making.run();
            return result(name, making);
        }
        return checked(kind, name, detail, present);
    }

    /// @throws NoSuchObjectException if the name is free
    private Named existing(Kind kind, String name, Object detail) {
        FutureTask<Named> present = names.get(name);
        if (present == null) {
            throw new NoSuchObjectException(("%s: expected '%s' to be %s, found a free name: it was removed before the"
                    + " receiver of a handle has opened it; remove it later, or let the receiver ask its manager for"
                    + " it").formatted(server.name(), name, describe(kind, detail)));
        }
        return checked(kind, name, detail, present);
    }

    private Named checked(Kind kind, String name, Object detail, FutureTask<Named> present) {
        Named found = result(name, present);
        if (found.kind != kind || !Objects.equals(found.detail, detail)) {
            throw new MismatchException(
                    "%s: '%s' is %s, expected %s; choose another name, or remove this one".formatted(server.name(),
                            name, describe(found.kind, found.detail), describe(kind, detail)));
        }
        return found;
    }

    private Named result(String name, FutureTask<Named> making) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return making.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (name != null) {
                names.remove(name, making);
            }
            throw Server.unchecked(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String describe(Kind kind, Object detail) {
        return switch (kind) {
            case ARRAY -> "an array of %s elements".formatted(detail);
            case OBJECT -> "an object of " + detail;
            case DEQUE -> "a deque";
            default -> (kind == Kind.EVENT ? "an " : "a ") + kind + (detail == null ? "" : " of " + detail);
        };
    }

    @Override
    public void register(String type, Task<?> supplier) {
        Class<?> found = typeOf(type);
        if (!found.isInterface()) {
            throw new IllegalArgumentException(
                    "%s: %s is no interface; clients call the methods of an interface".formatted(server.name(), type));
        }
        var _ = Contract.of(found);
        suppliers.put(type, Objects.requireNonNull(supplier, "supplier"));
    }

    static Class<?> typeOf(String name) {
        try {
            return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            throw new NoSuchObjectException(
                    "type %s is not on the class path of the manager's server; start it with that class path".formatted(
                            name));
        }
    }

    @Override
    public Remote object(String type, String name) {
        return named(Kind.OBJECT, name, type, () -> {
            Task<?> supplier = suppliers.get(type);
            if (supplier == null) {
                throw new NoSuchObjectException(
                        "%s: nothing makes objects of %s; call register(%s.class, supplier) first".formatted(
                                server.name(), type, type));
            }
            Class<?> contract = typeOf(type);
            Object made = contract.cast(Objects.requireNonNull(supplier.call(), "the supplier's object"));
            return new Named(Kind.OBJECT, type, server.export(made, contract), null);
        }).remote();
    }

    @Override
    public ObjectHandle shared(Kind kind, String name, int argument, boolean make) {
        Objects.requireNonNull(name, "name");
        Object detail = switch (kind) {
            case LOCK, REENTRANT_LOCK, EVENT -> null;
            default -> argument;
        };
        Named named = !make ? existing(kind, name, detail)
                : named(kind, name, detail, () -> new Named(kind, detail, null, share(space(), kind, name, argument)));
        return named.handle();
    }

    @Override
    public Remote elsewhere(Kind kind, String name, int argument, boolean make) {
        var _ = shared(kind, name, argument, make);
        return ((ServerSession) References.CURRENT.get()).guest().open(kind, name, argument);
    }

    @Override
    @SuppressWarnings("unchecked")       // of the codec for all objects
    public Remote bridged(String name, int capacity) {
        SharedQueue<Object> queue = (SharedQueue<Object>) shared(Kind.QUEUE, name, capacity, true);
        return server.export(new BridgedQueue(server, queue), DequeService.class);
    }

    /// Opens an object of the server's space.
    ///
    /// @param shared the space, or another opening of it
    ObjectHandle share(SharedSpace shared, Kind kind, String name, int argument) {
        return switch (kind) {
            case QUEUE -> shared.queue(name, elements, argument);
            case TASK_QUEUE -> shared.taskQueue(name, elements, argument);
            case LOCK -> shared.lock(name);
            case REENTRANT_LOCK -> shared.reentrantLock(name);
            case SEMAPHORE -> shared.semaphore(name, argument);
            case BOUNDED_SEMAPHORE -> shared.semaphore(name, SemaphoreOptions.bounded(argument));
            case EVENT -> shared.event(name);
            case BARRIER -> shared.barrier(name, argument);
            default -> throw new IllegalArgumentException("%s: '%s': a %s is not an object in shared memory".formatted(
                    server.name(), name, kind));
        };
    }

    /// Made at the first use, so a manager of collections leaves nothing in shared memory.
    synchronized SharedSpace space() {
        checkOpen();
        if (space == null) {
            space = SharedSpace.openTemporary(spaceName());
        }
        return space;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(server.name() + ": its server ends, and makes no objects any more");
        }
    }

    String spaceName() {
        return "manager-" + server.id();
    }

    @Override
    public boolean remove(String name) {
        FutureTask<Named> removed = names.get(name);
        if (removed == null) {
            return false;
        }
        Named named = result(null, removed);
        ObjectHandle handle = named.handle();
        if (handle == null) {
            boolean first = names.remove(name, removed);
            if (first && named.object() instanceof PoolServer pool) {
                pool.shutdown();
            }
            return first;
        }
        // The name stays taken here until the object has none: a client that makes another one must not find this one.
        synchronized (removed) {
            if (!removed.equals(names.get(name))) {
                return false;
            }
            var _ = space().unlink(name);
            var _ = names.remove(name, removed);
        }
        handle.close();
        return true;
    }

    @Override
    public Remote attach(long id) {
        return server.object(id);
    }

    @Override
    public String host() {
        return Linux.bootId();
    }

    @Override
    public void snapshot(String file) throws IOException {
        Snapshot.write(server, names, Path.of(file));
    }

    @Override
    public void restore(String file) throws IOException {
        Snapshot.restore(server, names, Path.of(file));
    }

    @Override
    public synchronized void close() {
        closed = true;
        Closing closing = new Closing();
        pools.forEach(pool -> closing.then(pool::terminate));     // all at once: each close waits
        pools.forEach(closing::then);
        if (space != null) {
            closing.then(space);
        }
        closing.end();
    }
}
