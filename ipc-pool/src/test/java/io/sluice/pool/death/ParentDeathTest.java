package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.campaign.Share;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The process that has a pool is killed: its workers leave, whatever they do, and nothing of the pool stays in
/// `/dev/shm`.
@Timeout(300)
class ParentDeathTest {
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Parents parents = new Parents(2);

    @AfterEach
    void removeEverything() {
        parents.close();
    }

    @ParameterizedTest
    @Share
    @CsvSource({"POOL_TASK_PLACED, 1", "POOL_TASK_PLACED, 30", "POOL_TASK_SENT, 1", "POOL_TASK_SENT, 30",
        "CLAIM_HELD, 20", "LARGE_WRITTEN, 2", "TAKE_HELD, 20"})
    void aParentThatDiesAtAStepLeavesNothing(CrashPoint point, int nth) throws InterruptedException {
        try (JavaProcess parent = parents.start("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + nth)) {
            assertThat(parent.join()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
            parents.assertNothingIsLeft();
        }
    }

    /// Kills begin when all workers are ready: before that, the parent may be alone in the space of the pool.
    @Test
    @Tag(Campaign.TAG)
    void aParentThatDiesAtARandomInstantLeavesNothing() throws InterruptedException {
        killAtRandom(true);
    }

    /// The parent may have been alone in the space of its pool: then the next pool removes it.
    @Test
    @Tag(Campaign.TAG)
    void theNextPoolRemovesTheSpaceOfAParentThatDiedWhileItsFirstWorkersStarted() throws InterruptedException {
        killAtRandom(false);
    }

    private void killAtRandom(boolean onceReady) throws InterruptedException {
        Campaign campaign = Campaign.begin("sluice.pool.parents", 2, 20);
        Random random = campaign.random();
        for (int round = 0; campaign.goesOn(round); round++) {
            try (JavaProcess parent = parents.start()) {
                parents.await(onceReady);
                LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant
                parent.kill();
                assertThat(parent.join()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
                parents.awaitNoWorkers();
                if (!onceReady) {
                    parents.haveAnotherPool();
                }
                parents.assertNothingIsLeft();
            } catch (AssertionError failure) {
                throw new AssertionError(
                        "round %d of -Dsluice.test.seed=%d".formatted(round, campaign.seed()), failure);
            }
        }
    }
}
