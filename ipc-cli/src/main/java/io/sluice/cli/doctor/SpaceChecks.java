package io.sluice.cli.doctor;

import io.sluice.cli.Sizes;
import io.sluice.cli.inspect.Health;
import io.sluice.core.error.SluiceException;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Checks of the root, and of what is in its spaces.
final class SpaceChecks {
    private static final long SMALL_BYTES = 256L << 20;

    private final SpaceRoot root;
    private final List<Check> checks = new ArrayList<>();

    private SpaceChecks(SpaceRoot root) {
        this.root = root;
    }

    /// Runs the checks.
    ///
    /// @param root of spaces
    /// @return the results
    static List<Check> run(SpaceRoot root) {
        SpaceChecks spaces = new SpaceChecks(root);
        spaces.fileSystem();
        spaces.contents();
        return spaces.checks;
    }

    private void fileSystem() {
        Path there = root.path();
        while (there.getParent() != null && Files.notExists(there)) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            long total = store.getTotalSpace();
            long free = store.getUsableSpace();
            String name = "file system of " + root.path();
            String use = Sizes.text(total - free) + " of " + Sizes.text(total) + " used, " + store.type();
            String larger = "docker run --shm-size=2g, or mount -o remount,size=8g /dev/shm";
            if (store.type().startsWith("nfs") || store.type().equals("cifs") || store.type().startsWith("fuse")) {
                checks.add(Check.fail(name, store.type() + ": other hosts share neither memory nor locks",
                        "SLUICE_HOME on a tmpfs"));
            } else if (free < total / 10) {
                checks.add(Check.fail(name, use, "sluice ls, then sluice unlink; or " + larger));
            } else if (total < SMALL_BYTES) {
                checks.add(Check.warn(name, use, larger));
            } else {
                checks.add(Check.ok(name, use));
            }
        } catch (IOException refused) {
            checks.add(Check.fail("file system of " + root.path(), String.valueOf(refused.getMessage()),
                    "SLUICE_HOME names another directory"));
        }
    }

    private void contents() {
        List<String> names;
        try {
            names = root.spaces();
        } catch (UnsafeLocationException | UnsupportedOperationException refused) {
            checks.add(Check.fail("spaces", String.valueOf(refused.getMessage()), "as the message says"));
            return;
        }
        int objects = 0;
        int before = checks.size();
        for (String name : names) {
            try {
                SpaceState space = root.details(name);
                objects += space.objects().size();
                look(space);
            } catch (NoSuchObjectException goneMeanwhile) {
                // The last process of a space may have removed it meanwhile.
            } catch (SluiceException refused) {
                checks.add(Check.fail("space " + name, String.valueOf(refused.getMessage()), "as the message says"));
            }
        }
        if (checks.size() == before) {
            checks.add(Check.ok("spaces", names.size() + " with " + objects + " objects"));
        }
    }

    private void look(SpaceState space) {
        String name = space.info().name();
        int orphans = 0;
        for (ObjectState object : space.objects()) {
            String what = "object " + name + "/" + object.info().name();
            switch (object.condition()) {
                case OK -> { }
                case ORPHANED -> orphans++;
                case FULL -> checks.add(Check.warn(what, "FULL: " + object.finding(), Health.remedy(name, object)));
                case BROKEN, POISONED, DAMAGED -> checks.add(Check.fail(what,
                        object.condition() + ": " + object.finding(), Health.remedy(name, object)));
            }
        }
        if (orphans > 0) {
            checks.add(Check.warn("space " + name, orphans + (orphans == 1 ? " object that no live process has"
                    : " objects that no live process has") + " open", "sluice ls " + name
                    + "; unlink what no process will come back for"));
        }
        space.info().unreadable().forEach((file, why) -> checks.add(Check.fail("file " + name + "/" + file, why,
                file.startsWith(".") ? "end all processes of the space, and remove its directory"
                        : Health.unlink(name, file))));
        processes(space);
    }

    private void processes(SpaceState space) {
        for (Health.Stopped stopped : Health.stopped(space)) {
            String what = "process " + stopped.pid();
            if (stopped.holds().isEmpty()) {
                checks.add(Check.warn(what, "stopped, in space " + space.info().name(), "kill -CONT " + stopped.pid()));
            } else {
                checks.add(Check.fail(what, "stopped, and holds " + String.join(", ", stopped.holds()),
                        "kill -CONT " + stopped.pid()));
            }
        }
        int dead = Health.dead(space);
        if (dead > 0) {
            checks.add(Check.warn("space " + space.info().name(), dead
                    + (dead == 1 ? " dead process is" : " dead processes are") + " not cleaned up after",
                    "nothing: the next process that opens or waits does it"));
        }
    }
}
