package io.sluice.cli;

import io.sluice.shm.SpaceRoot;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Frees a poisoned lock.
@Command(
        name = "recover",
        description = "Free a lock whose holder died, or the lock before a value or an array. What it guards may be"
                + " half changed: look at it first. Exits with 0 also if the lock is in order.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Takes a place in the space for the moment. Messages of dead processes need no such command: the next",
            "process that uses the object brings them in order.",
        })
final class RecoverCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Mixin
    private SpaceOption space;

    private RecoverCommand() {}

    @Override
    public Integer call() {
        boolean poisoned = SpaceRoot.usual().recover(space.existing(), name);
        System.out.println(poisoned ? "'" + name + "' is free again; its holder had died"
                : "'" + name + "' is not poisoned; nothing was done");
        System.out.flush();
        return 0;
    }
}
