package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.Block.Distance;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/// Plays matches, one after the other: all contestants of a match in turn, block by block.
final class Tournament {
    /// How many blocks of a distance make a median.
    static final int ENOUGH = 5;
    private static final int PATIENCE = 3;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Options options;
    private final PrintStream out;

    Tournament(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
        if (options.cores().size() != 2) {
            throw new IllegalArgumentException(
                    "this needs two cores, and the cores given or allowed are " + options.cores());
        }
    }

    /// Plays a match, and prints who took part and what came out.
    Outcome play(Match match) {
        out.printf("%n%s: %s%n", match.name(), match.question());
        Path directory = newDirectory();
        Thread cleaner = new Thread(() -> deleteIfThere(directory));
        Runtime.getRuntime().addShutdownHook(cleaner);
        Map<Contestant, Player> players = new LinkedHashMap<>();
        try {
            open(match, directory, players);
            Outcome outcome = play(match, players);
            Report.print(outcome, options, out);
            return outcome;
        } finally {
            players.values().forEach(Player::close);
            deleteIfThere(directory);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Path.of("/dev/shm"), "sluice-jmh-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static void deleteIfThere(Path directory) {
        if (Files.exists(directory)) {
            Pair.delete(directory);
        }
    }

    private void open(Match match, Path directory, Map<Contestant, Player> players) {
        for (Contestant contestant : match.contestants()) {
            if (contestant.transport() != Transport.PYTHON) {
                players.put(contestant, new Pair(newPlace(directory, contestant), match, contestant, options));
            } else if (!players.isEmpty() && !Python3.version().isEmpty()) {
                Player prober = players.values().iterator().next();
                players.put(contestant, new PythonQueue(directory, prober, options.cores()));
            } else {
                out.printf("  %s does not take part: there is no python3, or nobody to play the probes%n",
                        contestant.name());
            }
        }
        players.forEach((contestant, player) -> out.printf("  %-17s %s%n", contestant.name(), player.description()));
    }

    private static Path newPlace(Path directory, Contestant contestant) {
        try {
            return Files.createDirectory(directory.resolve(contestant.name()), OWNER_ONLY);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private Outcome play(Match match, Map<Contestant, Player> players) {
        long millis = options.millis() * match.blockFactor();
        for (int round = 0; round < options.warmup(); round++) {
            players.values().forEach(player -> player.play(options.millis()));
        }
        Outcome outcome = new Outcome(match, new LinkedHashMap<>());
        for (int round = 0; needsRound(outcome, players.size(), round); round++) {
            players.forEach((contestant, player) -> outcome.add(contestant, player.play(millis)));
        }
        return outcome;
    }

    private boolean needsRound(Outcome outcome, int players, int round) {
        if (round < options.blocks()) {
            return true;
        }
        int enough = Math.min(ENOUGH, options.blocks());
        return round < PATIENCE * options.blocks()
                && !outcome.isEnough(Distance.NEAR, players, enough, options.nearNanos())
                && !outcome.isEnough(Distance.FAR, players, enough, options.nearNanos());
    }
}
