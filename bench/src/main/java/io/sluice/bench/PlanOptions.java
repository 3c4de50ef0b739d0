package io.sluice.bench;

import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.crossprocess.Processes;
import io.sluice.bench.link.Versions;
import io.sluice.shm.linux.Affinity;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// The options for the conditions of a run.
final class PlanOptions {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable")   // picocli reads it
    private boolean help;

    @Option(names = "--forks", paramLabel = "N",
            description = "Starts of each subject, at least (3).")
    private Integer forks;

    @Option(names = "--blocks", paramLabel = "N", description = "Measured blocks of each start (2; with --full 3).")
    private Integer blocks;

    @Option(names = "--warmup", paramLabel = "N", description = "Blocks before those, to warm up; not measured (3).")
    private Integer warmup;

    @Option(names = "--millis", paramLabel = "MS", description = "Length of a block (250; with --full 400).")
    private Integer millis;

    @Option(names = "--near", paramLabel = "NS", defaultValue = "200",
            description = "Round trips of a bare cache line below this are near, the others far (${DEFAULT-VALUE}).")
    private long nearNanos;

    @Option(names = "--cores", paramLabel = "CORE", split = ",",
            description = "The cores to use, in the order in which they are used (all that are allowed).")
    private List<Integer> cores;

    @Option(names = "--jvm", paramLabel = "OPTION",
            description = "An option for every JVM that measures; may be repeated.")
    private List<String> jvmOptions = new ArrayList<>();

    @Option(names = {"-v", "--verbose"}, description = "Show process, thread and role of each participant.")
    private boolean verbose;

    Plan plan(boolean full) {
        return new Plan(
                forks != null ? forks : 3,
                blocks != null ? blocks : full ? 3 : 2,
                warmup != null ? warmup : 3,
                millis != null ? millis : full ? 400 : 250,
                nearNanos,
                cores != null ? cores : Affinity.cores(),
                jvmOptions,
                System.err,
                verbose ? System.err : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    /// Adds the facts of a plan that a published number needs.
    static void describe(Plan plan, Map<String, String> machine) {
        machine.put("peers", Versions.all());
        machine.put("children", String.join(" ", Processes.JVM_OPTIONS));
        machine.put("cores used", plan.cores().toString());
        machine.put("blocks", "%s starts of each subject, each with %s of %s ms, %s before to warm up".formatted(
                plan.forks(), plan.blocks(), plan.millis(), plan.warmup()));
        machine.put("near", "a bare cache line's round trip below %s ns".formatted(plan.nearNanos()));
        if (!plan.jvmOptions().isEmpty()) {
            machine.put("jvm options", String.join(" ", plan.jvmOptions()));
        }
    }
}
