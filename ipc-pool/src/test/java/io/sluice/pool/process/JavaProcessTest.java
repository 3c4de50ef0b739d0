package io.sluice.pool.process;

import io.sluice.core.error.ClosedException;
import io.sluice.pool.task.Action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of a process: a task with its captures runs in a JVM of its own, which has the settings of its builder, is
/// known to parent and child, and leaves nothing behind.
class JavaProcessTest {
    @TempDir
    private Path folder;

    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    private record Order(String dish, int number) implements Serializable {}

    /// A task that is a class with fields.
    private record Writer(String folder, String name, Order order) implements Action {
        @Override
        public void act() throws IOException {
            Jvms.write(folder, name, order);
        }
    }

    /// A process that runs until its standard input ends.
    private static JavaProcess.Builder held() {
        return Jvms.quiet(() -> {
            var _ = System.in.read();
        }).stdin(Redirect.PIPE);
    }

    // The task.

    @Test
    void aTaskRunsInAnotherProcessWithTheClassPathOfThisOne() throws Exception {
        String path = folder.toString();
        try (JavaProcess process = Jvms.quiet(() -> {
            Jvms.write(path, "pid", ProcessHandle.current().pid());
            Jvms.write(path, "classes", System.getProperty("java.class.path"));
        }).start()) {
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(folder.resolve("pid")).hasContent(Long.toString(process.pid()));
            assertThat(process.pid()).isNotEqualTo(ProcessHandle.current().pid());
            assertThat(folder.resolve("classes")).hasContent(System.getProperty("java.class.path"));
        }
    }

    /// The task is copied when the process is built: later changes are not seen.
    @Test
    void capturesAreCopiedWhenTheProcessIsBuilt() throws Exception {
        String path = folder.toString();
        int number = 42;
        int[] numbers = {1, 2, 3};
        List<String> words = new ArrayList<>(List.of("one", "two"));
        Order order = new Order("buns", 3);
        JavaProcess process = Jvms.quiet(
                () -> Jvms.write(path, "captured", number + Arrays.toString(numbers) + words + order)).build();
        numbers[0] = 100;
        words.clear();
        process.start();
        try (process) {
            assertThat(Jvms.join(process).isSuccess()).isTrue();
        }
        assertThat(folder.resolve("captured")).hasContent("42[1, 2, 3][one, two]Order[dish=buns, number=3]");
    }

    @Test
    void aTaskMayBeAClassWithFields() throws Exception {
        assertThat(Jvms.run(new Writer(folder.toString(), "fields", new Order("tea", 2))).isSuccess()).isTrue();
        assertThat(folder.resolve("fields")).hasContent("Order[dish=tea, number=2]");
    }

    @Test
    void handlesOfSharedObjectsOpenThemselvesInTheChild() throws Exception {
        Path home;
        try (SharedSpace space = SharedSpace.openTemporary("process-test-" + ProcessHandle.current().pid())) {
            home = space.path();
            try (SharedLong sum = space.longValue("sum", 40);
                    SharedQueue<String> words = space.queue("words", Codec.strings(), 4)) {
                Exit exit = Jvms.run(() -> {
                    var _ = sum.addAndGet(2);
                    words.put("from " + ProcessHandle.current().pid());
                });
                assertThat(exit).isEqualTo(new Exit.Returned(0));
                assertThat(sum.get()).isEqualTo(42);
                assertThat(words.poll()).matches("from \\d+").isNotEqualTo("from " + ProcessHandle.current().pid());
            }
        }
        assertThat(home).doesNotExist();
    }

    // Identities.

    @Test
    void parentAndChildKnowEachOther() throws Exception {
        assertThat(JavaProcess.parent()).isEmpty();
        assertThat(JavaProcess.current()).isEqualTo(new ProcessInfo("main", ProcessHandle.current().pid(), false));
        String path = folder.toString();
        try (JavaProcess process = Jvms.quiet(() -> {
            Jvms.write(path, "current", JavaProcess.current());
            Jvms.write(path, "parent", JavaProcess.parent().orElseThrow());
            Jvms.write(path, "parent lives", JavaProcess.parent().orElseThrow().isAlive());
            Jvms.write(path, "children", JavaProcess.children());
            var _ = System.in.read();
        }).stdin(Redirect.PIPE).name("chef").daemon(true).start()) {
            assertThat(Jvms.read(folder, "children")).isEqualTo("[]");
            assertThat(Jvms.read(folder, "current"))
                    .isEqualTo(new ProcessInfo("chef", process.pid(), true).toString());
            assertThat(Jvms.read(folder, "parent")).isEqualTo(JavaProcess.current().toString());
            assertThat(Jvms.read(folder, "parent lives")).isEqualTo("true");
            assertThat(JavaProcess.children()).containsExactly(process);
            assertThat(process.name()).isEqualTo("chef");
            assertThat(process.isDaemon()).isTrue();
            assertThat(process).hasToString("JavaProcess[chef, pid %d, started, daemon]".formatted(process.pid()));
            process.stdin().close();
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(JavaProcess.children()).isEmpty();
        }
    }

    /// `Process-7`, `Process-8`, and the second child of that one is `Process-8:2`. Daemons have daemons as children.
    @Test
    void processesAreNumberedBelowTheirParent() throws Exception {
        String path = folder.toString();
        JavaProcess elder = Jvms.quiet(() -> {}).build();
        assertThat(elder.name()).matches("Process-\\d+");
        assertThat(elder.isDaemon()).isFalse();
        int number = Integer.parseInt(elder.name().substring("Process-".length()));
        try (JavaProcess younger = Jvms.quiet(() -> {
            JavaProcess first = Jvms.quiet(() -> {}).build();
            JavaProcess second = Jvms.quiet(() -> Jvms.write(path, "grandchild", JavaProcess.current().name()))
                    .start();
            Jvms.write(path, "children", first.name() + " " + second.name() + " " + second.isDaemon() + " "
                    + JavaProcess.children().equals(List.of(second)));
            var _ = Jvms.join(second);
        }).daemon(true).start()) {
            assertThat(younger.name()).isEqualTo("Process-" + (number + 1));
            assertThat(Jvms.join(younger).isSuccess()).isTrue();
            assertThat(folder.resolve("children")).hasContent("%1$s:1 %1$s:2 true true".formatted(younger.name()));
            assertThat(folder.resolve("grandchild")).hasContent(younger.name() + ":2");
        }
    }

    // Life cycle.

    @Test
    void aProcessGoesFromInitialToStartedToStopped() throws Exception {
        JavaProcess process = held().name("life").build();
        assertThat(process.state()).isEqualTo(JavaProcess.State.INITIAL);
        assertThat(process.isAlive()).isFalse();
        assertThat(process.exit()).isEmpty();
        assertThat(process).hasToString("JavaProcess[life, initial]");

        process.start();
        assertThat(process.state()).isEqualTo(JavaProcess.State.STARTED);
        assertThat(process.isAlive()).isTrue();
        assertThat(process.exit()).isEmpty();
        assertThat(process.join(0, TimeUnit.SECONDS)).isFalse();
        assertThat(process.join(-1, TimeUnit.SECONDS)).isFalse();
        assertThat(process.join(10, TimeUnit.MILLISECONDS)).isFalse();

        process.stdin().close();
        Exit exit = Jvms.join(process);
        assertThat(process.state()).isEqualTo(JavaProcess.State.STOPPED);
        assertThat(process.isAlive()).isFalse();
        assertThat(process.exit()).contains(exit);
        assertThat(process.join()).isEqualTo(exit);
        assertThat(process.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(process).hasToString("JavaProcess[life, pid %d, stopped: returned normally]".formatted(
                process.pid()));
        process.close();
    }

    @Test
    void beforeTheStartAProcessRefusesQuestionsAndSignals() {
        try (JavaProcess process = held().name("idle").build()) {
            List.<Runnable>of(process::pid, process::handle, process::stdout, process::terminate, process::kill,
                    () -> process.signal(Jvms.SIGTERM)).forEach(question -> assertThatThrownBy(question::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("process 'idle' was not started; start it first"));
            assertThatThrownBy(process::join).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> process.join(1, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aProcessStartsOnceAndIsClosedAfterItsEnd() throws Exception {
        JavaProcess process = held().name("once").start();
        assertThatThrownBy(process::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("process 'once' was started before; build another one");
        assertThatThrownBy(process::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("process 'once' (%d) runs; join it, or terminate and join it, before it is closed",
                        process.pid());
        process.stdin().close();
        assertThat(Jvms.join(process).isSuccess()).isTrue();
        assertThatThrownBy(process::start).isInstanceOf(IllegalStateException.class);
        process.close();
        process.close();
        assertThat(process.name()).isEqualTo("once");
        assertThat(process.state()).isEqualTo(JavaProcess.State.STOPPED);
        assertThat(process.exit()).contains(new Exit.Returned(0));
        assertThatThrownBy(process::start)
                .isInstanceOf(ClosedException.class)
                .hasMessage("process 'once' was closed");
        assertThatThrownBy(process::pid).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(process::join).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(process::isAlive).isInstanceOf(ClosedException.class)
                .hasMessage("process 'once' was closed");
    }

    @Test
    void anInterruptedJoinDoesNotAffectTheProcess() throws Exception {
        try (JavaProcess process = held().start()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(process::join).isInstanceOf(InterruptedException.class);
            assertThat(process.isAlive()).isTrue();
            process.stdin().close();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
        }
    }

    @Test
    void cancellingTheFutureOfTheEndHasNoEffect() throws Exception {
        try (JavaProcess process = held().start()) {
            CompletableFuture<Exit> cancelled = process.onExit();
            CompletableFuture<Exit> completed = process.onExit();
            CompletableFuture<Exit> kept = process.onExit();
            assertThat(cancelled.cancel(true)).isTrue();
            assertThat(completed.complete(new Exit.Returned(99))).isTrue();
            assertThat(process.isAlive()).isTrue();
            assertThat(process.exit()).isEmpty();
            process.stdin().close();
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
            assertThat(kept.get(1, TimeUnit.MINUTES)).isEqualTo(new Exit.Returned(0));
        }
    }

    @Test
    void theHandleOfTheJdkIsThatOfTheChild() throws Exception {
        try (JavaProcess process = held().start()) {
            ProcessHandle handle = process.handle();
            assertThat(handle.pid()).isEqualTo(process.pid());
            assertThat(handle.isAlive()).isTrue();
            assertThat(handle.parent()).contains(ProcessHandle.current());
            process.stdin().close();
            assertThat(handle.onExit().get(1, TimeUnit.MINUTES)).isEqualTo(handle);
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
        }
    }

    // Settings.

    @Test
    void environmentOptionsAndDirectoryAreThoseOfTheBuilder() throws Exception {
        String path = folder.toString();
        try (JavaProcess process = Jvms.quiet(() -> Jvms.write(path, "settings", String.join(" ",
                System.getenv("SLUICE_TEST_ONE"), System.getenv("SLUICE_TEST_TWO"), System.getProperty("sluice.test"),
                Boolean.toString(Runtime.getRuntime().maxMemory() <= 48 << 20), System.getenv("PATH"),
                Path.of("").toRealPath().toString())))
                .environment("SLUICE_TEST_ONE", "first")
                .environment("SLUICE_TEST_TWO", "second")
                .jvmOptions("-Dsluice.test=third")
                .jvmOptions("-Xmx48m")
                .directory(folder)
                .start()) {
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(folder.resolve("settings")).hasContent(
                    "first second third true " + System.getenv("PATH") + " " + folder.toRealPath());
        }
    }

    /// The entries of a class path are relative to the directory of the parent, not to that of the child.
    @Test
    void aRelativeClassPathIsFoundFromAnotherDirectoryToo() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        String relative = String.join(":", CommandLine.entries(null).stream()
                .map(entry -> here.relativize(entry.toAbsolutePath()).toString()).toList());
        try (JavaProcess process = Jvms.quiet(() -> {}).classPath(relative).directory(folder).start()) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
        }
    }

    /// Linux limits an argument to 128 KiB. The names contain characters that the file of arguments must quote.
    @Test
    void aClassPathMayBeLongerThanAnArgument() throws Exception {
        String more = IntStream.range(0, 5_000)
                .mapToObj(i -> "/no such folder/\"quoted\" 'name' #\\n%s some.jar".formatted(i))
                .collect(Collectors.joining(":"));
        String longest = CommandLine.entries(null).stream().map(entry -> entry.toAbsolutePath().toString())
                .collect(Collectors.joining(":")) + ":" + more;
        assertThat(longest.length()).isGreaterThan(200_000);
        int hash = longest.hashCode();
        long descriptors = Jvms.descriptors();
        try (JavaProcess process = Jvms.quiet(
                () -> System.exit(System.getProperty("java.class.path").hashCode() == hash ? 12 : 13))
                .classPath(longest).start()) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(12));
        }
        try (ProcessContext standby = ProcessContext.standbyWithClassPath(1, longest);
                JavaProcess process = standby.start(
                        () -> System.exit(System.getProperty("java.class.path").hashCode() == hash ? 12 : 13))) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(12));
        }
        Jvms.until("all descriptors are closed", () -> Jvms.descriptors() <= descriptors);
    }

    @Test
    void pipedStreamsLeadToThisProcess() throws Exception {
        try (JavaProcess process = JavaProcess.builder(() -> {
            System.out.print(Jvms.readLine(System.in).toUpperCase(Locale.ROOT));
            System.err.print("a complaint");
        }).stdin(Redirect.PIPE).stdout(Redirect.PIPE).stderr(Redirect.PIPE).start()) {
            process.stdin().write("a question\n".getBytes(StandardCharsets.UTF_8));
            process.stdin().flush();
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(process.stdout()).hasContent("A QUESTION");
            assertThat(process.stderr()).hasContent("a complaint");
        }
    }

    @Test
    void redirectedStreamsLeadToFiles() throws Exception {
        Path input = folder.resolve("input");
        Files.writeString(input, "from a file\n");
        Path output = folder.resolve("output");
        try (JavaProcess process = JavaProcess.builder(() -> {
            System.out.print(Jvms.readLine(System.in));
            System.err.print("");
        }).stdin(Redirect.from(input.toFile())).stdout(Redirect.to(output.toFile())).stderr(Redirect.DISCARD).start()) {
            assertThat(Jvms.join(process).isSuccess()).isTrue();
            assertThat(output).hasContent("from a file");
        }
    }

    /// Empty, rather than the terminal of the parent.
    @Test
    void standardInputIsEmptyByDefault() throws Exception {
        assertThat(Jvms.run(() -> System.exit(System.in.read() == -1 ? 12 : 13))).isEqualTo(new Exit.Returned(12));
    }

    // Leftovers.

    @Test
    void manyQuickProcessesLeaveNoZombieAndNoDescriptor() throws Exception {
        assertThat(Jvms.run(() -> {}).isSuccess()).isTrue();       // now everything is open that the JVM opens once
        long before = Jvms.descriptors();
        List<Long> pids = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            List<JavaProcess> processes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                processes.add(Jvms.quiet(() -> {}).start());
            }
            for (JavaProcess process : processes) {
                assertThat(Jvms.join(process).isSuccess()).isTrue();
                pids.add(process.pid());
                process.close();
            }
        }
        assertThat(pids).hasSize(20).allMatch(pid -> Jvms.state(pid) != 'Z');
        // A descriptor of each process would be 20 or more; the JVM itself may have opened some in the meantime.
        Jvms.until("the descriptors are closed", () -> Jvms.descriptors() <= before + 5);
        assertThat(JavaProcess.children()).isEmpty();
    }
}
