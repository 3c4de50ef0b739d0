package io.sluice.cluster;

import io.sluice.pool.ProcessPool;
import java.util.Arrays;
import java.util.List;

/// A member with one worker, until it is killed: pool, its index, and the ports of all members.
final class MemberMain {
    private MemberMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<Integer> ports = Arrays.stream(arguments).skip(2).map(Integer::valueOf).toList();
        ClusterPool pool = ClusterPool.join(Members.config(ports, Integer.parseInt(arguments[1])),
                ClusterOptions.of(arguments[0]).withWorkers(
                        ProcessPool.builder().workers(1).jvmOptions("-XX:TieredStopAtLevel=1", "-Xmx64m")));
        System.out.println(pool);
        Thread.sleep(Long.MAX_VALUE);
    }
}
