package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.link.Setting;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import java.time.Duration;
import java.util.List;

/// A benchmark between processes, two for most subjects.
///
/// @param name on the command line
/// @param question a sentence
/// @param measure what is measured
/// @param load what is sent
/// @param participants number of senders and receivers
/// @param blockFactor length of its blocks as a multiple of the plan's
/// @param subjects to be compared
/// @param goals ratios to compute
public record CrossProcessBenchmark(
        String name,
        String question,
        Measure measure,
        Load load,
        Participants participants,
        int blockFactor,
        List<Subject> subjects,
        List<Goal> goals) implements Benchmark {

    private static final Duration START = Duration.ofMillis(700);
    private static final Duration PROBES = Duration.ofMillis(15);

    @Override
    public List<String> subjectNames() {
        return subjects.stream().map(Subject::name).toList();
    }

    @Override
    public CrossProcessBenchmark only(List<String> names) {
        return new CrossProcessBenchmark(
                name, question, measure, load, participants, blockFactor,
                subjects.stream().filter(subject -> names.contains(subject.name())).toList(),
                goals);
    }

    @Override
    public String obstacle(Plan plan) {
        return plan.cores().size() < 2
                ? "it needs two cores, and the usable cores are " + plan.cores() : "";
    }

    @Override
    public Duration estimate(Plan plan) {
        Duration blocks = PROBES.multipliedBy(plan.blocks() + plan.warmup())
                .plusMillis((plan.blocks() * (long) blockFactor + plan.warmup()) * plan.millis());
        return blocks.plus(START.multipliedBy(participants.size())).multipliedBy((long) plan.forks() * subjects.size());
    }

    @Override
    public Result run(Plan plan) {
        return new CrossProcessRun(plan).run(this);
    }

    /// Whether there are fewer cores than participants.
    boolean isCrowded(Plan plan) {
        return participants.size() > plan.cores().size();
    }

    /// The core of a participant. If there are too few, the senders share one core and the receivers another one.
    int core(int number, Plan plan) {
        int index = !isCrowded(plan) ? number : participants.role(number) == Role.SENDER ? 0 : plan.cores().size() - 1;
        return plan.cores().get(index);
    }

    /// The settings of a subject's JVMs, as options.
    List<String> settings(Subject subject, Plan plan) {
        boolean competing = participants.receivers() > 1 && measure != Measure.BROADCAST;
        boolean gaps = competing || subject.transport() == Transport.AGRONA_BROADCAST;
        boolean crowded = isCrowded(plan) || subject.transport().sharesCores();
        return Setting.jvmOptions(
                load.payloadBytes(), load.ringBytes(), load.rate(), load.park(), crowded, gaps);
    }
}
