package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Numbers;
import io.sluice.cli.Span;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.util.Locale;
import java.util.Map;

/// Says in few words what an object is and does.
final class Words {
    /// The space that commands take if none is named.
    static final String USUAL_SPACE = "default";
    /// What a lock calls its number of acquisitions.
    static final String ACQUISITIONS = "acquisitions";
    /// The first counter that objects of all kinds have; those of the kind stand before it.
    private static final String RECOVERIES = "recoveries";
    /// How the name of a counter ends that counts nanoseconds.
    private static final String NANOS = "blocked ns";
    /// How the name of a time ends that has passed since something.
    private static final String NANOS_AGO = "ns ago";

    private Words() {}

    static String kind(ObjectInfo object) {
        return object.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The parameters of an object, as short as its kind allows.
    static String shape(ObjectInfo object) {
        Map<String, Long> parameters = object.parameters();
        return switch (object.kind()) {
            case RING, QUEUE, TASK_QUEUE, PIPE -> product(parameters, "capacity", "slotBytes");
            case SERVICE -> Numbers.grouped(parameters.get("capacity")) + " calls, "
                    + Numbers.grouped(parameters.get("slotBytes")) + " B, "
                    + Numbers.grouped(parameters.get("answerBytes")) + " B";
            case ARRAY -> product(parameters, "length", "elementBytes");
            case VALUE_ARRAY -> product(parameters, "cells", "valueBytes");
            case VALUE -> Numbers.grouped(parameters.get("valueBytes")) + " B";
            case LOCK, READ_WRITE_LOCK -> parameters.get("reentrant") == 0 ? "" : "reentrant";
            case SEMAPHORE -> "permits " + Numbers.grouped(parameters.get("permits"))
                    + (parameters.get("bound") == SemaphoreOptions.UNBOUNDED ? ""
                            : ", bound " + Numbers.grouped(parameters.get("bound")));
            case EVENT, LATCH, BARRIER, NUMBER -> {
                StringBuilder text = new StringBuilder();
                parameters.forEach((name, value) -> text.append(text.isEmpty() ? "" : ", ").append(name).append(' ')
                        .append(Numbers.grouped(value)));
                yield text.toString();
            }
        };
    }

    private static String product(Map<String, Long> parameters, String count, String bytes) {
        return Numbers.grouped(parameters.get(count)) + " x " + Numbers.grouped(parameters.get(bytes)) + " B";
    }

    /// How much of an object is in use: messages of slots, the holder of a lock, permits, arrivals.
    static String use(SpaceState space, ObjectState object) {
        if (object.condition() == Condition.POISONED) {
            return "poisoned";
        }
        if (!object.flows().isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (Flow flow : object.flows()) {
                text.append(text.isEmpty() ? "" : ", ").append(Numbers.grouped(flow.depth())).append('/')
                        .append(Numbers.grouped(flow.capacity()));
            }
            return text.toString();
        }
        return switch (object.info().kind()) {
            case LOCK, READ_WRITE_LOCK -> lock(space, object);
            case SEMAPHORE -> Numbers.grouped(counter(object, "available")) + " free";
            case EVENT -> counter(object, "set") == 0 ? "clear" : "set";
            case LATCH -> Numbers.grouped(counter(object, "count")) + " left";
            case BARRIER -> counter(object, "arrived") + "/" + object.info().parameters().get("parties");
            default -> object.holds().isEmpty() ? "" : lock(space, object);
        };
    }

    private static String lock(SpaceState space, ObjectState object) {
        long readers = 0;
        for (ObjectState.Hold hold : object.holds()) {
            if (!hold.what().equals("read lock")) {
                return "held by " + process(space, hold.owner());
            }
            readers += hold.count();
        }
        return readers == 0 ? "free" : Numbers.grouped(readers) + " read";
    }

    /// A process by its slot.
    ///
    /// @return such as `4711`, or `slot 3` if the space does not know it any more
    static String process(SpaceState space, int slot) {
        SpaceInfo.Owner owner = space.owner(slot);
        return owner == null ? "slot " + slot : Long.toString(owner.pid());
    }

    /// A number of an object.
    ///
    /// @return 0 if it has none of that name, as when it is damaged
    static long counter(ObjectState object, String name) {
        return object.counter(name).orElse(0);
    }

    /// The value of a counter; times as people write them.
    static Cell value(Counter counter) {
        boolean ago = counter.name().endsWith(NANOS_AGO);
        if (!ago && !counter.name().endsWith(NANOS)) {
            return Cell.of(counter.value());
        }
        return Cell.of(counter.value(), ago && counter.value() < 0 ? "never" : Span.text(Math.max(0, counter.value())));
    }

    /// The rate of a counter: of blocked time, how many threads are blocked on average.
    ///
    /// @param perSecond null if it is not known
    static Cell rate(Counter counter, Double perSecond) {
        return perSecond == null ? Cell.of(null)
                : Cell.of(perSecond, counter.name().endsWith(NANOS)
                        ? String.format(Locale.ROOT, "%.2f threads", perSecond / 1e9) : Numbers.rate(perSecond));
    }

    /// How much has passed through an object: messages, or else acquisitions, sets, generations.
    ///
    /// @return a number that only grows; -1 if the object has none
    static double passed(ObjectState object) {
        if (!object.flows().isEmpty()) {
            double messages = 0;
            for (Flow flow : object.flows()) {
                messages += flow.in() / flow.slotsPerMessage();
            }
            return messages;
        }
        for (Counter counter : object.counters()) {
            if (counter.name().equals(RECOVERIES)) {
                break;
            }
            if (counter.grows()) {
                return counter.value();
            }
        }
        return -1;
    }

    /// How fast that grows between two looks.
    ///
    /// @return per second; -1 if it is not known
    static double rate(ObjectState before, ObjectState after) {
        if (before == null || !before.info().id().equals(after.info().id()) || passed(after) < 0) {
            return -1;
        }
        double grown = 0;
        if (after.flows().isEmpty() || after.flows().size() != before.flows().size()) {
            grown = passed(after) - passed(before);
        } else {
            // The average is that of the second look for both, since a change of it is no message.
            for (int i = 0; i < after.flows().size(); i++) {
                grown += (after.flows().get(i).in() - before.flows().get(i).in())
                        / after.flows().get(i).slotsPerMessage();
            }
        }
        return Math.max(0, grown) * 1e9 / Math.max(1, after.nanoTime() - before.nanoTime());
    }

    /// How many processes put messages in, over all ways; or take them out.
    ///
    /// @return null if the object does not tell
    static Integer participants(ObjectState object, boolean producers) {
        int sum = 0;
        for (Flow flow : object.flows()) {
            int count = producers ? flow.producers() : flow.consumers();
            if (count < 0) {
                return null;
            }
            sum += count;
        }
        return object.flows().isEmpty() ? null : sum;
    }

    /// The state in words, with the command that mends it.
    static Cell state(String space, ObjectState object) {
        String remedy = remedy(space, object);
        String text = name(object.condition()) + (object.finding().isEmpty() ? "" : ": " + object.finding())
                + (remedy.isEmpty() ? "" : " → " + remedy);
        if (object.condition() == Condition.OK && object.info().dead() > 0) {
            text += ", " + object.info().dead() + " dead, cleaned up at next use";
        }
        long waiting = 0;
        for (ObjectState.Wait wait : object.waits()) {
            waiting += wait.count();
        }
        text += waiting == 0 ? "" : ", " + Numbers.grouped(waiting) + " waiting";
        return Cell.of(name(object.condition()), object.info().temporary() ? text + ", temporary" : text)
                .in(tone(object.condition()));
    }

    static Tone tone(Condition condition) {
        return switch (condition) {
            case OK -> Tone.PLAIN;
            case FULL, ORPHANED -> Tone.WARN;
            case BROKEN, POISONED, DAMAGED -> Tone.BAD;
        };
    }

    /// The name of a condition: what needs help stands out without colours, too.
    static String name(Condition condition) {
        return condition == Condition.OK ? "ok" : condition.name();
    }

    /// The command that mends an object.
    static String remedy(String space, ObjectState object) {
        String where = object.info().name() + (space.equals(USUAL_SPACE) ? "" : " --space " + space);
        return switch (object.condition()) {
            case OK, BROKEN -> "";
            case FULL -> "sluice ps " + space;
            case ORPHANED, DAMAGED -> "sluice unlink " + where;
            case POISONED -> "sluice recover " + where;
        };
    }
}
