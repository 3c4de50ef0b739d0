package io.sluice.bench;

import io.sluice.bench.benchmark.Match;
import io.sluice.bench.crossprocess.Matches;
import io.sluice.bench.micro.MicroMatches;
import io.sluice.bench.pool.PoolMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which matches are played.
final class Suite {
    /// All that there are.
    static final List<Match> ALL = Stream.of(Matches.ALL, PoolMatch.ALL, MicroMatches.ALL)
            .<Match>flatMap(List::stream)
            .toList();

    /// What somebody wants to know who has some minutes.
    static final List<Match> SHORT = select(List.of(
            "round-trip-32:ring,agrona,aeron,flags,c",
            "one-way-32:ring,agrona,aeron,disruptor,jctools",
            "many-32:ring,agrona,aeron",
            "queue",
            "wake-round-trip:ring,c,unix-socket",
            "paced-100k:ring,agrona,aeron,unix-socket",
            "lock:lock,pthread",
            "get-and-add",
            "micro-lock:lock,twoCas,pthread,jdk",
            "pool-call:pool,pool-spin,thread-pool,python"));

    /// What is compared with the baseline.
    static final List<Match> GUARD = select(List.of(
            "one-way-32:ring,agrona,aeron",
            "one-way-256:ring,agrona,aeron",
            "many-32:ring,agrona,aeron",
            "round-trip-32:ring,agrona,aeron,flags",
            "queue:queue,chronicle,unix-socket",
            "wake-round-trip:ring,futex,unix-socket",
            "lock:lock,pthread",
            "get-and-add",
            "micro-lock:lock,twoCas,pthread",
            "micro-ring-one",
            "micro-ring-many",
            "micro-value-32:read,copy,write,getAndAdd,bareGetAndAdd",
            "pool-call:pool-spin,thread-pool"));

    private Suite() {}

    /// The matches of some names.
    ///
    /// @param names each of a match; after a colon those of its contestants who are to play, with commas between them
    /// @throws IllegalArgumentException if there is no such match, or no such contestant
    static List<Match> select(List<String> names) {
        return names.stream().map(Suite::select).toList();
    }

    private static Match select(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Optional<Match> found = ALL.stream().filter(match -> match.name().equals(name)).findFirst();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("there is no match '%s'; --list shows all".formatted(name));
        }
        if (colon < 0) {
            return found.get();
        }
        List<String> wanted = List.of(text.substring(colon + 1).split(",", -1));
        List<String> unknown = new ArrayList<>(wanted);
        unknown.removeAll(found.get().contestants());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("in match '%s' there is no contestant '%s'; there are %s".formatted(
                    name, unknown.getFirst(), String.join(", ", found.get().contestants())));
        }
        return found.get().only(wanted);
    }
}
