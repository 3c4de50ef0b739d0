package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.pool.TaskOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Three members, each a JVM with a worker, are killed and restarted at random, again and again, while maps of 10,000
/// elements run. `-Dsluice.cluster.maps` sets the number of maps.
@Tag(Campaign.TAG)
class ClusterKillTest {
    private static final int MEMBERS = 3;
    private static final int SUBMITTER = MEMBERS;
    private static final int KILLS_PER_MAP = Boolean.getBoolean("sluice.campaign") ? 5 : 2;
    private static final int ELEMENTS = 10_000;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Each map completes, and each result is right and at its place.
    @Test
    void aMapCompletesWhileMembersAreKilled() throws Exception {
        Campaign campaign = Campaign.begin("sluice.cluster.maps", 1, 40);
        Random random = campaign.random();
        List<Integer> elements = IntStream.range(0, ELEMENTS).boxed().toList();
        List<Long> expected = elements.stream().map(i -> (long) i * i).toList();
        try (Members members = new Members(MEMBERS + 1)) {
            List<Process> running = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                running.add(members.start("kill", i));
            }
            try (ClusterPool pool = ClusterPool.join(
                    members.config(SUBMITTER), ClusterOptions.of("kill").withoutWorkers())) {
                for (int maps = 0; campaign.goesOn(maps); maps++) {
                    Members.await(() -> pool.size() == MEMBERS, () -> pool.members() + "\n" + members.texts());
                    assertThat(map(pool, elements, members, running, random)).isEqualTo(expected);
                }
            }
        }
    }

    private static List<Long> map(ClusterPool pool, List<Integer> elements, Members members, List<Process> running,
            Random random) throws Exception {
        AtomicLong done = new AtomicLong();
        CompletableFuture<List<Long>> map = pool.mapAsync(i -> {
            LockSupport.parkNanos(1_000_000);
            return (long) i * i;
        }, elements, TaskOptions.defaults().withName("square").withChunkSize(10).withRetries(1000)
                .withProgress(progress -> done.set(progress.done())));
        int kills = 0;
        Members.await(() -> done.get() > 0, () -> pool + "\n" + members.texts());
        while (!map.isDone() && kills < KILLS_PER_MAP) {
            LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
            int victim = random.nextInt(MEMBERS);
            members.kill(running.get(victim));
            running.set(victim, members.start("kill", victim));
            kills++;
            Members.await(() -> map.isDone() || pool.size() == MEMBERS,
                    () -> pool.members() + "\n" + members.texts());
        }
        System.out.printf("%d members killed in one map%n", kills);
        return map.get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }
}
