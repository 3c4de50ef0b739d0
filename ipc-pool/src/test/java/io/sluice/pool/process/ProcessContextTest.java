package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ways to start a process: a fresh JVM, and one from a stock; and the refused `fork`.
class ProcessContextTest {
    @TempDir
    private Path folder;

    /// Also waits for their end, since the next test counts JVMs.
    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
        Jvms.until("no stock is refilled", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sluice-standby")));
        Jvms.until("all JVMs have ended", () -> jvms().isEmpty());
    }

    private static void awaitStock(ProcessContext context, int count) {
        Jvms.until(count + " JVMs of the stock are ready", () -> context.ready() == count);
    }

    /// Ids of the live JVMs that this one has started: those of processes, and those of a stock.
    private static Set<Long> jvms() {
        try (var children = ProcessHandle.current().children()) {
            return children.map(ProcessHandle::pid).filter(ProcessContextTest::isJvm).collect(Collectors.toSet());
        }
    }

    private static boolean isJvm(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
                    .contains(ChildMain.class.getName());
        } catch (IOException gone) {
            return false;
        }
    }

    /// A process that writes its identity, and waits for a file that releases it.
    private static JavaProcess.Builder report(ProcessContext context, String folder, String name) {
        return context.builder(() -> {
            Jvms.write(folder, name, JavaProcess.current());
            var _ = Jvms.read(Path.of(folder), "go");
        }).name(name);
    }

    private void releaseProcesses() throws IOException {
        Jvms.write(folder.toString(), "go", "");
    }

    private static void assertEnds(List<JavaProcess> processes) throws InterruptedException {
        for (JavaProcess process : processes) {
            assertThat(Jvms.join(process)).as(process.name()).isEqualTo(new Exit.Returned(0));
            process.close();
        }
    }

    // A stock.

    @Test
    void aProcessIsTakenFromTheStockWhichIsRefilled() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1)) {
            assertThat(context.method()).isEqualTo(StartMethod.STANDBY);
            awaitStock(context, 1);
            Set<Long> stock = jvms();
            JavaProcess process = report(context, folder.toString(), "waiter").daemon(true).start();
            assertThat(stock).containsExactly(process.pid());
            assertThat(Jvms.read(folder, "waiter"))
                    .isEqualTo(new ProcessInfo("waiter", process.pid(), true).toString());
            awaitStock(context, 1);
            JavaProcess second = report(context, folder.toString(), "second").start();
            assertThat(second.pid()).isNotEqualTo(process.pid());
            assertThat(Jvms.read(folder, "second"))
                    .isEqualTo(new ProcessInfo("second", second.pid(), false).toString());
            releaseProcesses();
            assertEnds(List.of(process, second));
        }
    }

    @Test
    void theEndOfAProcessOfTheStockIsReportedExactly() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1)) {
            try (JavaProcess process = context.start(() -> System.exit(137))) {
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(137));
            }
            awaitStock(context, 1);
            try (JavaProcess process = context.start(() -> Thread.sleep(Long.MAX_VALUE))) {
                process.kill();
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Killed(Jvms.SIGKILL));
            }
        }
    }

    @Test
    void anEmptyStockIsFollowedByFreshJvms() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1)) {
            List<JavaProcess> processes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                processes.add(report(context, folder.toString(), "one-" + i).start());
            }
            for (JavaProcess process : processes) {
                assertThat(Jvms.read(folder, process.name()))
                        .isEqualTo(new ProcessInfo(process.name(), process.pid(), false).toString());
            }
            releaseProcesses();
            assertEnds(processes);
        }
    }

    @Test
    void aKilledJvmOfTheStockIsSkipped() throws Exception {
        try (ProcessContext context = ProcessContext.standby(2)) {
            awaitStock(context, 2);
            ProcessHandle victim = ProcessHandle.of(jvms().iterator().next()).orElseThrow();
            assertThat(victim.destroyForcibly()).isTrue();
            awaitStock(context, 1);
            JavaProcess process = report(context, folder.toString(), "survivor").start();
            assertThat(process.pid()).isNotEqualTo(victim.pid());
            releaseProcesses();
            assertEnds(List.of(process));
            awaitStock(context, 2);
        }
    }

    @Test
    void aClosedContextEndsItsStockAndLeavesItsProcesses() throws Exception {
        ProcessContext context = ProcessContext.standby();
        awaitStock(context, 2);
        JavaProcess process = report(context, folder.toString(), "goes on").start();
        awaitStock(context, 2);
        context.close();
        context.close();
        assertThat(context.ready()).isZero();
        Jvms.until("the stock has ended", () -> jvms().equals(Set.of(process.pid())));
        assertThatThrownBy(() -> context.start(() -> {}))
                .isInstanceOf(ClosedException.class)
                .hasMessage("this process context was closed; make another one");
        assertThat(process.isAlive()).isTrue();
        releaseProcesses();
        assertEnds(List.of(process));
    }

    @Test
    void aProcessOfAStockHasNoSettingsOfItsOwn() {
        try (ProcessContext context = ProcessContext.standby(1, "-Xmx40m")) {
            List.<Function<JavaProcess.Builder, JavaProcess.Builder>>of(
                    builder -> builder.jvmOptions("-Xmx64m"),
                    builder -> builder.environment("A", "b"),
                    builder -> builder.classPath(System.getProperty("java.class.path")),
                    builder -> builder.directory(folder),
                    builder -> builder.stdin(Redirect.PIPE),
                    builder -> builder.stdout(Redirect.DISCARD),
                    builder -> builder.stderr(Redirect.DISCARD)).forEach(setting ->
                            assertThatThrownBy(() -> setting.apply(context.builder(() -> {})).build())
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageStartingWith("ProcessContext[STANDBY]: the JVMs of a stock run already")
                                    .hasMessageEndingWith("or use ProcessContext.spawn()"));
        }
    }

    @Test
    void theOptionsOfAStockAreThoseOfItsProcesses() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1, "-Dsluice.test=of the stock");
                JavaProcess process = context.start(
                        () -> System.exit("of the stock".equals(System.getProperty("sluice.test")) ? 12 : 13))) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(12));
        }
    }

    @Test
    void aStockHasOneTo256Jvms() {
        for (int nonsense : new int[] {-1, 0, 257}) {
            assertThatThrownBy(() -> ProcessContext.standby(nonsense))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("standby: a stock of %,d JVMs is not between 1 and 256", nonsense);
        }
    }

    // Methods.

    @Test
    void aContextHasItsMethodByName() {
        try (ProcessContext context = ProcessContext.of(StartMethod.SPAWN)) {
            assertThat(context.method()).isEqualTo(StartMethod.SPAWN);
            assertThat(context.ready()).isZero();
            assertThat(context).hasToString("ProcessContext[SPAWN]");
        }
    }

    @Test
    void forkIsRefusedWithTheReason() {
        assertThatThrownBy(() -> ProcessContext.of(StartMethod.FORK))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("fork: a JVM cannot be forked: fork(2) copies only the calling thread")
                .hasMessageEndingWith("use SPAWN, or STANDBY for a start within milliseconds");
    }

    /// In processes of their own, since there is one default for a whole JVM.
    @Test
    void theDefaultContextIsSetOnceAndBeforeItsUse() throws Exception {
        String path = folder.toString();
        assertThat(Jvms.run(() -> {
            ProcessContext mine = ProcessContext.spawn();
            ProcessContext.setUsual(mine);
            Jvms.write(path, "set", ProcessContext.usual().equals(mine) + " " + refusal());
        }).isSuccess()).isTrue();
        assertThat(Jvms.run(() -> {
            var _ = JavaProcess.builder(() -> {});
            Jvms.write(path, "used", refusal());
        }).isSuccess()).isTrue();
        String refused = "the default start method is SPAWN already, set or used before; set it once, at the start of"
                + " main, or use a context of your own";
        assertThat(folder.resolve("set")).hasContent("true " + refused);
        assertThat(folder.resolve("used")).hasContent(refused);
    }

    private static String refusal() {
        try {
            ProcessContext.setUsual(ProcessContext.spawn());
            return "not refused";
        } catch (IllegalStateException refused) {
            return refused.getMessage();
        }
    }
}
