package io.sluice.cli;

import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Removes the name of an object.
@Command(
        name = "unlink",
        description = "Remove the name of an object, without joining its space. Processes that have it open can still"
                + " use it; others cannot find it any more.",
        mixinStandardHelpOptions = true)
final class UnlinkCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Mixin
    private SpaceOption space;

    private UnlinkCommand() {}

    @Override
    public Integer call() {
        if (!SpaceRoot.usual().unlink(space.existing(), name)) {
            throw NoSuchObjectException.of(space.name(), name);
        }
        return 0;
    }
}
