package io.sluice.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.SpaceInfo.Owner;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The meters of one space.
///
/// ```java
/// new SpaceMetrics(SpaceRoot.usual(), "market").bindTo(registry);
/// ```
///
/// | meter | type | tags |
/// |---|---|---|
/// | `sluice.processes` | gauge | `space`, `state`: live or dead |
/// | `sluice.object.processes` | gauge | `space`, `object`, `kind`, `state` |
/// | `sluice.object.size` | gauge, bytes | `space`, `object`, `kind` |
/// | `sluice.object.ok` | gauge, 1 or 0 | `space`, `object`, `kind` |
/// | `sluice.object.capacity`, `sluice.object.depth` | gauge, slots | and `way`: only, or first and second of a pipe |
/// | `sluice.object.in` | counter, slots | and `way` |
/// | `sluice.object.counter` | counter | and `counter`, such as acquisitions |
/// | `sluice.object.value` | gauge | and `counter`, such as available |
///
/// The space is read from outside, as by [SpaceRoot#state]: its processes are not disturbed, and need not know. One look
/// serves all meters of a scrape: it is taken when a meter is read and the last look is older than a second. A look also
/// adds the meters of new objects, which the next scrape shows, and removes those of objects that are gone. An object
/// that was made again under its name is a new one. A space that is not there has no objects and no processes.
///
/// - **Threads:** any.
/// - **Blocking:** a meter that takes the look waits for it, some microseconds for each object.
/// - **Errors:** if the look fails, as when the directory is not private to this user, reading a meter throws, and
///   Micrometer shows the meter without a value. The same happens if a look finds a new object and the registry refuses
///   a meter of it; the object has none then, and the next look tries again.
public final class SpaceMetrics implements MeterBinder, AutoCloseable {
    private static final long LOOK_VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String ONLY_WAY = "only";

    private final SpaceRoot root;
    private final String space;
    private final Map<MeterRegistry, Bound> bound = new HashMap<>();
    private Map<String, ObjectState> objects = Map.of();
    private List<Owner> owners = List.of();
    private long looked;
    private boolean closed;

    /// Meters of a space, not bound yet.
    ///
    /// @param root directory of spaces
    /// @param space its name; it need not exist yet
    public SpaceMetrics(SpaceRoot root, String space) {
        this.root = root;
        this.space = space;
        this.looked = System.nanoTime() - LOOK_VALID_NANOS;
    }

    /// What one registry has of this space.
    ///
    /// @param own meters of the space itself
    /// @param ofObjects meters of each object, by its name
    private record Bound(List<Meter> own, Map<String, OfObject> ofObjects) {}

    /// The meters of one object.
    ///
    /// @param id of the object: another one under the same name has another id
    /// @param meters all of them
    private record OfObject(UUID id, List<Meter> meters) {}

    /// Adds the meters to a registry; a second call for the same one does nothing. If the registry refuses one, by an
    /// exception, it has none.
    ///
    /// @throws io.sluice.core.error.SluiceException if the space is there and cannot be looked at
    /// @throws IllegalStateException if this was closed
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        if (closed) {
            throw new IllegalStateException("the meters of space '" + space + "' were closed; make new ones");
        }
        if (bound.containsKey(registry)) {
            return;
        }
        look();
        Bound meters = new Bound(new ArrayList<>(), new HashMap<>());
        bound.put(registry, meters);
        try {
            meters.own().add(processes(registry, "live", true));
            meters.own().add(processes(registry, "dead", false));
            follow();
        } catch (RuntimeException | Error refused) {
            bound.remove(registry);
            remove(registry, meters);
            throw refused;
        }
    }

    /// Removes all meters from their registries; a second call does nothing.
    @Override
    public synchronized void close() {
        closed = true;
        bound.forEach(SpaceMetrics::remove);
        bound.clear();
    }

    private static void remove(MeterRegistry registry, Bound meters) {
        meters.own().forEach(registry::remove);
        meters.ofObjects().values().forEach(object -> object.meters().forEach(registry::remove));
    }

    // Looks.

    private synchronized List<Owner> owners() {
        lookIfOld();
        return owners;
    }

    /// Null if the object is gone.
    private synchronized ObjectState object(String name) {
        lookIfOld();
        return objects.get(name);
    }

    private void lookIfOld() {
        if (!closed && System.nanoTime() - looked >= LOOK_VALID_NANOS) {
            look();
            follow();
        }
    }

    private void look() {
        Map<String, ObjectState> now = new HashMap<>();
        try {
            SpaceState state = root.state(space);
            owners = state.info().owners();
            state.objects().forEach(object -> now.put(object.info().name(), object));
        } catch (NoSuchObjectException gone) {
            owners = List.of();
        }
        objects = now;
        looked = System.nanoTime();
    }

    /// Adds the meters of new objects, and removes those of objects that are gone.
    private void follow() {
        bound.forEach((registry, meters) -> {
            meters.ofObjects().entrySet().removeIf(of -> {
                ObjectState now = objects.get(of.getKey());
                boolean gone = now == null || !now.info().id().equals(of.getValue().id());
                if (gone) {
                    of.getValue().meters().forEach(registry::remove);
                }
                return gone;
            });
            objects.forEach((name, state) -> meters.ofObjects().computeIfAbsent(
                    name, _ -> new OfObject(state.info().id(), metersOf(registry, name, state))));
        });
    }

    // Meters.

    private Meter processes(MeterRegistry registry, String state, boolean alive) {
        return Gauge.builder("sluice.processes", this,
                        metrics -> metrics.owners().stream().filter(owner -> owner.alive() == alive).count())
                .tags("space", space, "state", state)
                .description("Processes in the space; dead ones have not been cleaned up after")
                .strongReference(true)
                .register(registry);
    }

    /// All meters of an object, or none if the registry refuses one.
    private List<Meter> metersOf(MeterRegistry registry, String name, ObjectState first) {
        List<Meter> meters = new ArrayList<>();
        try {
            addMetersOf(registry, name, first, meters);
            return meters;
        } catch (RuntimeException | Error refused) {
            meters.forEach(registry::remove);
            throw refused;
        }
    }

    private void addMetersOf(MeterRegistry registry, String name, ObjectState first, List<Meter> meters) {
        Tags tags = Tags.of("space", space, "object", name,
                "kind", first.info().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        String processes = "Processes that have the object open";
        meters.add(gauge(registry, "sluice.object.processes", tags.and("state", "live"), processes, null, name,
                state -> state.info().live()));
        meters.add(gauge(registry, "sluice.object.processes", tags.and("state", "dead"), processes, null, name,
                state -> state.info().dead()));
        meters.add(gauge(registry, "sluice.object.size", tags, "Size of the object's file", "bytes", name,
                state -> state.info().sizeBytes()));
        meters.add(gauge(registry, "sluice.object.ok", tags, "1 if the object needs no help, else 0", null, name,
                state -> state.condition() == Condition.OK ? 1 : 0));
        for (int i = 0; i < first.flows().size(); i++) {
            int way = i;
            // Each meter of one name has the same tags: some registries refuse another set of them.
            Tags ofWay = tags.and("way", first.flows().size() == 1 ? ONLY_WAY : first.flows().get(i).name());
            meters.add(gauge(registry, "sluice.object.capacity", ofWay, "Most slots in use at once", "slots", name,
                    flow(way, Flow::capacity)));
            meters.add(gauge(registry, "sluice.object.depth", ofWay, "Slots that wait to be taken", "slots", name,
                    flow(way, Flow::depth)));
            meters.add(counter(registry, "sluice.object.in", ofWay, "Slots that were put in", "slots", name,
                    flow(way, Flow::in)));
        }
        for (Counter counter : first.counters()) {
            Tags named = tags.and("counter", counter.name());
            ToDoubleFunction<ObjectState> value = state -> valueOf(state, counter.name());
            meters.add(counter.grows()
                    ? counter(registry, "sluice.object.counter", named, "A count of the object", null, name, value)
                    : gauge(registry, "sluice.object.value", named, "A number of the object", null, name, value));
        }
    }

    private static double valueOf(ObjectState state, String counter) {
        OptionalLong value = state.counter(counter);
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private static ToDoubleFunction<ObjectState> flow(int way, ToLongFunction<Flow> number) {
        return state -> way < state.flows().size() ? number.applyAsLong(state.flows().get(way)) : Double.NaN;
    }

    private ToDoubleFunction<SpaceMetrics> of(String name, ToDoubleFunction<ObjectState> number) {
        return metrics -> {
            ObjectState state = metrics.object(name);
            return state == null ? Double.NaN : number.applyAsDouble(state);
        };
    }

    private Meter gauge(MeterRegistry registry, String meter, Tags tags, String description, String unit, String name,
            ToDoubleFunction<ObjectState> number) {
        return Gauge.builder(meter, this, of(name, number))
                .tags(tags).description(description).baseUnit(unit).strongReference(true).register(registry);
    }

    private Meter counter(MeterRegistry registry, String meter, Tags tags, String description, String unit,
            String name, ToDoubleFunction<ObjectState> number) {
        return FunctionCounter.builder(meter, this, of(name, number))
                .tags(tags).description(description).baseUnit(unit).register(registry);
    }
}
