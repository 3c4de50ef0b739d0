package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.cli.Numbers;
import io.sluice.cli.Sizes;
import io.sluice.cli.SpaceOption;
import io.sluice.cli.Span;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Deadlocks;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.ObjectState.Wait;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows every number of one object.
@Command(
        name = "stat",
        description = "Show every number of one object, with the rate of each that grows; what processes hold of it,"
                + " and which threads wait.",
        mixinStandardHelpOptions = true)
public final class StatCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the object.")
    private String name;

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "TIME",
            defaultValue = "200ms",
            converter = Span.Converter.class,
            description = "Time between the two looks that make a rate; 0 looks once (default: ${DEFAULT-VALUE}).")
    private Span watch;

    @Mixin
    private SpaceOption space;

    @Mixin
    private ListingOptions options;

    private StatCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Spaces.Found found = Spaces.find(space, name);
        ObjectState before = null;
        Ages ages = new Ages();
        if (watch.nanos() > 0) {
            before = found.object();
            ages.see(before);
            watch.sleep();
            found = Spaces.find(space, name);
            if (!found.object().info().id().equals(before.info().id())) {
                throw new NoSuchObjectException("'%s' was removed and created again meanwhile; look again"
                        .formatted(name));
            }
        }
        System.out.print(listing(found, before, ages).text(options));
        System.out.flush();
        return 0;
    }

    private static Listing listing(Spaces.Found found, ObjectState before, Ages ages) {
        Listing listing = new Listing("group", "name", ">value", ">rate");
        ObjectState object = found.object();
        ObjectInfo info = object.info();
        row(listing, "object", "kind", Cell.of(Words.kind(info)));
        row(listing, "object", "state", Words.state(found.space().info().name(), object));
        row(listing, "object", "element type", Cell.of(info.elementType()));
        row(listing, "object", "bytes", Cell.of(info.sizeBytes(), Sizes.text(info.sizeBytes())));
        row(listing, "object", "created", Cell.of(info.created().toString()));
        row(listing, "object", "creator pid", Cell.of(info.creatorPid(), Long.toString(info.creatorPid())));
        row(listing, "object", "id", Cell.of(info.id().toString()));
        row(listing, "object", "open", Cell.of(info.live()));
        row(listing, "object", "dead", Cell.of(info.dead()));
        if (info.largeMessages() > 0) {
            row(listing, "object", "large messages", Cell.of(info.largeMessages()));
            row(listing, "object", "large bytes", Cell.of(info.largeBytes(), Sizes.text(info.largeBytes())));
        }
        info.parameters().forEach((name, value) -> row(listing, "parameter", name, Cell.of(value)));
        flows(listing, object, before, ages);
        for (Counter counter : object.counters()) {
            Double rate = before == null || !counter.grows() ? null
                    : Math.max(0, counter.value() - Words.counter(before, counter.name())) * 1e9
                            / Math.max(1, object.nanoTime() - before.nanoTime());
            row(listing, "counter", counter.name(), Words.value(counter), Words.rate(counter, rate));
        }
        for (Hold hold : object.holds()) {
            row(listing, "hold", party(found, hold.what(), hold.owner(), hold.thread()), Cell.of(hold.count()));
        }
        for (Wait wait : object.waits()) {
            row(listing, "wait", party(found, wait.what(), wait.owner(), wait.thread()), Cell.of(wait.count()));
        }
        return listing;
    }

    private static void flows(Listing listing, ObjectState object, ObjectState before, Ages ages) {
        for (int i = 0; i < object.flows().size(); i++) {
            Flow flow = object.flows().get(i);
            String prefix = flow.name().isEmpty() ? "" : flow.name() + " ";
            double messages = flow.in() / flow.slotsPerMessage();
            Double rate = before == null || before.flows().size() <= i ? null
                    : Math.max(0, flow.in() - before.flows().get(i).in()) / flow.slotsPerMessage() * 1e9
                            / Math.max(1, object.nanoTime() - before.nanoTime());
            row(listing, "flow", prefix + "messages", Cell.of(Math.round(messages),
                    (flow.slotsPerMessage() == 1 ? "" : "about ") + Numbers.grouped(Math.round(messages))),
                    rate(rate));
            long bytes = Math.round(messages * flow.bytesPerMessage());
            row(listing, "flow", prefix + "bytes", Cell.of(bytes, "about " + Sizes.text(bytes)),
                    bytesRate(rate == null ? null : rate * flow.bytesPerMessage()));
            row(listing, "flow", prefix + "depth", Cell.of(flow.depth()));
            row(listing, "flow", prefix + "oldest",
                    flow.depth() == 0 ? Cell.of(null) : ages.of(object, flow, i).cell());
            row(listing, "flow", prefix + "capacity", Cell.of(flow.capacity()));
            row(listing, "flow", prefix + "producers", Cell.of(flow.producers() < 0 ? null : flow.producers()));
            row(listing, "flow", prefix + "consumers", Cell.of(flow.consumers() < 0 ? null : flow.consumers()));
        }
    }

    private static String party(Spaces.Found found, String what, int owner, long thread) {
        return what + (owner == 0 ? "" : " of " + Deadlocks.party(found.space(), owner, thread).words());
    }

    private static void row(Listing listing, String group, String name, Cell value) {
        row(listing, group, name, value, Cell.of(null));
    }

    private static void row(Listing listing, String group, String name, Cell value, Cell rate) {
        listing.row(Cell.of(group), Cell.of(name), value, rate);
    }

    private static Cell bytesRate(Double perSecond) {
        return perSecond == null ? Cell.of(null)
                : Cell.of(perSecond, Sizes.text(Math.round(perSecond)) + "/s");
    }

    private static Cell rate(Double perSecond) {
        return perSecond == null ? Cell.of(null) : Cell.of(perSecond, Numbers.rate(perSecond));
    }
}
