package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.cli.Numbers;
import io.sluice.cli.inspect.ProcessFacts.State;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lists the processes in spaces.
@Command(
        name = "ps",
        description = "List the processes of one space, or of all spaces: state, open objects, and what each holds.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The kernel tells whether a process lives; its id is that of its own pid namespace. A stopped process",
            "keeps what it holds: 'kill -CONT PID' continues it. The claim of an only producer and the message of an",
            "only consumer show in no shared word, so they are not among what a process holds.",
        })
public final class ProcessCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Mixin
    private ListingOptions options;

    private ProcessCommand() {}

    @Override
    public Integer call() {
        Listing listing = new Listing("space", "pid", "started", "state", ">objects", "holds", "command", "-slot",
                "-joined", "-names", "-remedy");
        for (SpaceState one : Spaces.read(space, true)) {
            for (SpaceInfo.Owner owner : one.info().owners()) {
                listing.row(row(one, owner));
            }
        }
        System.out.print(listing.text(options));
        System.out.flush();
        return 0;
    }

    private static Cell[] row(SpaceState space, SpaceInfo.Owner owner) {
        List<String> names = new ArrayList<>();
        List<String> holds = new ArrayList<>();
        boolean cleaned = false;
        for (ObjectState object : space.objects()) {
            if (object.info().owners().contains(owner.slot())) {
                names.add(object.info().name());
            }
            cleaned |= object.beingCleaned().contains(owner.slot());
            for (Hold hold : object.holds()) {
                if (hold.owner() == owner.slot()) {
                    holds.add(words(object, hold));
                }
            }
        }
        State state = ProcessFacts.state(owner, cleaned);
        String remedy = state == State.STOPPED ? "kill -CONT " + owner.pid() : "";
        return new Cell[] {
            Cell.of(space.info().name()),
            Cell.of(owner.pid(), Long.toString(owner.pid())),
            Cell.of(owner.started().toString(), shortTime(owner.started())),
            Cell.of(state.words(), state.words() + (remedy.isEmpty() ? "" : " → " + remedy))
                    .in(state == State.ALIVE ? Tone.PLAIN : state == State.STOPPED ? Tone.BAD : Tone.WARN),
            Cell.of(names.size()),
            Cell.of(holds, holds.isEmpty() ? "-" : String.join(", ", holds)),
            Cell.of(owner.command()),
            Cell.of(owner.slot()),
            Cell.of(owner.joined().toString()),
            Cell.of(names),
            Cell.of(remedy),
        };
    }

    /// What a process holds of an object.
    ///
    /// @return such as `lock of book (thread 33)`, `3 permits of cores`
    static String words(ObjectState object, Hold hold) {
        return (hold.count() == 1 ? "" : Numbers.grouped(hold.count()) + " ") + plural(hold) + " of "
                + object.info().name() + (hold.thread() == 0 ? "" : " (thread " + hold.thread() + ")");
    }

    private static String plural(Hold hold) {
        if (hold.what().equals("permits")) {
            return hold.count() == 1 ? "permit" : "permits";
        }
        if (hold.count() == 1) {
            return hold.what();
        }
        return hold.what().endsWith("y") ? hold.what().substring(0, hold.what().length() - 1) + "ies"
                : hold.what() + "s";
    }

    /// The time of a day if it is today, otherwise the day.
    static String shortTime(Instant instant) {
        ZonedDateTime time = instant.atZone(ZoneId.systemDefault());
        String day = time.toLocalDate().toString();
        return day.equals(ZonedDateTime.now(ZoneId.systemDefault()).toLocalDate().toString())
                ? time.toLocalTime().withNano(0).toString() : day;
    }
}
