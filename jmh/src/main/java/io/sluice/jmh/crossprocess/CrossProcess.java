package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.Block.Distance;
import io.sluice.jmh.crossprocess.Outcome.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How do our rings and our queue compare to their peers between two processes?
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp jmh/target/benchmarks.jar io.sluice.jmh.crossprocess.CrossProcess
/// ```
///
/// What the matches, groups and columns mean stands in `docs/measurements/README.md`.
public final class CrossProcess {
    private CrossProcess() {}

    /// Plays the matches that are named, or all.
    ///
    /// @param arguments see [Options#USAGE]
    /// @throws IOException if the JSON file cannot be written
    public static void main(String[] arguments) throws IOException {
        List<String> list = List.of(arguments);
        if (list.contains("--list") || list.contains("--help")) {
            System.out.print(Options.USAGE);
            for (Match match : Match.ALL) {
                List<String> names = match.contestants().stream().map(Contestant::name).toList();
                System.out.printf("%n%-14s %s%n", match.name(), match.question());
                System.out.printf("%-14s %s%n", "", String.join(" ", names));
            }
            return;
        }
        Options options = Options.parse(list);
        Map<String, String> machine = Machine.describe(options);
        machine.forEach((fact, value) -> System.out.printf("%-24s %s%n", fact, value));
        Tournament tournament = new Tournament(options, System.out);
        List<Outcome> outcomes = new ArrayList<>();
        for (Match match : options.matches()) {
            outcomes.add(tournament.play(match));
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), json(machine, outcomes, options) + "\n");
            }
        }
    }

    private static String json(Map<String, String> machine, List<Outcome> outcomes, Options options) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("matches", outcomes.stream().map(outcome -> match(outcome, options)).toList());
        return Json.of(all);
    }

    private static Map<String, Object> match(Outcome outcome, Options options) {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("name", outcome.match().name());
        match.put("unit", outcome.match().measure().unit());
        match.put("payloadBytes", outcome.match().payloadBytes());
        match.put("contestants", outcome.blocks().keySet().stream()
                .map(contestant -> contestant(outcome, contestant, options))
                .toList());
        match.put("quotients", outcome.match().goals().stream()
                .map(goal -> quotients(outcome, goal, options))
                .toList());
        return match;
    }

    private static Map<String, Object> contestant(Outcome outcome, Contestant contestant, Options options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", contestant.name());
        map.put("transport", contestant.transport().name());
        map.put("jvmOptions", contestant.jvmOptions());
        map.put("near", summary(outcome.summary(contestant, Distance.NEAR, options.nearNanos())));
        map.put("far", summary(outcome.summary(contestant, Distance.FAR, options.nearNanos())));
        map.put("blocks", outcome.blocks().get(contestant).stream().map(block -> block(block, options)).toList());
        return map;
    }

    private static Map<String, Object> summary(Summary summary) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("median", summary.median());
        map.put("min", summary.min());
        map.put("max", summary.max());
        map.put("blocks", summary.blocks());
        return map;
    }

    private static Map<String, Object> block(Block block, Options options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("distance", block.distance(options.nearNanos()).name());
        map.put("probeBefore", block.probeBefore());
        map.put("probeAfter", block.probeAfter());
        map.put("value", block.value());
        map.put("messages", block.messages());
        map.put("refusals", block.refusals());
        map.put("emptyLooks", block.emptyLooks());
        map.put("p99", block.p99());
        map.put("max", block.max());
        return map;
    }

    private static Map<String, Object> quotients(Outcome outcome, Goal goal, Options options) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ours", goal.ours());
        map.put("peer", goal.peer());
        map.put("bound", goal.bound());
        map.put("near", outcome.quotient(goal, Distance.NEAR, options.nearNanos()));
        map.put("far", outcome.quotient(goal, Distance.FAR, options.nearNanos()));
        return map;
    }
}
