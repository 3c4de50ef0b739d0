package io.sluice.cli;

import io.sluice.core.error.SluiceException;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Removes unused spaces.
@Command(
        name = "clean",
        description = "Print the names of the spaces that have neither live processes nor persistent objects; with"
                + " --apply, remove these spaces. The space of a stopped process stays.",
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    @Option(names = "--apply", description = "Remove the spaces, and print the names of those that were removed.")
    private boolean apply;

    private CleanCommand() {}

    @Override
    public Integer call() {
        List<String> names = apply ? SpaceRoot.usual().clean() : unused(SpaceRoot.usual());
        names.forEach(name -> System.out.println((apply ? "removed " : "unused ") + name));
        System.out.flush();
        if (!apply && !names.isEmpty()) {
            System.err.println("sluice: nothing was removed; 'sluice clean --apply' removes unused spaces");
        }
        return 0;
    }

    private static List<String> unused(SpaceRoot root) {
        List<String> unused = new ArrayList<>();
        for (String name : root.names()) {
            try {
                SpaceInfo space = root.info(name);
                if (space.unreadable().isEmpty() && space.owners().stream().noneMatch(SpaceInfo.Owner::alive)
                        && space.objects().stream().allMatch(ObjectInfo::temporary)) {
                    unused.add(name);
                }
            } catch (SluiceException removedOrNotPrivate) {
                // The removal leaves it alone, too.
            }
        }
        return unused;
    }
}
