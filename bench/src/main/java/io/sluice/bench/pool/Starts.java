package io.sluice.bench.pool;

import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.StartMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Start and join of a process that does nothing, by one of our start methods; or the floor, a bare `java` with the
/// same class path whose `main` does nothing.
final class Starts implements Subject {
    private final String name;
    private final Supplier<ProcessContext> maker;
    private ProcessContext context;

    /// @param maker makes the context at the start of a block; returns null for the floor
    Starts(String name, Supplier<ProcessContext> maker) {
        this.name = name;
        this.maker = maker;
    }

    /// The main class of the floor.
    public static final class Nothing {
        private Nothing() {}

        /// Does nothing.
        ///
        /// @param arguments none
        public static void main(String[] arguments) {
            // Nothing.
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean answers(Question question) {
        return question == Question.START;
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        context = maker.get();
        startAndJoin();
        List<Long> nanos = new ArrayList<>();
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            while (context != null && context.method() == StartMethod.STANDBY
                    && context.ready() < 1) {
                Thread.sleep(1);         // standby processes are refilled between starts; that time is not measured
            }
            long start = System.nanoTime();
            startAndJoin();
            nanos.add(System.nanoTime() - start);
        }
        return Subject.median(nanos) / 1e6;
    }

    private void startAndJoin() throws Exception {
        if (context == null) {
            var _ = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Nothing.class.getName()).inheritIO().start().waitFor();
        } else {
            try (JavaProcess process = context.start(() -> Nothing.main(new String[0]))) {
                var _ = process.join();
            }
        }
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }
}
