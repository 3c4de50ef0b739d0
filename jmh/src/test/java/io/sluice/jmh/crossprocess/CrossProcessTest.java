package io.sluice.jmh.crossprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shm.linux.Affinity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The harness plays every kind of contestant across two real JVMs. No time is asserted: what counts is that each
/// message came, whole and in its turn, which the receivers check and die of, and that nothing stays in `/dev/shm`.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrossProcessTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private Tournament tournament(Options options) {
        return new Tournament(options, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private static Options brief(String... arguments) {
        // On a machine of one core, both JVMs share it; the figures would be worthless, the messages are not.
        List<Integer> cores = Affinity.cores();
        return Options.parse(Arrays.asList(arguments))
                .withBlocks(1, 0)
                .withMillis(20)
                .withCores(List.of(cores.getFirst(), cores.getLast()))
                .withJvmOptions(List.of("-XX:TieredStopAtLevel=1"));
    }

    /// One short block of each contestant: messages came, in order, and the directory of the match is gone.
    @ParameterizedTest
    @CsvSource({
        "one-way-32, ring agrona",
        "one-way-256, ring ring-512",
        "many-32, ring agrona",
        "round-trip-32, ring agrona flags",
        "queue, queue",
        "wake-up, ring futex",
        "idle, park"
    })
    void everyContestantPassesItsMessagesInOrderAndLeavesNothingBehind(String match, String contestants)
            throws Exception {
        Options options = brief(match);
        Match smaller = options.matches().getFirst().only(List.of(contestants.split(" ", -1)));
        List<Path> before = leftovers();

        Outcome outcome = tournament(options).play(smaller);

        assertThat(outcome.blocks().keySet()).containsExactlyElementsOf(smaller.contestants());
        assertThat(outcome.blocks().values()).allSatisfy(blocks -> assertThat(blocks).isNotEmpty()
                .allSatisfy(block -> assertThat(block.messages()).isPositive()));
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains(smaller.question());
        assertThat(leftovers()).isEqualTo(before);
    }

    /// A child that cannot start is an error with its name, not a wait; what was made so far is removed.
    @Test
    void aChildThatDoesNotStartEndsTheMatchAndLeavesNothingBehind() throws Exception {
        Options options = brief("wake-up:futex").withJvmOptions(List.of("-XX:NoSuchOption"));
        List<Path> before = leftovers();

        assertThatThrownBy(() -> tournament(options).play(options.matches().getFirst()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("futex: a child did not start");

        assertThat(leftovers()).isEqualTo(before);
    }

    /// What the command line does not know, it names.
    @Test
    void anUnknownMatchOrContestantIsRefusedByName() {
        assertThatThrownBy(() -> Options.parse(List.of("two-way"))).hasMessage("no match two-way; try --list");
        assertThatThrownBy(() -> Options.parse(List.of("idle:snore")))
                .hasMessage("no contestant idle:snore; try --list");
    }

    private static List<Path> leftovers() throws Exception {
        try (var files = Files.list(SHARED_MEMORY)) {
            return files.filter(file -> file.getFileName().toString().startsWith("sluice-jmh-")).sorted().toList();
        }
    }
}
