package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.Policy;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/// One worker, and three jobs that come at once: A is long, B shorter, C the shortest. Who is served when?
///
/// First come, first served lets the short ones wait for the long one. Shortest job first is a matter of priorities,
/// for those who know how long a job is. Round-robin is what feedback does with jobs of one level, and with a new
/// level for those who have had much, short jobs are soon done, and nobody needs to know anything.
///
/// ```
/// sluice-examples io.sluice.examples.SchedulingPolicies
/// ```
public final class SchedulingPolicies {
    private record Job(String name, int pieces) {}

    private static final List<Job> JOBS = List.of(new Job("A", 6), new Job("B", 3), new Job("C", 1));

    private SchedulingPolicies() {}

    /// Serves the jobs by each policy.
    ///
    /// @param arguments none
    public static void main(String[] arguments) {
        for (Policy policy : Policy.values()) {
            try (var space = SharedSpace.openTemporary();
                    var served = space.queue(Codec.strings(), 16);
                    var allAreHere = space.event()) {
                serve(policy, served, allAreHere);
                String order = String.join("", new ArrayList<>(served));
                double ends = JOBS.stream().mapToInt(job -> order.lastIndexOf(job.name()) + 1).average().orElseThrow();
                System.out.printf(
                        Locale.ROOT, "%-10s %s, a job is done after %.1f pieces%n", policy, order, ends);
            }
        }
    }

    private static void serve(Policy policy, SharedQueue<String> served, SharedEvent allAreHere) {
        try (var pool = ProcessPool.builder().workers(1).policy(policy).initializer(() -> await(allAreHere)).build()) {
            List<CompletableFuture<?>> jobs = new ArrayList<>();
            for (Job job : JOBS) {
                jobs.add(pool.mapAsync(name -> work(served, name), Collections.nCopies(job.pieces(), job.name()),
                        TaskOptions.USUAL.named(job.name()).priority(-job.pieces()).chunkSize(1)));
            }
            allAreHere.set();
            jobs.forEach(CompletableFuture::join);
        }
    }

    private static String work(SharedQueue<String> served, String name) throws InterruptedException {
        served.put(name);
        Thread.sleep(5);
        return name;
    }

    private static void await(SharedEvent event) {
        try {
            event.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
