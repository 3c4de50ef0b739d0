package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Share;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Desk;
import io.sluice.shm.Job;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The first process at an end of a queue has its bias; a second one revokes it. Either is killed or stopped there.
@Timeout(120)
class DeathOfABiasTest {
    private static final int CAPACITY = 4;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final SharedQueue<Long> queue = space.queue("q", Codec.longs(), CAPACITY);
    private final Peer victim = sandbox.peer();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private void open() {
        String home = root;
        victim.call(desk -> {
            desk.keep("q", desk.space(home).queue("q", Codec.longs(), CAPACITY));
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private static SharedQueue<Long> kept(Desk desk) {
        return desk.kept("q", SharedQueue.class);
    }

    /// @param revokes whether this process has both biases of the queue before the victim comes
    private void prepare(boolean revokes) {
        open();
        if (revokes) {
            assertThat(queue.offer(0L)).isTrue();
            assertThat(queue.poll()).isZero();
        }
    }

    private <T> void die(CrashPoint point, Job<T> job) {
        victim.dieAt(point, 1);
        victim.start(job);
        victim.awaitSelfKill();
        space.sweep();
    }

    @ParameterizedTest
    @Share
    @CsvSource({
        "BIAS_GRANTED, false", "BIAS_FOUND, false", "BIAS_STANDS, false", "BIAS_REVOKED, true", "BIAS_DECIDED, true",
        "BIAS_MARKED, true"
    })
    void aPutThatDiesLeavesNothing(CrashPoint point, boolean revokes) {
        prepare(revokes);
        die(point, desk -> kept(desk).offer(1L));
        checkWhole();
    }

    @ParameterizedTest
    @Share
    @CsvSource({
        "BIAS_GRANTED, false", "BIAS_FOUND, false", "BIAS_STANDS, false", "BIAS_REVOKED, true", "BIAS_DECIDED, true",
        "BIAS_MARKED, true"
    })
    void aTakeThatDiesLeavesItsElement(CrashPoint point, boolean revokes) {
        prepare(revokes);
        assertThat(queue.offer(1L)).isTrue();
        die(point, desk -> kept(desk).take());
        assertThat(queue.poll()).isEqualTo(1L);
        checkWhole();
    }

    /// Stopped where it stands at an element: others take the next one, and the element stays its own.
    @Test
    void othersGoPastAStoppedTaker() {
        open();
        victim.stopAt(CrashPoint.BIAS_STANDS, 1);
        assertThat(queue.offer(1L)).isTrue();
        assertThat(queue.offer(2L)).isTrue();
        Reply<Long> taking = victim.start(desk -> kept(desk).take());
        victim.awaitStop();
        assertThat(queue.poll()).isEqualTo(2L);
        assertThat(queue.poll()).isNull();
        victim.resume();
        assertThat(taking.get()).isEqualTo(1L);
        checkWhole();
    }

    /// Stopped where it is about to claim a slot: others claim the next one, and their elements wait for it.
    @Test
    void othersGoPastAStoppedPutter() {
        open();
        victim.stopAt(CrashPoint.BIAS_STANDS, 1);
        Reply<Boolean> putting = victim.start(desk -> kept(desk).offer(1L));
        victim.awaitStop();
        assertThat(queue.offer(2L)).isTrue();
        assertThat(queue.poll()).isNull();
        victim.resume();
        assertThat(putting.get()).isTrue();
        assertThat(queue.poll()).isEqualTo(1L);
        assertThat(queue.poll()).isEqualTo(2L);
        checkWhole();
    }

    private void checkWhole() {
        for (int round = 0; round < 3; round++) {
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.offer(i)).isTrue();
            }
            assertThat(queue.offer(9L)).isFalse();
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(queue.poll()).isEqualTo(i);
            }
            assertThat(queue.poll()).isNull();
        }
        sandbox.leaveNothing();
    }
}
