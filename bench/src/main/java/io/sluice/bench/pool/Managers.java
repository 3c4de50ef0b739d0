package io.sluice.bench.pool;

import io.sluice.pool.manager.Manager;
import java.util.Map;

/// A managed map in a server process, through the connection that a manager makes by itself.
final class Managers implements Subject {
    static final String KEY = "key";
    private static final int WARM_UP = 20_000;

    @Override
    public String name() {
        return "manager";
    }

    @Override
    public boolean answers(Question question) {
        return question.isOfManagers();
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        try (Manager manager = Manager.start()) {
            Map<String, Integer> map = manager.map();
            return perSecond(question, map, millis);
        }
    }

    /// Calls of one thread, in thousands a second.
    static double perSecond(Question question, Map<String, Integer> map, long millis) {
        var _ = map.put(KEY, 0);
        var _ = run(question, map, WARM_UP, Long.MAX_VALUE);
        long start = System.nanoTime();
        long count = run(question, map, Long.MAX_VALUE, millis * 1_000_000);
        return count * 1e6 / (System.nanoTime() - start);
    }

    private static long run(Question question, Map<String, Integer> map, long most, long nanos) {
        long start = System.nanoTime();
        long count = 0;
        while (count < most && System.nanoTime() - start < nanos) {
            var _ = question == Question.MANAGER_GET ? map.get(KEY) : map.put(KEY, (int) count);
            count++;
        }
        return count;
    }
}
