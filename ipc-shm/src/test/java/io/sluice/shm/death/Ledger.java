package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shm.Journal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The journals of all drivers, put together after the traffic.
final class Ledger {
    private static final long BESIDE_NANOS = 10_000_000;

    final Set<Long> intended = new HashSet<>();
    final Set<Long> confirmed = new HashSet<>();
    private final Map<Long, Integer> times = new HashMap<>();
    private final String root;

    Ledger(String root, List<String> producers, List<String> consumers) {
        this.root = root;
        for (String name : producers) {
            Arrays.stream(journal(name + "-intends").all()).forEach(intended::add);
            Arrays.stream(journal(name + "-confirms").all()).forEach(confirmed::add);
        }
        for (String name : consumers) {
            for (long id : journal(name + "-receives").all()) {
                times.merge(id, 1, Integer::sum);
            }
        }
    }

    private Journal journal(String name) {
        return new Journal(root, name, name.endsWith("receives") ? 4 * Traffic.JOURNAL : Traffic.JOURNAL);
    }

    /// The messages that were put, and never received.
    Set<Long> lost() {
        Set<Long> lost = new TreeSet<>(confirmed);
        lost.removeAll(times.keySet());
        return lost;
    }

    /// The messages that were received more than once.
    Set<Long> doubled() {
        Set<Long> doubled = new TreeSet<>();
        times.forEach((id, count) -> {
            if (count > 1) {
                doubled.add(id);
            }
        });
        return doubled;
    }

    /// The messages that were received, and that no producer intended to put.
    Set<Long> invented() {
        Set<Long> invented = new TreeSet<>(times.keySet());
        invented.removeAll(intended);
        return invented;
    }

    boolean received(long id) {
        return times.containsKey(id);
    }

    /// The message that a producer had begun to put when it died, and not confirmed.
    ///
    /// @return its number, or [Lane#NONE]
    long unfinished(String producer) {
        long[] intends = journal(producer + "-intends").all();
        int confirms = journal(producer + "-confirms").size();
        assertThat(intends.length - confirms).isBetween(0, 1);
        return intends.length == confirms ? Lane.NONE : intends[confirms];
    }

    /// The longest time that a driver made no progress after an instant.
    ///
    /// @param since on the clock of [System#nanoTime]
    /// @return nanoseconds
    long blocked(String driver, long since) {
        long[] gaps = journal(driver + "-gaps").all();
        long longest = 0;
        for (int i = 0; i + 1 < gaps.length; i += 2) {
            longest = Math.max(longest, gaps[i + 1] - Math.max(gaps[i], since));
        }
        return longest;
    }

    /// The time that a driver made no progress after an instant.
    ///
    /// @param instant on the clock of [System#nanoTime]
    /// @return nanoseconds; 0 if it went on within two milliseconds
    long blockedAt(String driver, long instant) {
        long[] gaps = journal(driver + "-gaps").all();
        for (int i = 0; i + 1 < gaps.length; i += 2) {
            if (gaps[i + 1] >= instant && gaps[i] <= instant + BESIDE_NANOS) {
                return gaps[i + 1] - Math.max(gaps[i], instant);
            }
        }
        return 0;
    }

    /// Each consumer got each producer's messages in order.
    void checkOrder(List<String> consumers) {
        for (String name : consumers) {
            Map<Long, List<Long>> byProducer = new HashMap<>();
            for (long id : journal(name + "-receives").all()) {
                byProducer.computeIfAbsent(id / Traffic.BASE, key -> new ArrayList<>()).add(id);
            }
            byProducer.values().forEach(ids -> assertThat(ids).as(name).isSorted());
        }
    }
}
