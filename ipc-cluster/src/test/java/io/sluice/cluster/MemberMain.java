package io.sluice.cluster;

import com.hazelcast.config.Config;
import io.sluice.pool.ProcessPool;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentMap;

/// A member until it is killed: what it joins, its index, and the ports of all members. It joins a pool, with one
/// worker, or for `manager NAME` the manager of that name, in whose map `counts` it then counts at the key `child`.
final class MemberMain {
    static final String MANAGER = "manager ";

    private MemberMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<Integer> ports = Arrays.stream(arguments).skip(2).map(Integer::valueOf).toList();
        Config config = Members.config(ports, Integer.parseInt(arguments[1]));
        if (arguments[0].startsWith(MANAGER)) {
            count(ClusterManager.join(config, ClusterManager.Options.of(arguments[0].substring(MANAGER.length()))));
        }
        ClusterPool pool = ClusterPool.join(config, ClusterOptions.of(arguments[0]).withWorkers(
                ProcessPool.builder().workers(1).jvmOptions("-XX:TieredStopAtLevel=1", "-Xmx64m")));
        System.out.println(pool);
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void count(ClusterManager manager) {
        ConcurrentMap<String, Integer> counts = manager.map("counts");
        for (;;) {
            counts.merge("child", 1, Integer::sum);
        }
    }
}
