package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.owner.RegistryView;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.ErrorLog;
import io.sluice.shm.region.ObserverScratch;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceInfo;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Reads spaces from outside: nothing is mapped, locked, joined or changed.
///
/// - **Threads:** any.
public final class SpaceView {
    private SpaceView() {}

    /// The names of the spaces below a root, after temporary ones without a live owner have been removed.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @return sorted; empty if there is no such directory
    /// @throws io.sluice.shm.error.UnsafeLocationException if the directory is not private to this user
    public static List<String> spaces(Path root) {
        Linux.require();
        TemporarySpaces.removeAbandoned(SpaceLocation.root(root), Integer.MAX_VALUE);
        return names(root);
    }

    /// The names of the spaces below a root; removes none.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @return sorted; empty if there is no such directory
    /// @throws io.sluice.shm.error.UnsafeLocationException if the directory is not private to this user
    public static List<String> names(Path root) {
        Linux.require();
        try (Directory directory = Directory.open(SpaceLocation.root(root))) {
            List<String> spaces = new ArrayList<>();     // no stream: a command does little else
            for (String name : directory.names()) {
                if (Names.isAllowed(name) && isDirectory(directory.path().resolve(name))) {
                    spaces.add(name);
                }
            }
            Collections.sort(spaces);
            return List.copyOf(spaces);
        } catch (NoSuchObjectException none) {
            return List.of();
        }
    }

    /// Removes every space below a root that has no live owner and holds no persistent object: also a space that was
    /// opened for persistent objects and got none. Opening and listing spaces remove the temporary ones too.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @return the names of those that were removed, sorted
    /// @throws io.sluice.shm.error.UnsafeLocationException if the directory is not private to this user
    public static List<String> clean(Path root) {
        Linux.require();
        Path where = SpaceLocation.root(root);
        List<String> removed = new ArrayList<>(TemporarySpaces.removeAbandoned(where, Integer.MAX_VALUE));
        for (String name : spaces(root)) {
            if (TemporarySpaces.removeIfAbandoned(where, name)) {
                removed.add(name);
            }
        }
        Collections.sort(removed);
        return removed;
    }

    private static boolean isDirectory(Path path) {
        FileStatus status = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
        return status != null && status.isDirectory();
    }

    /// Reads a space.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param name of the space
    /// @return its state at this moment
    /// @throws NoSuchObjectException if there is no such space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    public static SpaceInfo of(Path root, String name) {
        Linux.require();
        Names.check("space", name);
        return of(name, SpaceLocation.root(root).resolve(name));
    }

    /// Reads the error log of a space.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param name of the space
    /// @return the last one first
    /// @throws NoSuchObjectException if there is no such space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    public static List<SpaceInfo.LoggedError> errors(Path root, String name) {
        Linux.require();
        Names.check("space", name);
        List<SpaceInfo.LoggedError> errors = new ArrayList<>();
        try (Directory directory = Directory.open(SpaceLocation.root(root).resolve(name))) {
            for (ErrorLog.Entry entry : ErrorLog.read(directory)) {
                errors.add(new SpaceInfo.LoggedError(entry.text(), entry.count(),
                        Instant.ofEpochMilli(entry.firstMillis()), Instant.ofEpochMilli(entry.lastMillis()),
                        entry.pid()));
            }
        }
        return errors;
    }

    static SpaceInfo of(String name, Path path) {
        return of(name, path, null, new ObserverScratch(), (_, _, _, _) -> {});
    }

    /// Looks at an object while its file is open.
    @FunctionalInterface
    interface Visitor {
        /// Gets one object.
        ///
        /// @param file open, until the return
        /// @param object what its header says
        /// @param table of its participants; valid until the return
        /// @param owners the processes of the space
        void visit(RegionFile file, ObjectInfo object, int[] table, List<SpaceInfo.Owner> owners);
    }

    /// @param only the one object that is looked at; null for all
    static SpaceInfo of(String name, Path path, String only, ObserverScratch scratch, Visitor visitor) {
        try (Directory directory = Directory.open(path)) {
            int slots = 0;
            List<SpaceInfo.Owner> owners = List.of();
            Map<String, String> unreadable = new TreeMap<>();
            try (RegistryView registry = RegistryView.open(directory)) {
                slots = registry.slots();
                owners = registry.owners(SpaceInfo.Owner::new);
                unreadable.putAll(registry.replaced());
            } catch (CorruptObjectException | MismatchException | UnsafeLocationException refused) {
                unreadable.put(Registry.REGISTRY, refused.getMessage());     // of another release, or damaged
            }
            List<String> names = directory.names();
            Map<UUID, long[]> large = largeMessages(directory, names);
            List<ObjectInfo> objects = new ArrayList<>();
            for (String file : names) {
                if (Names.isAllowed(file) && (only == null || only.equals(file))) {
                    try (RegionFile region = RegionFile.observe(directory, file, scratch)) {
                        if (region != null) {
                            int[] table = region.participants();
                            ObjectInfo object = describe(region, table, large);
                            visitor.visit(region, object, table, owners);
                            objects.add(object);
                        }
                    } catch (CorruptObjectException | MismatchException | UnsafeLocationException refused) {
                        unreadable.put(file, refused.getMessage());
                    }
                }
            }
            objects.sort(Comparator.comparing(ObjectInfo::name));
            return new SpaceInfo(name, path, slots, owners, List.copyOf(objects), unreadable);
        }
    }

    /// How many messages of each object lie in files of their own, and how many bytes these have.
    private static Map<UUID, long[]> largeMessages(Directory directory, List<String> names) {
        Map<UUID, long[]> all = new HashMap<>();
        for (String name : names) {
            UUID object = SideFiles.objectOf(name);
            FileStatus side = object == null ? null : directory.statusOf(name);
            if (side != null) {
                long[] numbers = all.computeIfAbsent(object, first -> new long[2]);
                numbers[0]++;
                numbers[1] += side.size();
            }
        }
        return all;
    }

    private static ObjectInfo describe(RegionFile file, int[] table, Map<UUID, long[]> large) {
        RegionHeader header = file.header();
        Kind kind = Kind.of(header.kind(), file.name());
        List<Integer> owners = new ArrayList<>();
        int live = 0;
        for (int slot = 1; slot < table.length; slot++) {
            if (table[slot] != 0) {
                owners.add(slot);
                if (file.isPlaceTaken(slot)) {
                    live++;
                }
            }
        }
        long[] numbers = large.getOrDefault(header.id(), new long[2]);
        return new ObjectInfo(
                file.name(),
                kind.shown(),
                header.id(),
                file.bytes(),
                header.elementType(),
                header.temporary(),
                header.creatorPid(),
                Instant.ofEpochMilli(header.createdMillis()),
                live,
                owners.size() - live,
                List.copyOf(owners),
                Collections.unmodifiableMap(parameters(kind, header.parameters())),
                (int) numbers[0],
                numbers[1]);
    }

    private static Map<String, Long> parameters(Kind kind, long[] numbers) {
        Map<String, Long> named = new LinkedHashMap<>();
        for (int i = 0; i < kind.parameters(); i++) {
            named.put(kind.parameterName(i), numbers[i]);
        }
        return named;
    }
}
