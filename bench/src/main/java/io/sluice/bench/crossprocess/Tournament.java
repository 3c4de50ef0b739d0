package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Sample;
import io.sluice.bench.report.Series;
import io.sluice.bench.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// Plays a match: all contestants in turn, block by block, so that what changes on the machine changes for all.
final class Tournament {
    private static final int PATIENCE = 2;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Plan plan;

    Tournament(Plan plan) {
        this.plan = plan;
    }

    /// Starts all contestants anew several times. If then no distance has enough blocks of everybody, up to twice as
    /// often.
    Result play(CrossProcessMatch match) {
        if (match.isCrowded(plan)) {
            plan.notes().printf("  %s participants share %s cores, and yield to each other%n",
                    match.roster().size(), plan.cores().size());
        }
        Map<Contestant, List<Block>> blocks = new LinkedHashMap<>();
        for (int fork = 0; needsFork(blocks, fork); fork++) {
            fork(match, blocks, fork == 0);
        }
        return result(match, blocks);
    }

    private boolean needsFork(Map<Contestant, List<Block>> blocks, int fork) {
        if (fork < plan.forks()) {
            return true;
        }
        return fork < PATIENCE * plan.forks() && !isEnough(Distance.NEAR, blocks) && !isEnough(Distance.FAR, blocks);
    }

    private void fork(CrossProcessMatch match, Map<Contestant, List<Block>> blocks, boolean isFirst) {
        Path directory = newDirectory();
        Thread cleaner = new Thread(() -> deleteIfThere(directory));
        Runtime.getRuntime().addShutdownHook(cleaner);
        Map<Contestant, Player> players = new LinkedHashMap<>();
        try {
            open(match, directory, players, isFirst);
            play(match, players, blocks);
        } finally {
            players.values().forEach(Player::close);
            deleteIfThere(directory);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Path.of("/dev/shm"), "sluice-bench-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static void deleteIfThere(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void open(
            CrossProcessMatch match, Path directory, Map<Contestant, Player> players, boolean isFirst) {
        for (Contestant contestant : match.entrants()) {
            Path place = newPlace(directory, contestant);
            Optional<Player> player = switch (contestant.transport()) {
                case PYTHON, C -> players.values().stream().findFirst()
                        .flatMap(prober -> program(match, contestant, place, prober));
                default -> Optional.of(new Processes(place, match, contestant, plan));
            };
            if (player.isPresent()) {
                players.put(contestant, player.get());
                plan.details().printf("  %-17s %s%n", contestant.name(), player.get().description());
            } else if (isFirst) {
                plan.notes().printf("  %-17s takes no part: there is no %s, or nobody to play the probes%n",
                        contestant.name(), contestant.transport() == Transport.C ? "cc" : "python3");
            }
        }
    }

    private Optional<Player> program(CrossProcessMatch match, Contestant contestant, Path place, Player prober) {
        return contestant.transport() == Transport.C
                ? Program.c(place, prober, plan.cores(), match.load().park() ? "futex" : "lines")
                : Program.python(place, prober, plan.cores());
    }

    private static Path newPlace(Path directory, Contestant contestant) {
        try {
            return Files.createDirectory(directory.resolve(contestant.name()), OWNER_ONLY);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void play(CrossProcessMatch match, Map<Contestant, Player> players, Map<Contestant, List<Block>> blocks) {
        long millis = plan.millis() * match.blockFactor();
        for (int round = 0; round < plan.warmup(); round++) {
            players.values().forEach(player -> player.play(plan.millis()));
        }
        for (int round = 0; round < plan.blocks(); round++) {
            players.forEach((contestant, player) ->
                    blocks.computeIfAbsent(contestant, any -> new ArrayList<>()).add(player.play(millis)));
        }
    }

    private boolean isEnough(Distance distance, Map<Contestant, List<Block>> blocks) {
        int enough = Math.min(Summary.ENOUGH, plan.forks() * plan.blocks());
        return blocks.values().stream().allMatch(those ->
                those.stream().filter(block -> block.distance(plan.nearNanos()) == distance).count() >= enough);
    }

    private Result result(CrossProcessMatch match, Map<Contestant, List<Block>> blocks) {
        List<Series> series = new ArrayList<>();
        blocks.forEach((contestant, those) -> series.add(series(contestant, those)));
        return new Result(match.name(), match.question(), match.measure().unit(), match.measure().higherIsBetter(),
                series, match.goals());
    }

    private Series series(Contestant contestant, List<Block> blocks) {
        Map<Distance, Histogram> merged = new EnumMap<>(Distance.class);
        List<Sample> samples = new ArrayList<>();
        for (Block block : blocks) {
            Sample sample = block.sample(plan.nearNanos());
            samples.add(sample);
            block.latencies().ifPresent(latencies ->
                    merged.computeIfAbsent(sample.distance(), any -> new Histogram(3)).add(latencies));
        }
        Map<Distance, String> latencies = new EnumMap<>(Distance.class);
        merged.forEach((distance, histogram) -> latencies.put(distance, Series.encode(histogram)));
        return new Series(contestant.name(), contestant.detail(), samples, latencies);
    }
}
