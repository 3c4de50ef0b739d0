package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.TaskOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/// One worker, and three jobs that arrive at once: A is long, B shorter, C the shortest. Which one is served when?
///
/// First come, first served makes the short jobs wait for the long one. Shortest job first needs priorities, and thus
/// known lengths. Feedback serves jobs of one level round-robin, and moves jobs that have used much time to a lower
/// level: short jobs are soon done, and no lengths need to be known.
///
/// ```
/// examples/run SchedulingPolicies
/// ```
public final class SchedulingPolicies {
    private record Job(String name, int tasks) {}

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
                        Locale.ROOT, "%-10s %s, a job is done after %.1f tasks%n", policy, order, ends);
            }
        }
    }

    private static void serve(Policy policy, SharedQueue<String> served, SharedEvent allAreHere) {
        try (var pool = ProcessPool.builder().workers(1).policy(policy).initializer(() -> await(allAreHere)).build()) {
            List<CompletableFuture<?>> jobs = new ArrayList<>();
            for (Job job : JOBS) {
                jobs.add(pool.mapAsync(name -> work(served, name), Collections.nCopies(job.tasks(), job.name()),
                        TaskOptions.defaults().withName(job.name()).withPriority(-job.tasks()).withChunkSize(1)));
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
