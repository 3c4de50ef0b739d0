package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.Match;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.link.Setting;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import java.time.Duration;
import java.util.List;

/// A question to several processes, two for most contestants.
///
/// @param name how the command line calls it
/// @param question in words
/// @param measure what is measured
/// @param load what is sent
/// @param roster how many take part
/// @param blockFactor how much longer its blocks are than those of the others
/// @param entrants who takes part
/// @param goals which quotients are asked for
public record CrossProcessMatch(
        String name,
        String question,
        Measure measure,
        Load load,
        Roster roster,
        int blockFactor,
        List<Contestant> entrants,
        List<Goal> goals) implements Match {

    private static final Duration START = Duration.ofMillis(700);
    private static final Duration PROBES = Duration.ofMillis(15);

    @Override
    public List<String> contestants() {
        return entrants.stream().map(Contestant::name).toList();
    }

    @Override
    public CrossProcessMatch only(List<String> names) {
        return new CrossProcessMatch(
                name, question, measure, load, roster, blockFactor,
                entrants.stream().filter(entrant -> names.contains(entrant.name())).toList(),
                goals);
    }

    @Override
    public String obstacle(Plan plan) {
        return plan.cores().size() < 2
                ? "it needs two cores, and those given or allowed are " + plan.cores() : "";
    }

    @Override
    public Duration estimate(Plan plan) {
        Duration blocks = PROBES.multipliedBy(plan.blocks() + plan.warmup())
                .plusMillis((plan.blocks() * (long) blockFactor + plan.warmup()) * plan.millis());
        return blocks.plus(START.multipliedBy(roster.size())).multipliedBy((long) plan.forks() * entrants.size());
    }

    @Override
    public Result play(Plan plan) {
        return new Tournament(plan).play(this);
    }

    /// Whether participants must share cores.
    boolean isCrowded(Plan plan) {
        return roster.size() > plan.cores().size();
    }

    /// The core of a participant. Where there are too few, the senders share one, and the receivers another one.
    int core(int number, Plan plan) {
        int index = !isCrowded(plan) ? number : roster.role(number) == Role.SENDER ? 0 : plan.cores().size() - 1;
        return plan.cores().get(index);
    }

    /// What the JVMs of a contestant are told.
    List<String> settings(Contestant contestant, Plan plan) {
        boolean competing = roster.receivers() > 1 && measure != Measure.BROADCAST;
        boolean gaps = competing || contestant.transport() == Transport.AGRONA_BROADCAST;
        return Setting.jvmOptions(
                load.payloadBytes(), load.ringBytes(), load.rate(), load.park(), isCrowded(plan), gaps);
    }
}
