package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Json;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.cli.Numbers;
import io.sluice.cli.Span;
import io.sluice.shm.object.Deadlocks;
import io.sluice.shm.object.Deadlocks.Cycle;
import io.sluice.shm.object.Deadlocks.Link;
import io.sluice.shm.object.Deadlocks.Party;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.ObjectState.Wait;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists locks with their holders and waiters, and finds deadlocks.
@Command(
        name = "locks",
        description = "List the locks and semaphores of one space, or of all spaces, with holders and waiters, and find"
                + " threads that wait for each other, in one process or several. Exits with 1 if there are any.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A lock names the threads that have waited for more than 20 ms while it did not change hands, at most 15.",
            "Readers of a read-write lock, and holders of permits, are known by process and not by thread, so a cycle",
            "over them is a possible deadlock. Since when a thread waits is not known. Values and arrays have locks",
            "too; they are listed while they are held. Threads that wait in queues and pipes are not known.",
        })
public final class LocksCommand implements Callable<Integer> {
    private static final Span BETWEEN_LOOKS = new Span(50_000_000);

    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Option(
            names = "--stacks",
            description = "Show the name and the stack of each holder and waiter, by 'jcmd PID Thread.print', which"
                    + " stops each of these JVMs for an instant.")
    private boolean stacks;

    @Mixin
    private ListingOptions options;

    private LocksCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        List<SpaceState> spaces = Spaces.read(space, false);
        List<Cycle> deadlocks = Deadlocks.find(spaces);
        if (!deadlocks.isEmpty()) {
            BETWEEN_LOOKS.sleep();
            spaces = Spaces.readAgain(space);
            deadlocks = Deadlocks.lasting(deadlocks, Deadlocks.find(spaces));
        }
        Threads threads = stacks ? new Threads() : null;
        String listing = listing(spaces, threads).text(options);
        System.out.print(options.format() == ListingOptions.Format.json
                ? json(listing, deadlocks, spaces, threads) : listing);
        if (options.format() != ListingOptions.Format.json) {
            var out = options.isTable() ? System.out : System.err;
            for (Cycle cycle : deadlocks) {
                out.println(Tone.BAD.on(cycle.words(), options.isColoured()));
            }
            if (threads != null) {
                out.print(stacks(spaces, threads));
            }
        }
        System.out.flush();
        return deadlocks.isEmpty() ? 0 : 1;
    }

    private static Listing listing(List<SpaceState> spaces, Threads threads) {
        Listing listing = new Listing("space", "name", "kind", "state", "holders", "waiters", "->acquisitions",
                "->deaths", "-remedy");
        for (SpaceState one : spaces) {
            for (ObjectState object : one.objects()) {
                if (isShown(object)) {
                    listing.row(row(one, object, threads));
                }
            }
        }
        return listing;
    }

    private static boolean isShown(ObjectState object) {
        ObjectInfo.Kind kind = object.info().kind();
        return kind == ObjectInfo.Kind.LOCK || kind == ObjectInfo.Kind.READ_WRITE_LOCK
                || kind == ObjectInfo.Kind.SEMAPHORE || object.condition() == Condition.POISONED
                || !object.waits().isEmpty() || holdsLock(object);
    }

    private static boolean holdsLock(ObjectState object) {
        for (Hold hold : object.holds()) {
            if (hold.what().endsWith("lock")) {
                return true;
            }
        }
        return false;
    }

    private static Cell[] row(SpaceState space, ObjectState object, Threads threads) {
        List<String> holders = new ArrayList<>();
        for (Hold hold : object.holds()) {
            if (hold.what().endsWith("lock") || hold.what().equals("permits")) {
                holders.add(words(space, hold.what(), hold.owner(), hold.thread(), hold.count(), threads));
            }
        }
        List<String> waiters = new ArrayList<>();
        for (Wait wait : object.waits()) {
            waiters.add(words(space, wait.what(), wait.owner(), wait.thread(), wait.count(), threads));
        }
        boolean wrong = object.condition().compareTo(Condition.BROKEN) >= 0;
        return new Cell[] {
            Cell.of(space.info().name()),
            Cell.of(object.info().name()),
            Cell.of(Words.kind(object.info())),
            wrong ? Words.state(space.info().name(), object)
                    : Cell.of(holders.isEmpty() ? "free" : "held", Words.use(space, object)),
            Cell.of(holders, holders.isEmpty() ? "-" : String.join(", ", holders)),
            Cell.of(waiters, waiters.isEmpty() ? "-" : String.join(", ", waiters)),
            Cell.of(Words.counter(object, Words.ACQUISITIONS)),
            Cell.of(Words.counter(object, "deaths")),
            Cell.of(Words.remedy(space.info().name(), object)),
        };
    }

    private static String words(SpaceState space, String what, int owner, long thread, long count, Threads threads) {
        StringBuilder text = new StringBuilder();
        if (owner == 0) {
            text.append("unknown");
        } else {
            Party party = Deadlocks.party(space, owner, thread);
            text.append(party.words());
            Threads.Shown shown = threads == null || thread == 0 ? null : threads.find(party.pid(), thread);
            text.append(shown == null ? "" : " \"" + shown.name() + '"');
        }
        if (!what.equals("lock")) {
            text.append(" (").append(what).append(count == 1 ? "" : " x " + Numbers.grouped(count)).append(')');
        } else if (count > 1) {
            text.append(" x ").append(Numbers.grouped(count));
        }
        return text.toString();
    }

    /// The threads that hold something or wait, each once.
    private static Set<Party> parties(List<SpaceState> spaces) {
        Set<Party> parties = new LinkedHashSet<>();
        for (SpaceState space : spaces) {
            for (ObjectState object : space.objects()) {
                object.holds().forEach(hold -> add(parties, space, hold.owner(), hold.thread()));
                object.waits().forEach(wait -> add(parties, space, wait.owner(), wait.thread()));
            }
        }
        return parties;
    }

    private static void add(Set<Party> parties, SpaceState space, int owner, long thread) {
        if (owner != 0 && thread != 0) {
            parties.add(Deadlocks.party(space, owner, thread));
        }
    }

    private static String stacks(List<SpaceState> spaces, Threads threads) {
        StringBuilder text = new StringBuilder();
        for (Party party : parties(spaces)) {
            Threads.Shown shown = threads.find(party.pid(), party.thread());
            text.append('\n').append(party.words());
            if (shown == null) {
                text.append(": jcmd does not tell; the process is another user's, stopped, in another pid namespace,"
                        + " or no JVM that can be attached to; or the thread is virtual\n");
            } else {
                text.append(" \"").append(shown.name()).append("\"\n");
                shown.stack().forEach(frame -> text.append("    at ").append(frame).append('\n'));
            }
        }
        return text.toString();
    }

    private static String json(String locks, List<Cycle> deadlocks, List<SpaceState> spaces, Threads threads) {
        Json json = new Json().beginArray();
        for (Cycle cycle : deadlocks) {
            json.beginObject().field("certain", cycle.certain()).name("waits").beginArray();
            for (Link link : cycle.links()) {
                json.beginObject().field("pid", link.waiter().pid()).field("thread", link.waiter().thread())
                        .field("object", link.object()).field("what", link.what()).endObject();
            }
            json.endArray().endObject();
        }
        json.endArray();
        Json shown = new Json().beginArray();
        for (Party party : threads == null ? Set.<Party>of() : parties(spaces)) {
            Threads.Shown thread = threads.find(party.pid(), party.thread());
            shown.beginObject().field("pid", party.pid()).field("thread", party.thread())
                    .name("name").value(thread == null ? null : thread.name())
                    .name("stack").value(thread == null ? List.of() : thread.stack()).endObject();
        }
        shown.endArray();
        return "{\"locks\":" + locks.strip() + ",\"deadlocks\":" + json + ",\"threads\":" + shown + "}\n";
    }
}
