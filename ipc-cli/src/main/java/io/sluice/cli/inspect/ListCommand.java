package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Json;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.cli.Numbers;
import io.sluice.cli.Sizes;
import io.sluice.cli.Span;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.SpaceState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists the objects in spaces, without joining them or affecting their processes.
@Command(
        name = "ls",
        description = "List the objects of one space, or of all spaces: how full each is, which processes use it, and"
                + " what is wrong, with the command that mends it. Opens, locks and changes nothing, except that"
                + " temporary spaces without a live process are removed first.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "States: ok; FULL, with what it waits for; ORPHANED, no live process has it open; BROKEN, a barrier;",
            "POISONED, the holder of a lock died; DAMAGED, its memory or file is not what it should be.",
            "USE: slots that wait and the capacity, the holder of a lock, permits, arrivals.",
            "AGE, with -w: the oldest message that waits has waited longer, >, or less, <.",
            "The table may change between releases; scripts should read the JSON.",
        })
public final class ListCommand implements Callable<Integer> {
    private static final double UNKNOWN = -1;

    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "TIME",
            converter = Span.Converter.class,
            description = "Look twice, that long apart, and show the rates: messages, or acquisitions, per second.")
    private Span watch;

    @Mixin
    private ListingOptions options;

    private ListCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Map<UUID, ObjectState> before = new HashMap<>();
        Ages ages = new Ages();
        if (watch != null) {
            List<SpaceState> first = Spaces.read(space, false);
            first.forEach(one -> one.objects().forEach(object -> before.put(object.info().id(), object)));
            ages.see(first);
            watch.sleep();
        }
        List<SpaceState> spaces = watch == null ? Spaces.read(space, false) : Spaces.readAgain(space);
        boolean whole = options.format() == ListingOptions.Format.json && options.columns().isEmpty();
        System.out.print(whole ? json(spaces, before, ages) : listing(spaces, before, ages).text(options));
        System.out.flush();
        return 0;
    }

    private Listing listing(List<SpaceState> spaces, Map<UUID, ObjectState> before, Ages ages) {
        Listing listing = new Listing("space", "name", "kind", ">bytes", "use", watch == null ? "->rate" : ">rate",
                ">producers", ">consumers", ">open", watch == null ? "->age" : ">age", "state", "-shape", "-type",
                    "->depth", "->capacity", "->dead",
                "-creator", "-created", "-id", "-finding", "-remedy", "-temporary");
        for (SpaceState one : spaces) {
            for (ObjectState object : one.objects()) {
                listing.row(row(one, object, Words.rate(before.get(object.info().id()), object), ages.of(object)));
            }
            one.info().unreadable().forEach((name, why) -> listing.row(unreadable(one, name, why)));
        }
        return listing;
    }

    private static Cell[] row(SpaceState space, ObjectState object, double rate, Ages.Age age) {
        ObjectInfo info = object.info();
        long bytes = info.sizeBytes() + info.largeBytes();
        return new Cell[] {
            Cell.of(space.info().name()),
            Cell.of(info.name()),
            Cell.of(Words.kind(info)),
            Cell.of(bytes, Sizes.text(bytes)),
            Cell.of(Words.use(space, object)),
            rate < 0 ? Cell.of(null) : Cell.of(rate, Numbers.rate(rate)),
            Cell.of(Words.participants(object, true)),
            Cell.of(Words.participants(object, false)),
            Cell.of(info.live()),
            age == null ? Cell.of(null) : age.cell(),
            Words.state(space.info().name(), object),
            Cell.of(Words.shape(info)),
            Cell.of(info.elementType()),
            Cell.of(sum(object, false)),
            Cell.of(sum(object, true)),
            Cell.of(info.dead()),
            Cell.of(info.creatorPid(), Long.toString(info.creatorPid())),
            Cell.of(info.created().toString()),
            Cell.of(info.id().toString()),
            Cell.of(object.finding()),
            Cell.of(Words.remedy(space.info().name(), object)),
            Cell.of(info.temporary()),
        };
    }

    private static Map<String, Cell> unreadable(SpaceState space, String name, String why) {
        return Map.of(
                "space", Cell.of(space.info().name()),
                "name", Cell.of(name),
                "kind", Cell.of("?"),
                "state", Cell.of("unreadable", "unreadable: " + why).in(Tone.BAD),
                "finding", Cell.of(why));
    }

    /// The slots that wait, or that there are, over all ways of messages.
    private static Long sum(ObjectState object, boolean capacity) {
        if (object.flows().isEmpty()) {
            return null;
        }
        long sum = 0;
        for (Flow flow : object.flows()) {
            sum += capacity ? flow.capacity() : flow.depth();
        }
        return sum;
    }

    private static String json(List<SpaceState> spaces, Map<UUID, ObjectState> before, Ages ages) {
        Json json = new Json().beginArray();
        for (SpaceState space : spaces) {
            json.beginObject()
                    .field("space", space.info().name())
                    .field("path", space.info().path().toString())
                    .name("objects")
                    .beginArray();
            for (ObjectState object : space.objects()) {
                write(json, space.info().name(), object, Words.rate(before.get(object.info().id()), object),
                        ages.of(object));
            }
            json.endArray().name("unreadable").beginArray();
            space.info().unreadable().forEach((name, why) ->
                    json.beginObject().field("name", name).field("why", why).endObject());
            json.endArray().endObject();
        }
        return json.endArray() + "\n";
    }

    private static void write(Json json, String space, ObjectState object, double rate, Ages.Age age) {
        ObjectInfo info = object.info();
        json.beginObject()
                .field("name", info.name())
                .field("kind", Words.kind(info))
                .field("id", info.id().toString())
                .field("sizeBytes", info.sizeBytes())
                .name("parameters")
                .value(info.parameters());
        if (info.parameters().containsKey("slotBytes")) {
            json.field("slots", info.parameters().get("capacity"))
                    .field("slotBytes", info.parameters().get("slotBytes"));
        }
        json.field("elementType", info.elementType())
                .field("temporary", info.temporary())
                .field("live", info.live())
                .field("dead", info.dead())
                .field("largeMessages", info.largeMessages())
                .field("largeBytes", info.largeBytes())
                .field("created", info.created().toString())
                .field("creatorPid", info.creatorPid())
                .field("state", Words.name(object.condition()))
                .field("finding", object.finding())
                .field("remedy", Words.remedy(space, object))
                .name("flows")
                .beginArray();
        for (Flow flow : object.flows()) {
            json.beginObject().field("name", flow.name()).field("depth", flow.depth())
                    .field("capacity", flow.capacity()).field("in", flow.in())
                    .name("slotsPerMessage").value(flow.slotsPerMessage())
                    .name("bytesPerMessage").value(flow.bytesPerMessage())
                    .name("producers").value(flow.producers() < 0 ? null : flow.producers())
                    .name("consumers").value(flow.consumers() < 0 ? null : flow.consumers())
                    .endObject();
        }
        json.endArray().name("counters").beginObject();
        for (Counter counter : object.counters()) {
            json.field(counter.name(), counter.value());
        }
        json.endObject();
        if (rate != UNKNOWN) {
            json.name("rate").value(rate);
        }
        if (age != null && age.leastNanos() > 0) {
            json.field("oldestAtLeastNanos", age.leastNanos());
        }
        if (age != null && age.mostNanos() < Ages.Age.UNKNOWN) {
            json.field("oldestAtMostNanos", age.mostNanos());
        }
        json.endObject();
    }
}
