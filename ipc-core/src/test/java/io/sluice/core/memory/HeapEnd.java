package io.sluice.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Uses up the heap of this JVM, so that an operation runs out of memory at each of its allocations in turn: with no
/// object to spare, with one of 16 bytes, with two, and so on, until it has all that it needs.
///
/// The JVM needs a small heap without buffers for threads: `-Xmx10m -XX:+UseSerialGC -XX:-UseTLAB`.
public final class HeapEnd {
    private static final int[] SIZES = {1 << 16, 1 << 11, 1 << 6, 1 << 4};
    private static final int SPARE_OBJECTS = 4096;
    private static final int ENOUGH = 3;
    private static final int GROWTH = 8;

    private static final long PATIENCE_NANOS = 100_000_000;
    private static final long LOOK_NANOS = 10_000_000;

    private final Object[] spare = new Object[SPARE_OBJECTS];
    private final Object[] rest = new Object[1 << 14];
    private volatile long begun;
    private volatile boolean relieved;

    /// Starts a thread that gives the memory back when a step lasts long: one that waits for memory goes on then.
    public HeapEnd() {
        free();                  // so that all it uses is linked
        fill();
        free();
        Thread.ofPlatform().daemon().name("relief").start(() -> {
            for (;;) {
                LockSupport.parkNanos(LOOK_NANOS);
                long since = begun;
                if (since != 0 && System.nanoTime() - since > PATIENCE_NANOS && !relieved) {
                    relieved = true;
                    free();
                }
            }
        });
    }

    /// Runs a program in a JVM of such a heap, with the settings of this test run, and checks that it ends with 0 after
    /// it has printed `all done`.
    ///
    /// @param program its main class
    /// @throws Exception if it cannot be started, or this thread is interrupted
    public static void run(Class<?> program) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms10m", "-Xmx10m",
                "-XX:+UseSerialGC", "-XX:-UseTLAB", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("sluice.")) {
                line.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        line.add(program.getName());
        Process child = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).as(output).isZero();
            assertThat(output).contains("all done");
        } finally {
            child.destroyForcibly();
        }
    }

    /// What is done without memory.
    @FunctionalInterface
    public interface Step {
        /// Does it.
        ///
        /// @throws Exception of any type
        void run() throws Exception;
    }

    /// What is checked afterwards, with memory.
    @FunctionalInterface
    public interface Check {
        /// Checks it.
        ///
        /// @param thrown what the step threw, or null
        /// @throws Exception of any type
        void run(Throwable thrown) throws Exception;
    }

    /// Runs a step with more and more memory, until it has enough three times in a row.
    ///
    /// @param before brings about what the step needs
    /// @param step what runs out of memory
    /// @param check what must be so afterwards
    /// @return how often it ran out of memory, or waited for it
    /// @throws Exception what `before` or the check throws
    public int atEachAllocation(Step before, Step step, Check check) throws Exception {
        return run(before, step, check, Integer.MAX_VALUE);
    }

    /// As [#atEachAllocation], for a step that allocates much: the memory grows faster, the more of it there is.
    ///
    /// @param before brings about what the step needs
    /// @param step what runs out of memory
    /// @param check what must be so afterwards
    /// @return how often it ran out of memory, or waited for it
    /// @throws Exception what `before` or the check throws
    public int atSomeAllocations(Step before, Step step, Check check) throws Exception {
        return run(before, step, check, GROWTH);
    }

    private int run(Step before, Step step, Check check, int growth) throws Exception {
        int failures = 0;
        int enough = 0;
        for (int objects = 0; enough < ENOUGH; objects += 1 + objects / growth) {
            if (objects > SPARE_OBJECTS) {
                throw new AssertionError("the step needs more than %,d bytes".formatted(16 * SPARE_OBJECTS));
            }
            before.run();
            Throwable thrown = null;
            relieved = false;
            fill();
            for (int i = 0; i < objects; i++) {
                spare[i] = null;
            }
            begun = System.nanoTime() | 1;
            try {
                step.run();
            } catch (Throwable failure) {
                thrown = failure;
            } finally {
                begun = 0;
                free();
            }
            boolean failed = thrown instanceof OutOfMemoryError || relieved;
            failures += failed ? 1 : 0;
            enough = failed ? 0 : enough + 1;
            try {
                check.run(thrown);
            } catch (Exception | AssertionError wrong) {
                throw new AssertionError("with %d bytes: %s".formatted(16 * objects, thrown), wrong);
            }
        }
        return failures;
    }

    private void free() {
        Arrays.fill(spare, null);
        Arrays.fill(rest, null);
    }

    private void fill() {
        for (int i = 0; i < spare.length; i++) {
            spare[i] = new Object();
        }
        int count = 0;
        for (int size : SIZES) {
            try {
                while (count < rest.length) {
                    rest[count] = size == 16 ? new Object() : new byte[size - 16];
                    count++;
                }
            } catch (OutOfMemoryError full) {
                // The next smaller size.
            }
        }
    }
}
