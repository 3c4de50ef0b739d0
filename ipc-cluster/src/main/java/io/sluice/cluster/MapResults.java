package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.submission.ProgressReports;
import io.sluice.pool.submission.TaskFailures;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Collects the results of a map, which arrive in parts, and completes its future with the last one or with the first
/// failure.
///
/// - **Threads:** any.
///
/// @param <R> type of the results
final class MapResults<R> {
    private final ClusterFuture<List<R>> future;
    private final Wire wire;
    private final ProgressReports reports;
    private final Object[] results;
    private final AtomicInteger left;

    MapResults(ClusterFuture<List<R>> future, int size, Wire wire, ProgressReports reports) {
        this.future = future;
        this.wire = wire;
        this.reports = reports;
        this.results = new Object[size];
        this.left = new AtomicInteger(size);
    }

    /// Takes the answer for some elements.
    ///
    /// @param first index of the first one
    /// @param count number of them
    /// @param member that answered
    @SuppressWarnings("unchecked") // a function to R returns Rs
    void arrived(int first, int count, byte[] answer, Member member) {
        Object[] some = wire.readResults(answer, count, member);
        for (Object result : some) {
            if (result instanceof Failure(Throwable failure)) {
                future.fail(TaskFailures.ofTask(failure));
                return;
            }
        }
        System.arraycopy(some, 0, results, first, some.length);
        reports.done(some.length);
        if (left.addAndGet(-some.length) == 0) {
            future.complete((List<R>) Collections.unmodifiableList(Arrays.asList(results)));
        }
    }
}
