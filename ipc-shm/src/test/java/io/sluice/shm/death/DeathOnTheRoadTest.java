package io.sluice.shm.death;

import static io.sluice.core.crash.CrashPoint.ABORT_WORD_SET;
import static io.sluice.core.crash.CrashPoint.CLAIM_HELD;
import static io.sluice.core.crash.CrashPoint.CLAIM_WORD_SET;
import static io.sluice.core.crash.CrashPoint.COMMIT_WORD_SET;
import static io.sluice.core.crash.CrashPoint.GIVE_BACK_WORD_SET;
import static io.sluice.core.crash.CrashPoint.LARGE_CLAIMED;
import static io.sluice.core.crash.CrashPoint.LARGE_RELEASED;
import static io.sluice.core.crash.CrashPoint.LARGE_WRITTEN;
import static io.sluice.core.crash.CrashPoint.RELEASE_DONE_SET;
import static io.sluice.core.crash.CrashPoint.RELEASE_HALF_STAMPED;
import static io.sluice.core.crash.CrashPoint.RELEASE_WORD_SET;
import static io.sluice.core.crash.CrashPoint.TAKE_HELD;
import static io.sluice.core.crash.CrashPoint.TAKE_WORD_SET;
import static io.sluice.core.crash.CrashPoint.WAIT_ANNOUNCED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Share;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Journal;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One of several processes that put and take dies at each step of that. The other threads, in this process and in
/// another one, go on at once, and no message is lost, arrives twice or stays behind.
@Timeout(120)
class DeathOnTheRoadTest {
    private static final int VICTIM = 3;
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final List<Long> BLOCKED = Collections.synchronizedList(new ArrayList<>());
    private static final List<Long> AFTER_DEATH = Collections.synchronizedList(new ArrayList<>());
    private static Peer other = Peer.fresh();

    private final Sandbox sandbox = new Sandbox();

    /// What the victim does.
    enum Role { PRODUCER, ABORTING_PRODUCER, CONSUMER, REFUSING_CONSUMER }

    /// The fate of the message that the victim was working on.
    enum Fate {
        /// It was not committed: no consumer gets it.
        GONE,
        /// It was committed: a consumer gets it.
        ARRIVES,
        /// It was not acknowledged: another consumer gets it.
        AGAIN,
        /// It was acknowledged, and on its way to the caller of a plain queue.
        TAKEN_ALONG
    }

    record Case(Road road, Role role, CrashPoint point, int hit, Fate fate) {
        @Override
        public String toString() {
            return "%s %s dies at %s, hit %d: %s".formatted(road, role, point, hit, fate);
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Road.QUEUE, Role.PRODUCER, CLAIM_WORD_SET, 20, Fate.GONE),
                new Case(Road.QUEUE, Role.PRODUCER, CLAIM_HELD, 1, Fate.GONE),
                new Case(Road.QUEUE, Role.PRODUCER, CLAIM_HELD, 21, Fate.GONE),
                new Case(Road.QUEUE, Role.PRODUCER, COMMIT_WORD_SET, 22, Fate.ARRIVES),
                new Case(Road.QUEUE, Role.PRODUCER, WAIT_ANNOUNCED, 1, Fate.GONE),
                new Case(Road.QUEUE, Role.CONSUMER, TAKE_WORD_SET, 20, Fate.AGAIN),
                new Case(Road.QUEUE, Role.CONSUMER, TAKE_HELD, 1, Fate.AGAIN),
                new Case(Road.QUEUE, Role.CONSUMER, TAKE_HELD, 21, Fate.AGAIN),
                new Case(Road.QUEUE, Role.CONSUMER, RELEASE_WORD_SET, 22, Fate.TAKEN_ALONG),
                new Case(Road.QUEUE, Role.CONSUMER, WAIT_ANNOUNCED, 1, Fate.AGAIN),
                new Case(Road.LARGE_QUEUE, Role.PRODUCER, LARGE_CLAIMED, 5, Fate.GONE),
                new Case(Road.LARGE_QUEUE, Role.PRODUCER, LARGE_WRITTEN, 6, Fate.GONE),
                new Case(Road.LARGE_QUEUE, Role.PRODUCER, COMMIT_WORD_SET, 7, Fate.ARRIVES),
                new Case(Road.LARGE_QUEUE, Role.CONSUMER, TAKE_HELD, 5, Fate.AGAIN),
                new Case(Road.LARGE_QUEUE, Role.CONSUMER, RELEASE_WORD_SET, 6, Fate.TAKEN_ALONG),
                new Case(Road.LARGE_QUEUE, Role.CONSUMER, LARGE_RELEASED, 7, Fate.TAKEN_ALONG),
                new Case(Road.TASKS, Role.CONSUMER, TAKE_WORD_SET, 20, Fate.AGAIN),
                new Case(Road.TASKS, Role.CONSUMER, TAKE_HELD, 21, Fate.AGAIN),
                new Case(Road.TASKS, Role.CONSUMER, RELEASE_WORD_SET, 22, Fate.AGAIN),
                new Case(Road.TASKS, Role.REFUSING_CONSUMER, GIVE_BACK_WORD_SET, 3, Fate.AGAIN),
                new Case(Road.RING, Role.ABORTING_PRODUCER, ABORT_WORD_SET, 3, Fate.GONE),
                new Case(Road.RING, Role.REFUSING_CONSUMER, GIVE_BACK_WORD_SET, 3, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.PRODUCER, CLAIM_WORD_SET, 20, Fate.GONE),
                new Case(Road.LONG_RING, Role.PRODUCER, CLAIM_HELD, 21, Fate.GONE),
                new Case(Road.LONG_RING, Role.PRODUCER, COMMIT_WORD_SET, 22, Fate.ARRIVES),
                new Case(Road.LONG_RING, Role.ABORTING_PRODUCER, ABORT_WORD_SET, 3, Fate.GONE),
                new Case(Road.LONG_RING, Role.CONSUMER, TAKE_WORD_SET, 20, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.CONSUMER, TAKE_HELD, 21, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.CONSUMER, RELEASE_DONE_SET, 22, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.CONSUMER, RELEASE_HALF_STAMPED, 23, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.CONSUMER, RELEASE_HALF_STAMPED, 24, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.CONSUMER, RELEASE_WORD_SET, 25, Fate.AGAIN),
                new Case(Road.LONG_RING, Role.REFUSING_CONSUMER, GIVE_BACK_WORD_SET, 3, Fate.AGAIN));
    }

    @AfterEach
    void removeEverything() {
        try {
            other.leave();
        } catch (AssertionError | RuntimeException stuck) {
            other.close();
            other = Peer.fresh();
        }
        sandbox.close();
    }

    @AfterAll
    static void tellHowLongTheSurvivorsWaited() {
        other.close();
        Deaths.print("survivors on the road, each thread's longest pause after a kill", BLOCKED);
        Deaths.print("... after the kernel had reported the death", AFTER_DEATH);
    }

    /// The steps common to all cases; see [Case] for the differences.
    @ParameterizedTest
    @Share
    @MethodSource("cases")
    void survivorsGoOnAndNothingIsLost(Case c) {
        String root = sandbox.root();
        Road road = c.road();
        SharedSpace space = sandbox.open();
        Lane here = road.open(space);
        Threads threads = sandbox.with(Threads.platform());
        Journal phase = new Journal(root, Traffic.PHASE, 8);

        Peer victim = sandbox.peer();
        Role role = c.role();
        victim.dieAt(c.point(), Integer.MAX_VALUE);    // loads its classes; the hits count from when the job is ready
        CrashPoint point = c.point();
        int hit = c.hit();
        List<Reply<Object>> producers = List.of(
                threads.start(desk -> {
                    Traffic.produce(desk, root, road, "p1", 1, false);
                    return null;
                }),
                other.start(desk -> {
                    Traffic.produce(desk, root, road, "p2", 2, false);
                    return null;
                }));
        List<Reply<Object>> consumers = List.of(
                threads.start(desk -> {
                    Traffic.consume(desk, root, road, "c1", false);
                    return null;
                }),
                other.start(desk -> {
                    Traffic.consume(desk, root, road, "c2", false);
                    return null;
                }));
        producers.forEach(Reply::told);
        consumers.forEach(Reply::told);
        victim.dieAt(point, hit);
        boolean odd = role == Role.ABORTING_PRODUCER || role == Role.REFUSING_CONSUMER;
        victim.start(desk -> {
            if (role == Role.PRODUCER || role == Role.ABORTING_PRODUCER) {
                Traffic.produce(desk, root, road, "p3", VICTIM, odd);
            } else {
                Traffic.consume(desk, root, road, "c3", odd);
            }
            return null;
        });
        long killed = victim.awaitSelfKill();
        long died = System.nanoTime();
        phase.add(1);
        producers.forEach(Reply::get);
        phase.add(2);
        consumers.forEach(Reply::get);

        Ledger ledger = new Ledger(root, List.of("p1", "p2", "p3"), List.of("c1", "c2", "c3"));
        check(c, ledger);
        space.sweep();
        assertThat(sandbox.files()).containsExactly(road.file());
        assertThat(space.list().getFirst().dead()).isZero();
        checkCapacity(road, here);
        for (String survivor : List.of("p1", "p2", "c1", "c2")) {
            long blocked = ledger.blocked(survivor, killed);
            BLOCKED.add(blocked);
            AFTER_DEATH.add(ledger.blocked(survivor, died));
            assertThat(blocked).as(survivor).isLessThan(WATCHDOG_NANOS);
        }
        other.leave();
        sandbox.leaveNothing();
    }

    private static void check(Case c, Ledger ledger) {
        assertThat(ledger.invented()).isEmpty();
        assertThat(ledger.doubled()).isEmpty();
        assertThat(ledger.lost()).hasSizeLessThanOrEqualTo(c.fate() == Fate.TAKEN_ALONG ? 1 : 0);
        if (c.fate() == Fate.TAKEN_ALONG) {
            assertThat(ledger.lost()).hasSize(1);
        }
        if (c.role() == Role.PRODUCER) {
            long unfinished = ledger.unfinished("p3");
            assertThat(unfinished).isNotEqualTo(Lane.NONE);
            assertThat(ledger.received(unfinished)).isEqualTo(c.fate() == Fate.ARRIVES);
            ledger.checkOrder(List.of("c1", "c2"));
        }
    }

    private static void checkCapacity(Road road, Lane lane) {
        try {
            assertThat(lane.take(0, id -> {})).isEqualTo(Lane.NONE);
            int fit = 0;
            while (lane.offer(fit)) {
                fit++;
            }
            assertThat(fit).isEqualTo(road.messages());
            for (int i = 0; i < fit; i++) {
                assertThat(lane.take(0, id -> {})).isEqualTo(i);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
