package io.sluice.cli;

import io.sluice.shm.SharedSpace;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Removes spaces that no process needs any more.
@Command(
        name = "clean",
        description = "Remove the spaces that no live process is in and that hold nothing persistent. Their names are"
                + " printed. A space of a stopped process stays.",
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    private CleanCommand() {}

    @Override
    public Integer call() {
        List<String> removed = SharedSpace.clean(null);
        removed.forEach(name -> System.out.println("removed " + name));
        System.out.flush();
        return 0;
    }
}
