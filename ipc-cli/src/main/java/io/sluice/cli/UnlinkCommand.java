package io.sluice.cli;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.NoSuchObjectException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Removes the name of an object.
@Command(
        name = "unlink",
        description = "Remove a name, without joining the space. Processes that have the object open go on with it; no"
                + " other will find it.",
        mixinStandardHelpOptions = true)
final class UnlinkCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Mixin
    private SpaceOption space;

    private UnlinkCommand() {}

    @Override
    public Integer call() {
        if (!SharedSpace.spaces(null).contains(space.name())) {
            throw new NoSuchObjectException(
                    "there is no space '%s'; 'sluice ls' shows what there is".formatted(space.name()));
        }
        if (!SharedSpace.unlink(space.name(), name)) {
            throw new NoSuchObjectException(
                    "nothing in space '%s' is called '%s'; 'sluice ls %s' shows what there is".formatted(
                            space.name(), name, space.name()));
        }
        return 0;
    }
}
