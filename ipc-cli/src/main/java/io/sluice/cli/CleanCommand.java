package io.sluice.cli;

import io.sluice.shm.SpaceRoot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Removes unused spaces.
@Command(
        name = "clean",
        description = "Remove spaces that have neither live processes nor persistent objects, and print their names."
                + " The space of a stopped process stays.",
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    private CleanCommand() {}

    @Override
    public Integer call() {
        List<String> removed = SpaceRoot.usual().clean();
        removed.forEach(name -> System.out.println("removed " + name));
        System.out.flush();
        return 0;
    }
}
