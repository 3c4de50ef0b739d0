package io.sluice.jmh.pool;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.jmh.crossprocess.Json;
import io.sluice.jmh.crossprocess.Machine;
import io.sluice.jmh.crossprocess.Python3;
import io.sluice.pool.pool.Policy;
import io.sluice.pool.process.ProcessContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How fast is a pool of processes, and how soon does a process start, beside threads, Python and bare floors?
///
/// ```
/// java --enable-native-access=ALL-UNNAMED -cp jmh/target/benchmarks.jar io.sluice.jmh.pool.PoolComparison
///     [question]... [--blocks 5] [--millis 1000] [--json file]
/// ```
///
/// For each question the contestants take turns, block by block, after one block that is not counted; what is printed is
/// the median of the blocks, with the least and the largest. Only quotients of one run mean something elsewhere.
public final class PoolComparison {
    private int blocks = 5;
    private long millis = 1000;
    private Path json;
    private final String python = Python3.version();
    private final List<Question> questions = new ArrayList<>();

    private PoolComparison() {}

    /// Asks the questions that are named, or all.
    ///
    /// @param arguments see above
    /// @throws Exception if something cannot be measured
    public static void main(String[] arguments) throws Exception {
        PoolComparison comparison = new PoolComparison();
        comparison.parse(arguments);
        comparison.run();
    }

    private void parse(String[] arguments) {
        for (var rest = List.of(arguments).iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            if (argument.startsWith("--") && !rest.hasNext()) {
                throw new IllegalArgumentException(argument + " needs a value");
            }
            switch (argument) {
                case "--blocks" -> blocks = Integer.parseInt(rest.next());
                case "--millis" -> millis = Long.parseLong(rest.next());
                case "--json" -> json = Path.of(rest.next());
                default -> questions.add(Question.valueOf(argument.toUpperCase(Locale.ROOT).replace('-', '_')));
            }
        }
        if (questions.isEmpty()) {
            questions.addAll(List.of(Question.values()));
        }
    }

    private void run() throws Exception {
        Map<String, String> machine = Machine.facts();
        machine.put("python", python.isEmpty() ? "none: not compared" : python);
        machine.put("blocks", "%d of %,d ms".formatted(blocks, millis));
        machine.forEach((fact, value) -> System.out.printf("%-12s %s%n", fact, value));
        Path directory = Files.createTempDirectory("sluice-pool");
        List<Map<String, Object>> all = new ArrayList<>();
        try {
            for (Question question : questions) {
                all.add(ask(question, directory));
            }
        } finally {
            Files.deleteIfExists(directory.resolve("pool.py"));
            Files.delete(directory);
        }
        if (json != null) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("machine", machine);
            document.put("questions", all);
            Files.writeString(json, Json.of(document) + "\n");
        }
    }

    private Map<String, Object> ask(Question question, Path directory) throws Exception {
        System.out.printf("%n%s [%s]%n", question.text(), question.unit());
        Map<String, double[]> answers = new LinkedHashMap<>();
        // Contestants that keep processes which spin must not live at the same time on a machine with two cores, so
        // each builds up before its block and takes down behind it.
        for (int block = -1; block < blocks; block++) {
            for (Contestant contestant : contestants(question, directory)) {
                try (contestant) {
                    double value = contestant.measure(question, millis);
                    if (block >= 0) {
                        answers.computeIfAbsent(contestant.name(), any -> new double[blocks])[block] = value;
                    }
                }
            }
            System.out.printf("\r%d of %d blocks", block + 1, blocks);
        }
        System.out.print("\r");
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("question", question.name());
        result.put("unit", question.unit());
        result.put("higherIsBetter", question.higherIsBetter());
        answers.forEach((name, values) -> {
            result.put(name, Arrays.stream(values).boxed().toList());
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            System.out.printf("    %-24s %,12.2f   (%,.2f - %,.2f)%n",
                    name, sorted[blocks / 2], sorted[0], sorted[blocks - 1]);
        });
        return result;
    }

    private List<Contestant> contestants(Question question, Path directory) throws Exception {
        List<Contestant> all = new ArrayList<>(List.of(
                new Sluice("Sluice", WaitStrategy.ADAPTIVE, Policy.FIRST_COME),
                new Sluice("Sluice spinning", WaitStrategy.BUSY_SPIN, Policy.FIRST_COME),
                new Sluice("Sluice parked", WaitStrategy.PARK, Policy.FIRST_COME),
                new Sluice("Sluice feedback", WaitStrategy.ADAPTIVE, Policy.FEEDBACK),
                new Threads(),
                new FutexEcho()));
        if (question == Question.START) {
            all.add(new Starts("bare java", null));
            all.add(new Starts("Sluice spawn", ProcessContext.spawn()));
            all.add(new Starts("Sluice spawn, archive", ProcessContext.spawnWithArchive()));
            all.add(new Starts("Sluice standby", ProcessContext.standby()));
        }
        if (!python.isEmpty()) {
            all.add(new Python(directory, ""));
            all.add(new Python(directory, "spawn"));
            all.add(new Python(directory, "forkserver"));
        }
        all.removeIf(contestant -> !contestant.answers(question));
        return all;
    }
}
