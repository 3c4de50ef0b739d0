package io.sluice.bench;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.crossprocess.CrossProcessBenchmarks;
import io.sluice.bench.journal.JournalBenchmark;
import io.sluice.bench.micro.MicroBenchmarks;
import io.sluice.bench.pool.PoolBenchmark;
import io.sluice.bench.start.ColdStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which benchmarks a run has: all of them, a selection, or those with given names.
final class Suite {
    /// All benchmarks.
    static final List<Benchmark> ALL = Stream.of(
                    CrossProcessBenchmarks.ALL, PoolBenchmark.ALL, JournalBenchmark.ALL, List.of(ColdStart.ALL),
                    MicroBenchmarks.ALL)
            .<Benchmark>flatMap(List::stream)
            .toList();

    /// The selection of a run without names, of some minutes.
    static final List<Benchmark> SHORT = select(List.of(
            "round-trip-32:ring,agrona,aeron,flags,c",
            "one-way-32:ring,agrona,aeron,disruptor,jctools",
            "many-32:ring,agrona,aeron",
            "queue",
            "call-32:service,ring",
            "wake-round-trip:ring,c,unix-socket",
            "paced-100k:ring,agrona,aeron,unix-socket",
            "lock:lock,pthread",
            "get-and-add",
            "micro-lock:lock,twoCas,pthread,jdk",
            "pool-call:pool,pool-spin,thread-pool,python"));

    /// The selection that is compared with the baseline.
    static final List<Benchmark> GUARD = select(List.of(
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
            "micro-ring-solo",
            "micro-value-32:read,copy,write,getAndAdd,bareGetAndAdd",
            "pool-call:pool-spin,thread-pool"));

    private Suite() {}

    /// Benchmarks by name.
    ///
    /// @param names each of a benchmark; after a colon the names of some of its subjects, separated by commas
    /// @throws IllegalArgumentException if there is no such benchmark, or no such subject
    static List<Benchmark> select(List<String> names) {
        return names.stream().map(Suite::select).toList();
    }

    private static Benchmark select(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Optional<Benchmark> found = ALL.stream().filter(benchmark -> benchmark.name().equals(name)).findFirst();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("there is no benchmark '%s'; --list shows all".formatted(name));
        }
        if (colon < 0) {
            return found.get();
        }
        List<String> wanted = List.of(text.substring(colon + 1).split(",", -1));
        List<String> unknown = new ArrayList<>(wanted);
        unknown.removeAll(found.get().subjectNames());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("in benchmark '%s' there is no subject '%s'; there are %s".formatted(
                    name, unknown.getFirst(), String.join(", ", found.get().subjectNames())));
        }
        return found.get().only(wanted);
    }
}
