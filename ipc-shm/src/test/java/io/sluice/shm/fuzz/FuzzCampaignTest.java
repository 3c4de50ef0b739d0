package io.sluice.shm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.shm.Peer;
import io.sluice.shm.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Damaged bytes in every file of a space: an exception that a user may expect, or none; never an error, a hang or the
/// end of the JVM; and objects beside the damaged one work on.
///
/// A failure names its case, which `-Dsluice.fuzz.case=` plays alone if the seed is the same.
@Tag(Campaign.TAG)
class FuzzCampaignTest {
    private static final long ONLY = Long.getLong("sluice.fuzz.case", -1);
    private static final int PART = 250;

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @Test
    void hostileBytesAreRefusedOrHarmless() throws IOException {
        Campaign campaign = Campaign.begin("sluice.fuzz.mutations", 600, 60_000);
        // In this order, so that the player never gets the slot of the dead process, whose state each case restores.
        sandbox.open();
        Peer player = sandbox.peer();
        String root = sandbox.root();
        player.call(desk -> desk.space(root).list().size());
        leaveHalfDoneWork(root);
        long seed = campaign.seed();
        player.call(desk -> {
            desk.keep("bytes", new HostileBytes(desk, root, seed));
            return null;
        });
        Map<String, Integer> outcomes = new TreeMap<>();
        if (ONLY >= 0) {
            play(player, ONLY, ONLY + 1, outcomes);
        } else {
            for (int played = 0; campaign.goesOn(played); played += PART) {
                play(player, played, played + PART, outcomes);
            }
        }
        System.out.println("... " + outcomes);
    }

    /// Leaves every subject with an operation half done.
    private void leaveHalfDoneWork(String root) {
        Peer victim = sandbox.peer();
        victim.call(desk -> {
            HostileBytes.fillAll(desk, root);
            return null;
        });
        victim.kill();
        victim.awaitDeath();
    }

    private void play(Peer player, long from, long to, Map<String, Integer> outcomes) throws IOException {
        String current = Path.of(sandbox.root(), "current-case").toString();
        HostileBytes.Tally tally;
        try {
            tally = player.call(desk -> {
                HostileBytes.Tally counted = new HostileBytes.Tally();
                for (long number = from; number < to; number++) {
                    Files.writeString(Path.of(current), Long.toString(number));
                    desk.kept("bytes", HostileBytes.class).play(number, counted);
                }
                return counted;
            });
        } catch (RuntimeException | AssertionError failed) {
            throw new AssertionError("in case " + Files.readString(Path.of(current)), failed);
        }
        tally.failures().forEach(Throwable::printStackTrace);
        assertThat(tally.failures()).isEmpty();
        tally.outcomes().forEach((outcome, times) -> outcomes.merge(outcome, times, Integer::sum));
    }
}
