package io.sluice.examples;

import io.sluice.pool.manager.Manager;
import io.sluice.pool.process.JavaProcess;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BinaryOperator;

/// Children change a manager's value, array, list and map, and the parent sees it: the objects live in the manager's
/// server, and what the children captured are proxies.
///
/// ```
/// examples/run ManagerLists
/// ```
public final class ManagerLists {
    private ManagerLists() {}

    /// Prints the objects before and after the children.
    ///
    /// @param arguments none
    /// @throws IOException if the server does not start
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (Manager manager = Manager.start()) {
            Manager.Value<Double> value = manager.value(0.0);
            List<Integer> array = manager.array(List.of(1, 2, 3));
            List<String> list = manager.list();
            ConcurrentMap<String, List<String>> map = manager.map();
            ConcurrentMap<String, Integer> hits = manager.map("hits");
            map.put("names", list);                  // a proxy in another collection stays live
            System.out.println(value.get() + " " + array + " " + list);

            JavaProcess child = JavaProcess.start(() -> {
                value.set(3.14);
                array.replaceAll(n -> -n);
                map.get("names").add("Carl");
            });
            child.join();
            System.out.println(value.get() + " " + array + " " + list + " " + map);

            List<JavaProcess> counters = List.of(start(hits), start(hits));
            for (JavaProcess counter : counters) {
                counter.join();
            }
            System.out.println(Map.copyOf(hits));
        }
    }

    /// A function that is serializable runs in the server: one call, and no update is lost.
    private static JavaProcess start(ConcurrentMap<String, Integer> hits) {
        return JavaProcess.start(() -> {
            for (int i = 0; i < 1000; i++) {
                hits.merge("hits", 1, (BinaryOperator<Integer> & Serializable) Integer::sum);
            }
        });
    }
}
