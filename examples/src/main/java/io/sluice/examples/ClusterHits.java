package io.sluice.examples;

import com.hazelcast.config.Config;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterManager.Options;
import io.sluice.cluster.ClusterPool;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentMap;

/// Two members of a cluster share a map and a queue, as the clients of a manager do; one leaves, and what it kept
/// stays.
///
/// ```
/// examples/run ClusterHits 5801 5802
/// ```
///
/// The members are in this process and find each other by their ports; on two hosts each is a program of its own, with
/// `ClusterManager.join("hits", "hostA", "hostB")`. The artifact is `sluice-cluster`.
public final class ClusterHits {
    private ClusterHits() {}

    /// Counts words that one member sends and both count.
    ///
    /// @param arguments a port for each of the two members
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (ClusterManager counter = join(arguments, 0)) {
            ConcurrentMap<String, Integer> hits = counter.map("hits");
            try (ClusterManager sender = join(arguments, 1)) {
                BlockingQueue<String> words = sender.queue("words", 10);
                for (String word : List.of("to", "be", "or", "not", "to", "be")) {
                    words.put(word);
                    sender.<String, Integer>map("hits").merge("words sent", 1, Integer::sum);
                }
                System.out.println("the sender leaves");
            }
            BlockingQueue<String> words = counter.queue("words", 10);
            for (String word = words.poll(); word != null; word = words.poll()) {
                hits.merge(word, 1, Integer::sum);
            }
            System.out.println(new TreeMap<>(hits));
        }
    }

    /// A member at one of the ports.
    private static ClusterManager join(String[] ports, int index) {
        Config config = ClusterPool.config("hits",
                Arrays.stream(ports).map(port -> "127.0.0.1:" + port).toArray(String[]::new));
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");       // or a first member waits for others
        config.setProperty("hazelcast.partition.count", "11");               // of 271, as there is little to keep
        config.getNetworkConfig().setPort(Integer.parseInt(ports[index])).setPortAutoIncrement(false)
                .getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        return ClusterManager.join(config, Options.of("hits"));
    }
}
