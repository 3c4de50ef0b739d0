package io.sluice.cli;

import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists the objects in spaces, without joining them or affecting their processes.
@Command(
        name = "ls",
        description = "List the objects of one space, or of all spaces, without opening or changing them. Temporary"
                + " spaces without a live process are removed first.",
        mixinStandardHelpOptions = true,
        footer = {"", "The table may change between releases; scripts should read the JSON."})
final class ListCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "SPACE", description = "Name of a space (default: all spaces).")
    private String space;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format;

    private ListCommand() {}

    /// Output formats.
    enum Format {
        table,
        json
    }

    @Override
    public Integer call() {
        List<SpaceInfo> spaces = read();
        System.out.print(format == Format.json ? json(spaces) : table(spaces));
        System.out.flush();
        return 0;
    }

    private List<SpaceInfo> read() {
        List<String> names = SpaceRoot.usual().spaces();
        if (space != null) {
            return List.of(SpaceRoot.usual().info(space));
        }
        List<SpaceInfo> spaces = new ArrayList<>();
        for (String name : names) {
            try {
                spaces.add(SpaceRoot.usual().info(name));
            } catch (NoSuchObjectException goneMeanwhile) {
                // The last process of a space may have removed it meanwhile.
            }
        }
        return spaces;
    }

    private static String table(List<SpaceInfo> spaces) {
        Table table = new Table("SPACE", "NAME", "KIND", ">SIZE", "SHAPE", ">OWNERS", "STATE", "ELEMENTS");
        for (SpaceInfo space : spaces) {
            for (ObjectInfo object : space.objects()) {
                table.row(
                        space.name(),
                        object.name(),
                        kind(object.kind()),
                        Sizes.text(object.sizeBytes() + object.largeBytes()),
                        shape(object),
                        Integer.toString(object.live()),
                        state(object),
                        object.elementType());
            }
            space.unreadable().forEach((name, why) ->
                    table.row(space.name(), name, "?", "", "", "", "unreadable: " + why, ""));
        }
        return table.toString();
    }

    /// The state seen from outside: not open, open, or left open by dead processes and not cleaned up yet.
    private static String state(ObjectInfo object) {
        String state = object.dead() > 0 ? "%d dead, cleaned up at next use".formatted(object.dead())
                : object.live() == 0 ? "idle" : "open";
        return object.temporary() ? state + ", temporary" : state;
    }

    /// The parameters of an object, as short as its kind allows.
    private static String shape(ObjectInfo object) {
        Map<String, Long> parameters = object.parameters();
        return switch (object.kind()) {
            case RING, QUEUE, TASK_QUEUE, PIPE -> shape("%,d x %,d B", parameters, "capacity", "slotBytes");
            case SERVICE -> shape("%,d calls, %,d B, %,d B", parameters, "capacity", "slotBytes", "answerBytes");
            case ARRAY -> shape("%,d x %,d B", parameters, "length", "elementBytes");
            case VALUE_ARRAY -> shape("%,d x %,d B", parameters, "cells", "valueBytes");
            case VALUE -> shape("%,d B", parameters, "valueBytes");
            case LOCK, READ_WRITE_LOCK -> parameters.get("reentrant") == 0 ? "" : "reentrant";
            case SEMAPHORE -> parameters.get("bound") == SemaphoreOptions.UNBOUNDED
                    ? shape("permits %,d", parameters, "permits")
                    : shape("permits %,d, bound %,d", parameters, "permits", "bound");
            case EVENT, LATCH, BARRIER, NUMBER -> parameters.entrySet().stream()
                    .map(one -> String.format(Locale.ROOT, "%s %,d", one.getKey(), one.getValue()))
                    .collect(Collectors.joining(", "));
        };
    }

    private static String shape(String format, Map<String, Long> parameters, String... names) {
        return String.format(Locale.ROOT, format, Arrays.stream(names).map(parameters::get).toArray());
    }

    private static String kind(ObjectInfo.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String json(List<SpaceInfo> spaces) {
        Json json = new Json().beginArray();
        for (SpaceInfo space : spaces) {
            json.beginObject()
                    .field("space", space.name())
                    .field("path", space.path().toString())
                    .name("objects")
                    .beginArray();
            for (ObjectInfo object : space.objects()) {
                json.beginObject()
                        .field("name", object.name())
                        .field("kind", kind(object.kind()))
                        .field("id", object.id().toString())
                        .field("sizeBytes", object.sizeBytes())
                        .name("parameters")
                        .beginObject();
                object.parameters().forEach(json::field);
                json.endObject();
                if (object.parameters().containsKey("slotBytes")) {
                    json.field("slots", object.parameters().get("capacity"))
                            .field("slotBytes", object.parameters().get("slotBytes"));
                }
                json.field("elementType", object.elementType())
                        .field("temporary", object.temporary())
                        .field("live", object.live())
                        .field("dead", object.dead())
                        .field("largeMessages", object.largeMessages())
                        .field("largeBytes", object.largeBytes())
                        .field("created", object.created().toString())
                        .field("creatorPid", object.creatorPid())
                        .endObject();
            }
            json.endArray().name("unreadable").beginArray();
            space.unreadable().forEach((name, why) ->
                    json.beginObject().field("name", name).field("why", why).endObject());
            json.endArray().endObject();
        }
        return json.endArray().toString() + "\n";
    }
}
