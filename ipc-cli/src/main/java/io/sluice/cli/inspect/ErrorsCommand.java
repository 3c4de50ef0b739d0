package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.space.SpaceInfo.LoggedError;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lists what went wrong in spaces.
@Command(
        name = "errors",
        description = "List what went wrong in one space, or in all spaces: deaths, and recoveries that failed.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each process of a space writes into its log when it cleans up after a dead one, or cannot. A space keeps",
            "64 distinct errors, each with its count, its first and last time, and the process that the last one is",
            "about; the log goes with the space.",
        })
public final class ErrorsCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Mixin
    private ListingOptions options;

    private ErrorsCommand() {}

    @Override
    public Integer call() {
        SpaceRoot root = SpaceRoot.usual();
        Listing listing = new Listing("space", ">count", "first", "last", "pid", "error");
        for (String name : space == null ? root.spaces() : List.of(space)) {
            try {
                for (LoggedError error : root.errors(name)) {
                    listing.row(row(name, error));
                }
            } catch (NoSuchObjectException gone) {
                if (space != null) {
                    throw NoSuchObjectException.of(space);
                }
                // Its last process may have removed it meanwhile.
            }
        }
        System.out.print(listing.text(options));
        System.out.flush();
        return 0;
    }

    private static Cell[] row(String space, LoggedError error) {
        return new Cell[] {
            Cell.of(space),
            Cell.of(error.count()),
            Cell.of(error.first().toString(), ProcessCommand.shortTime(error.first())),
            Cell.of(error.last().toString(), ProcessCommand.shortTime(error.last())),
            error.pid() == 0 ? Cell.of(0L, "-") : Cell.of(error.pid(), Long.toString(error.pid())),
            Cell.of(error.text()),
        };
    }
}
