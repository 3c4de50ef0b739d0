package io.sluice.shm.object;

import io.sluice.core.error.SluiceException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.Mutex;
import io.sluice.shm.body.Body;
import io.sluice.shm.body.Guard;
import io.sluice.shm.body.LockBody;
import io.sluice.shm.body.ReadWriteLockBody;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.RegionFile;
import java.nio.file.Path;

/// Frees a poisoned lock on the word of an operator that what it guards is in order: a lock of its own, or that before
/// a value or an array.
public final class PoisonedLock {
    private PoisonedLock() {}

    /// Frees a lock, if it is poisoned. Joins the space for the moment, which also cleans up after dead processes: the
    /// lock of one that died just now is poisoned then.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param name of the space
    /// @param object name of the object
    /// @return whether it was poisoned
    /// @throws NoSuchObjectException if there is no such space or object
    /// @throws SluiceException if the object has no lock, or one that its users repair by themselves
    public static boolean recover(Path root, String name, String object) {
        Linux.require();
        Names.check("space", name);
        Names.check("object", object);
        Path where = SpaceLocation.root(root);
        Kind kind = kind(where.resolve(name), name, object);
        try (Space space = Space.openExisting(where, name); SharedObject opened = space.attach(object, kind)) {
            Body body = opened.body();
            long bytes = switch (body) {
                case LockBody lock -> lock.bytes();
                case ReadWriteLockBody _ -> Mutex.bytes(0);
                default -> Guard.BYTES;
            };
            Mutex lock = new Mutex(object, opened.address(), bytes, opened.parking(), opened.liveness(),
                    Mutex.Options.poison(true, WaitStrategy.PARK));
            opened.liveness().sweep();       // the holder may have died just now, and this process been in the space
            if (policy(body) == DeathPolicy.REPAIR && lock.isPoisoned()) {
                throw new SluiceException(("'%s' is repaired by its users: the next one that locks it runs the repair"
                        + " of its LockOptions first").formatted(object));
            }
            return lock.recover(() -> {});
        }
    }

    private static Kind kind(Path path, String space, String object) {
        try (Directory directory = Directory.open(path); RegionFile file = RegionFile.open(directory, object)) {
            if (file == null) {
                throw NoSuchObjectException.of(space, object);
            }
            Kind kind = Kind.of(file.header().kind(), object);
            return switch (kind) {
                case LOCK, READ_WRITE_LOCK, NUMBER, VALUE, ARRAY, VALUE_ARRAY -> kind;
                default -> throw new SluiceException("'%s' is of kind %s, which has no lock that could be poisoned"
                        .formatted(object, kind.shortName()));
            };
        }
    }

    private static DeathPolicy policy(Body body) {
        return switch (body) {
            case LockBody lock -> lock.onOwnerDeath();
            case ReadWriteLockBody lock -> lock.onOwnerDeath();
            default -> DeathPolicy.POISON;
        };
    }
}
