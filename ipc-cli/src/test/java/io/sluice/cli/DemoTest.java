package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Shell.Result;
import io.sluice.cli.Shell.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    /// Rates, latencies and equal totals of both transports, and no output of the JVM.
    @Test
    void ordersGoThroughQueueAndRing() {
        Result result = shell.run("demo", "--seconds", "2", "--rate", "20000");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).doesNotContain("WARNING").contains("p99.9");
        assertThat(result.out().lines().filter(line -> line.endsWith("  equal"))).hasSize(2);
        assertThat(shell.left()).isEmpty();
    }

    /// Every bun is eaten, and each eater ends.
    @Test
    void theKitchenEndsWithAllBunsEaten() {
        Result result = shell.run("demo", "kitchen");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).doesNotContain("WARNING").endsWith("closes: 10 buns baked, 10 eaten\n");
        assertThat(result.out().lines().filter(line -> line.contains("found the end marker"))).hasSize(2);
        assertThat(shell.left()).isEmpty();
    }

    /// Ctrl-C and the end of a terminal signal each process of the demonstration, `kill` only the first one. The
    /// children end too, without output, and nothing stays in shared memory.
    @ParameterizedTest
    @CsvSource({"INT, true, 130", "HUP, true, 129", "TERM, true, 143", "TERM, false, 143"})
    void aTerminatedDemoLeavesNothing(String signal, boolean all, int code) throws Exception {
        Run demo = shell.start("demo", "--seconds", "600");
        awaitOrders(demo);
        List<ProcessHandle> children = demo.process().children().toList();
        List<String> kill = new ArrayList<>(List.of("kill", "-" + signal));
        if (all) {
            children.forEach(child -> kill.add(Long.toString(child.pid())));
        }
        kill.add(Long.toString(demo.process().pid()));

        assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();

        assertThat(demo.await().code()).isEqualTo(code);
        for (ProcessHandle child : children) {
            child.onExit().get(Shell.WATCHDOG_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(demo.await().err()).isEmpty();
        assertThat(shell.left()).isEmpty();
    }

    /// A child that dies ends the demonstration with an explanation.
    @Test
    void aChildThatDiesEndsTheDemo() {
        Run demo = shell.start("demo", "--seconds", "600");
        awaitOrders(demo);

        demo.process().children().findFirst().orElseThrow().destroyForcibly();

        Result result = demo.await();
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("sluice: the ").contains("exited with code 137").hasLineCount(1);
        assertThat(shell.left()).isEmpty();
    }

    private static void awaitOrders(Run demo) {
        Shell.await("orders between both children",
                () -> demo.process().children().count() == 2 && read(demo).contains("at full speed"));
    }

    private static String read(Run run) {
        try {
            return Files.readString(run.out());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
