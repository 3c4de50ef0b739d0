package io.sluice.cli.inspect;

import io.sluice.cli.Cell;
import io.sluice.cli.Span;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// How long the oldest message that waits in an object has been there, as far as looks from outside tell.
final class Ages {
    /*
     * No message carries a time: its producer would read the clock for each one. But positions only grow, and the
     * oldest message that waits stands at `in - depth`. What `in` had passed at an earlier look was put in before that
     * look, and what it had not was put in after it. So with a history of looks
     *
     *   at least   the time since the first look that found `in` beyond the position
     *   at most    the time since the last look that did not
     *
     * The more often one looks, the closer are the two. Without a history there is one more bound: when a consumer last
     * found nothing, which consumers note when they begin to wait and after each sleep. That does not hold for a
     * message that was given back, nor for one behind a claim that stood open then, nor for a broadcast, whose consumers
     * find different things. A bound above is exact to the length of a look.
     */
    private static final int MOST_LOOKS = 64;
    private static final long BROADCAST = 3;

    /// One look at a way of messages.
    private record Seen(long in, long nanoTime) {}

    private Map<UUID, List<List<Seen>>> history = new HashMap<>();

    /// The age of a message.
    ///
    /// @param leastNanos it is at least as old, in nanoseconds; 0 if that is not known
    /// @param mostNanos it is at most as old; [#UNKNOWN] if that is not known
    record Age(long leastNanos, long mostNanos) {
        /// No bound.
        static final long UNKNOWN = Long.MAX_VALUE;

        /// The age for people: the bound below, if there is one. A script gets the seconds of the same bound.
        Cell cell() {
            return leastNanos > 0 ? Cell.of(leastNanos / 1e9, ">" + Span.text(leastNanos))
                    : mostNanos < UNKNOWN ? Cell.of(0.0, "<" + Span.text(mostNanos)) : Cell.of(null);
        }
    }

    /// Notes a look at all objects, and forgets those that are gone.
    ///
    /// @param spaces what was seen
    void see(List<SpaceState> spaces) {
        Map<UUID, List<List<Seen>>> before = history;
        history = new HashMap<>();
        for (SpaceState space : spaces) {
            for (ObjectState object : space.objects()) {
                see(object, before.get(object.info().id()));
            }
        }
    }

    /// Notes a look at one object.
    ///
    /// @param object what was seen
    void see(ObjectState object) {
        see(object, history.get(object.info().id()));
    }

    private void see(ObjectState object, List<List<Seen>> before) {
        List<Flow> flows = object.flows();
        if (flows.isEmpty()) {
            return;
        }
        List<List<Seen>> looks = before;
        if (looks == null || looks.size() != flows.size()) {
            looks = new ArrayList<>();
            for (Flow _ : flows) {
                looks.add(new ArrayList<>());
            }
        }
        for (int i = 0; i < flows.size(); i++) {
            add(looks.get(i), flows.get(i), object.nanoTime());
        }
        history.put(object.info().id(), looks);
    }

    private static void add(List<Seen> looks, Flow flow, long nanoTime) {
        int size = looks.size();
        // Of looks that found the same, the first and the last one tell everything.
        if (size > 1 && looks.get(size - 1).in() == flow.in() && looks.get(size - 2).in() == flow.in()) {
            looks.removeLast();
        }
        looks.add(new Seen(flow.in(), nanoTime));
        long oldest = flow.in() - flow.depth();
        while (looks.size() > 1 && looks.get(1).in() <= oldest) {
            looks.removeFirst();
        }
        if (looks.size() > MOST_LOOKS) {
            for (int i = MOST_LOOKS - 1; i > 0; i -= 2) {
                looks.remove(i);
            }
        }
    }

    /// How old the oldest message of an object is that waits, over all its ways.
    ///
    /// @param object as it was seen last
    /// @return null if none waits
    Age of(ObjectState object) {
        long least = 0;
        long most = 0;
        boolean any = false;
        for (int i = 0; i < object.flows().size(); i++) {
            Flow flow = object.flows().get(i);
            if (flow.depth() > 0) {
                Age age = of(object, flow, i);
                least = Math.max(least, age.leastNanos());
                most = Math.max(most, age.mostNanos());
                any = true;
            }
        }
        return any ? new Age(least, most) : null;
    }

    /// How old the oldest message of one way is that waits.
    ///
    /// @param object as it was seen last
    /// @param flow one of its ways, in which a message waits
    /// @param index of that way
    Age of(ObjectState object, Flow flow, int index) {
        long position = flow.in() - flow.depth();
        long least = 0;
        long most = Age.UNKNOWN;
        List<List<Seen>> looks = history.get(object.info().id());
        if (looks != null && looks.size() > index) {
            for (Seen seen : looks.get(index)) {
                long since = Math.max(0, object.nanoTime() - seen.nanoTime());
                if (seen.in() <= position) {
                    most = since;
                } else {
                    least = since;
                    break;
                }
            }
        }
        if (object.flows().size() == 1 && object.info().parameters().getOrDefault("consumers", 0L) != BROADCAST
                && Words.counter(object, "given back") == 0) {
            long empty = Words.counter(object, "empty ns ago");
            most = empty > 0 ? Math.min(most, empty) : most;
        }
        return new Age(least, Math.max(most, least));
    }
}
