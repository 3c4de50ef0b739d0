package io.sluice.shm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Damaged bytes in every file of a space: an exception that a user may expect, or none; never an error, a hang or the
/// end of the JVM; and objects beside the damaged one work on.
///
/// `-Dsluice.fuzz.mutations=N` plays more cases. A failure names the seed and the case, which
/// `-Dsluice.test.seed=` and `-Dsluice.fuzz.case=` play again.
class FuzzCampaignTest {
    private static final int MUTATIONS = Integer.getInteger("sluice.fuzz.mutations", 1_500);
    private static final long ONLY = Long.getLong("sluice.fuzz.case", -1);
    private static final int PART = 500;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @Test
    void hostileBytesAreRefusedOrHarmless() throws IOException {
        long seed = Long.getLong("sluice.test.seed", System.nanoTime());
        System.out.printf("%,d mutations: -Dsluice.test.seed=%d%n", MUTATIONS, seed);
        String root = sandbox.root();
        // In this order, so that the player never gets the slot of the process whose leavings it finds again and again.
        sandbox.open();
        Peer player = sandbox.peer();
        player.call(desk -> desk.space(root).list());
        leaveHalfDoneWork(root);
        long first = ONLY < 0 ? 0 : ONLY;
        long end = ONLY < 0 ? MUTATIONS : ONLY + 1;
        String current = Path.of(root, "current-case").toString();
        Reply<HostileBytes.Tally> playing = player.start(desk -> {
            HostileBytes.Tally tally = new HostileBytes.Tally();
            try (HostileBytes bytes = new HostileBytes(desk, root, seed)) {
                for (long number = first; number < end; number++) {
                    Files.writeString(Path.of(current), Long.toString(number));
                    bytes.play(number, tally);
                    if ((number + 1) % PART == 0) {
                        desk.tell(number + 1);
                    }
                }
                desk.tell(end);
                return tally;
            }
        });
        HostileBytes.Tally tally = awaitEnd(playing, end, current);
        System.out.printf("... %s%n", tally.outcomes());
        tally.failures().forEach(Throwable::printStackTrace);
        assertThat(tally.failures()).isEmpty();
        assertThat(tally.outcomes().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo((int) (end - first));
    }

    private void leaveHalfDoneWork(String root) {
        Peer victim = sandbox.peer();
        victim.call(desk -> {
            HostileBytes.fillAll(desk, root);
            return null;
        });
        victim.kill();
        victim.awaitDeath();
    }

    private static HostileBytes.Tally awaitEnd(Reply<HostileBytes.Tally> playing, long end, String current) throws IOException {
        try {
            long told = System.nanoTime();
            for (long played = 0; played < end; ) {
                played = (Long) playing.told();
                if (System.nanoTime() - told > PROGRESS_NANOS) {
                    told = System.nanoTime();
                    System.out.printf("... %,d of %,d played%n", played, end);
                }
            }
            return playing.get();
        } catch (RuntimeException | AssertionError failed) {
            if (playing.isDone()) {
                playing.get();           // throws what the player met, with its case
            }
            throw new AssertionError("case " + Files.readString(Path.of(current)) + " does not end", failed);
        }
    }
}
