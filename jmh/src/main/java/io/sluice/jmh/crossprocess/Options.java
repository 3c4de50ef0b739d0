package io.sluice.jmh.crossprocess;

import io.sluice.shm.linux.Affinity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the command line asks for.
///
/// @param matches what to play
/// @param blocks how many blocks each contestant plays, at least
/// @param warmup how many blocks are played before, and not counted
/// @param millis how long a block takes
/// @param nearNanos probes below this are near, the others far
/// @param cores the two cores
/// @param jvmOptions of every child
/// @param json where to write all the figures
record Options(
        List<Match> matches,
        int blocks,
        int warmup,
        long millis,
        long nearNanos,
        List<Integer> cores,
        List<String> jvmOptions,
        Optional<Path> json) {

    static final String USAGE = """
            CrossProcess [match[:contestant]]... [options]
              --blocks N     blocks of each contestant, at least (7)
              --warmup N     blocks before those, not counted (3)
              --millis N     length of a block (1000)
              --near NANOS   probes below this are near, the others far (200)
              --cores A,B    the two cores (the first two that are allowed)
              --jvm OPTION   for every child; may be repeated
              --json FILE    all figures, block by block
              --list         the matches, and nothing else
            """;

    static final Options DEFAULT = new Options(
            Match.ALL, 7, 3, 1000, 200, Affinity.cores().stream().limit(2).toList(), List.of(), Optional.empty());

    static Options parse(List<String> arguments) {
        Options options = DEFAULT;
        List<String> names = new ArrayList<>();
        List<String> jvm = new ArrayList<>();
        for (var rest = arguments.iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            if (!argument.startsWith("--")) {
                names.add(argument);
                continue;
            }
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(argument + " needs a value\n" + USAGE);
            }
            String value = rest.next();
            switch (argument) {
                case "--blocks" -> options = options.withBlocks(Integer.parseInt(value), options.warmup);
                case "--warmup" -> options = options.withBlocks(options.blocks, Integer.parseInt(value));
                case "--millis" -> options = options.withMillis(Long.parseLong(value));
                case "--near" -> options = options.withNear(Long.parseLong(value));
                case "--cores" -> options = options.withCores(
                        List.of(value.split(",", -1)).stream().map(Integer::valueOf).toList());
                case "--jvm" -> jvm.add(value);
                case "--json" -> options = options.withJson(Path.of(value));
                default -> throw new IllegalArgumentException("no option " + argument + "\n" + USAGE);
            }
        }
        return (names.isEmpty() ? options : options.withMatches(select(names))).withJvmOptions(jvm);
    }

    private static List<Match> select(List<String> names) {
        List<Match> selected = new ArrayList<>();
        for (String name : names) {
            int colon = name.indexOf(':');
            String match = colon < 0 ? name : name.substring(0, colon);
            Match found = Match.ALL.stream()
                    .filter(candidate -> candidate.name().equals(match))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no match " + match + "; try --list"));
            Match wanted = colon < 0 ? found : found.only(List.of(name.substring(colon + 1)));
            if (wanted.contestants().isEmpty()) {
                throw new IllegalArgumentException("no contestant " + name + "; try --list");
            }
            selected.add(wanted);
        }
        return selected;
    }

    Options withMatches(List<Match> those) {
        return new Options(those, blocks, warmup, millis, nearNanos, cores, jvmOptions, json);
    }

    Options withBlocks(int number, int before) {
        return new Options(matches, number, before, millis, nearNanos, cores, jvmOptions, json);
    }

    Options withMillis(long length) {
        return new Options(matches, blocks, warmup, length, nearNanos, cores, jvmOptions, json);
    }

    private Options withNear(long nanos) {
        return new Options(matches, blocks, warmup, millis, nanos, cores, jvmOptions, json);
    }

    Options withCores(List<Integer> those) {
        return new Options(matches, blocks, warmup, millis, nearNanos, those, jvmOptions, json);
    }

    Options withJvmOptions(List<String> those) {
        return new Options(matches, blocks, warmup, millis, nearNanos, cores, those, json);
    }

    private Options withJson(Path file) {
        return new Options(matches, blocks, warmup, millis, nearNanos, cores, jvmOptions, Optional.of(file));
    }
}
