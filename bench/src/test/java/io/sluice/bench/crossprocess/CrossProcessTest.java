package io.sluice.bench.crossprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Sample;
import io.sluice.bench.report.Series;
import io.sluice.shm.linux.Affinity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The harness runs every kind of subject across real JVMs. No time is asserted, only that each message arrives
/// complete and in order, which the receivers check and fail on, and that no file stays in `/dev/shm`.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrossProcessTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

    private Plan brief(String... jvmOptions) {
        PrintStream stream = new PrintStream(notes, true, StandardCharsets.UTF_8);
        return new Plan(1, 1, 0, 20, Long.MAX_VALUE, Affinity.cores(), List.of(jvmOptions), stream, stream);
    }

    private static CrossProcessBenchmark benchmark(String name) {
        return CrossProcessBenchmarks.ALL.stream()
                .filter(benchmark -> benchmark.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// One short block of each subject has a value, and latencies if the measure has them; the directory of the
    /// benchmark is removed.
    @ParameterizedTest
    @CsvSource({
        "one-way-32, ring agrona aeron chronicle unix-socket tcp fifo disruptor jctools",
        "one-way-256, ring-512",
        "one-way-64k, ring agrona",
        "one-way-32-park, ring unix-socket fifo",
        "watched-32, ring-watched",
        "many-32-2x2, ring",
        "broadcast-32, ring agrona",
        "round-trip-32, ring flags c",
        "call-32, service",
        "paced-100k, ring",
        "queue, queue python",
        "wake-up, ring futex",
        "idle, park",
        "lock, lock pthread file-lock",
        "get-and-add, number bare"
    })
    void everySubjectPassesItsMessagesInOrderAndLeavesNothingBehind(String name, String subjects)
            throws Exception {
        runBriefly(name, subjects);
    }

    /// Subjects that take half a minute each while another module is built; under the profile `campaign` only.
    @Tag("campaign")
    @EnabledIfSystemProperty(named = "sluice.campaign", matches = "true")
    @ParameterizedTest
    @CsvSource({
        "one-way-64k, aeron",
        "many-32-2x1, aeron"
    })
    void soDoTheSlowOnes(String name, String subjects) throws Exception {
        runBriefly(name, subjects);
    }

    private void runBriefly(String name, String subjects) throws Exception {
        Plan plan = brief("-XX:TieredStopAtLevel=1");
        Assumptions.assumeTrue(plan.cores().size() > 1, "one core: the benchmark is skipped, see below");
        CrossProcessBenchmark smaller = benchmark(name).only(List.of(subjects.split(" ", -1)));
        List<Path> before = leftovers();

        Result result = smaller.run(plan);

        assertThat(result.series()).extracting(Series::name).isSubsetOf(smaller.subjectNames()).isNotEmpty();
        assertThat(result.series()).allSatisfy(series -> assertThat(series.samples()).isNotEmpty()
                .extracting(Sample::value).allSatisfy(value -> assertThat(value).isFinite().isNotNegative()));
        boolean latencies = List.of(Measure.ROUND_TRIP, Measure.PACED, Measure.WAKE_UP).contains(smaller.measure());
        assertThat(result.series("ring").orElse(result.series().getFirst()).latencies().isEmpty())
                .isNotEqualTo(latencies);
        assertThat(leftovers()).isEqualTo(before);
    }

    /// A child that cannot start is an error with its name, not an endless wait; the files made so far are removed.
    @Test
    void aChildThatDoesNotStartEndsTheBenchmarkAndLeavesNothingBehind() throws Exception {
        Plan plan = brief("-XX:NoSuchOption");
        List<Path> before = leftovers();

        assertThatThrownBy(() -> benchmark("wake-up").only(List.of("futex")).run(plan))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("futex: a child did not start");

        assertThat(leftovers()).isEqualTo(before);
    }

    /// The gateway, or the driver, is a second busy thread on the core of each participant, on a machine of any size.
    @Test
    void participantsYieldToTheGatewaysOnTheirCores() {
        Plan plan = brief();
        Plan many = new Plan(1, 1, 0, 20, 200, List.of(0, 1, 2, 3), List.of(), plan.notes(), plan.details());
        CrossProcessBenchmark gateways = benchmark("gateway-64");
        assertThat(gateways.subjects()).hasSize(3).allSatisfy(subject ->
                assertThat(gateways.settings(subject, many)).contains("-Dsluice.bench.crowded=true"));
        CrossProcessBenchmark rings = benchmark("one-way-32");
        assertThat(rings.settings(rings.subjects().getFirst(), many)).contains("-Dsluice.bench.crowded=false");
    }

    /// With one core the benchmark cannot run, and the obstacle names the core.
    @Test
    void oneCoreIsAnObstacleThatNamesIt() {
        Plan plan = brief();
        Plan one = new Plan(1, 1, 0, 20, 200, List.of(3), List.of(), plan.notes(), plan.details());

        assertThat(benchmark("one-way-32").obstacle(one)).contains("two cores").contains("[3]");
        assertThat(benchmark("one-way-32").obstacle(new Plan(
                1, 1, 0, 20, 200, List.of(0, 1), List.of(), plan.notes(), plan.details()))).isEmpty();
    }

    private static List<Path> leftovers() throws Exception {
        try (var files = Files.list(SHARED_MEMORY)) {
            return files.filter(file -> file.getFileName().toString().startsWith("sluice-bench-")).sorted().toList();
        }
    }
}
