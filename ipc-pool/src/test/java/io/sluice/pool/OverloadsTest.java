package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks as users write them compile, and the compiler chooses the intended overload.
class OverloadsTest extends PoolTest {
    @SuppressWarnings("InlineFormatString") // a program is read best alone
    private static final String PROGRAM = """
            import io.sluice.pool.*;
            import io.sluice.pool.task.*;
            import java.io.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.function.*;

            class Program%d {
                interface Book { double price() throws IOException; }
                record Point(int x, int y) {}
                static int work() { return 1; }
                static void act() {}
                static void actOrThrow() throws Exception {}
                static int workOrThrow() throws IOException { return 1; }
                static <T> T generic() { return null; }
                static int half(int x) { return x / 2; }
                int field;
                void method() throws InterruptedException {}

                void main(ProcessPool pool, ProcessPoolBuilder builder, ExecutorService service, Book book,
                        List<Integer> numbers, ConcurrentMap<String, Integer> map,
                        TaskOptions options) throws Exception {
                    %s
                }
            }
            """;

    /// One line each, as users write them.
    private static final List<String> COMPILES = List.of(
            // Values.
            "CompletableFuture<Integer> f = pool.submit(() -> 1);",
            "Future<Integer> f = pool.submit(() -> work());",
            "CompletableFuture<Integer> f = pool.submit(Program%d::work);",
            "CompletableFuture<Integer> f = pool.submit(() -> workOrThrow());",
            "CompletableFuture<Integer> f = pool.submit(Program%d::workOrThrow);",
            "CompletableFuture<Double> f = pool.submit(() -> book.price());",
            "CompletableFuture<Double> f = pool.submit(book::price);",
            "CompletableFuture<String> f = pool.submit(() -> Files.readString(Path.of(\"x\")));",
            "CompletableFuture<String> f = pool.submit(() -> { Thread.sleep(1); return \"x\"; });",
            "CompletableFuture<List<Integer>> f = pool.submit(() -> List.of(1, 2));",
            "CompletableFuture<List<Integer>> f = pool.submit(() -> new ArrayList<>());",
            "CompletableFuture<Map<String, Point>> f = pool.submit(() -> Map.of(\"a\", new Point(1, 2)));",
            "CompletableFuture<Point> f = pool.submit(() -> new Point(1, 2));",
            "CompletableFuture<Integer> f = pool.submit(() -> null);",
            "CompletableFuture<Long> f = pool.submit(() -> ProcessHandle.current().pid());",
            "CompletableFuture<Integer> f = pool.submit(() -> map.merge(\"a\", 1, Integer::sum));",
            "CompletableFuture<String> f = pool.submit(() -> generic());",
            "var f = pool.submit(() -> 1); int x = f.get();",
            "var f = pool.submit(() -> { if (work() > 1) { return 1; } return 2.0; }); Number n = f.join();",
            "long x = pool.submit(() -> 1L).get() + pool.submit(() -> 2L).join();",
            "CompletableFuture<Integer> f = pool.submit(() -> 1).thenApply(x -> x + 1);",
            "pool.submit(() -> 1).thenAccept(System.out::println);",
            "CompletableFuture<Integer> f = pool.submit(() -> switch (work()) {"
                    + " case 1 -> 1; default -> throw new IOException(); });",
            "CompletableFuture<Integer> f = pool.submit(new Task<Integer>() { public Integer call() { return 1; } });",
            "Task<Integer> t = () -> 1; CompletableFuture<Integer> f = pool.submit(t);",
            "Callable<Integer> c = () -> 1; CompletableFuture<Integer> f = pool.submit(c);",
            "CompletableFuture<Integer> f = pool.submit((Callable<Integer> & Serializable) () -> 1);",
            "List<CompletableFuture<Integer>> all = new ArrayList<>();"
                    + " for (int n : numbers) { all.add(pool.submit(() -> half(n))); }",
            "List<CompletableFuture<Integer>> all = numbers.stream().map(n -> pool.submit(() -> half(n))).toList();",
            "List<Future<Integer>> all = new ArrayList<>();"
                    + " for (int n : numbers) { all.add(pool.submit(() -> n * n)); }",
            // Actions.
            "pool.submit(() -> Thread.sleep(10_000));",
            "CompletableFuture<?> f = pool.submit(() -> Thread.sleep(10_000));",
            "Future<?> f = pool.submit(() -> Thread.sleep(10_000)); f.get();",
            "pool.submit(() -> { Thread.sleep(10_000); });",
            "pool.submit(() -> {});",
            "pool.submit(() -> System.out.println(1));",
            "pool.submit(() -> { System.out.println(1); });",
            "pool.submit(() -> act());",
            "pool.submit(Program%d::act);",
            "pool.submit(() -> actOrThrow());",
            "pool.submit(Program%d::actOrThrow);",
            "pool.submit(this::method);",
            "pool.submit(() -> Runtime.getRuntime().halt(7)).get();",
            "pool.submit(() -> { for (int i = 0; i < 3; i++) { Files.writeString(Path.of(\"x\"), \"y\"); } });",
            "pool.submit(() -> { while (true) { Thread.sleep(1); } });",
            "pool.submit(() -> { throw new IOException(); });",
            "pool.submit(() -> { try { Thread.sleep(1); } catch (InterruptedException e) { return; } });",
            "pool.submit(() -> { synchronized (this) { wait(); } });",
            "Action a = () -> Thread.sleep(1); pool.submit(a); pool.execute(a); pool.submit(a, 7);",
            "Runnable r = () -> {}; pool.submit(r); pool.execute(r); pool.submit(r, 7);",
            "pool.submit((Runnable & Serializable) () -> {});",
            "pool.submit(new Action() { public void act() throws IOException { throw new IOException(); } });",
            "pool.execute(() -> Thread.sleep(1));",
            "pool.execute(() -> {});",
            "pool.execute(() -> work());",
            "pool.execute(() -> { throw new IOException(); });",
            "pool.execute(this::method);",
            "pool.execute(Program%d::actOrThrow);",
            // With options, or a result.
            "CompletableFuture<Integer> f = pool.submit(() -> 1, options);",
            "CompletableFuture<Integer> f = pool.submit(() -> workOrThrow(), TaskOptions.defaults().withRetries(3));",
            "CompletableFuture<Void> f = pool.submit(() -> Thread.sleep(1), options.withDeadline(Duration.ZERO));",
            "CompletableFuture<Void> f = pool.submit(() -> { act(); }, options);",
            "CompletableFuture<Void> f = pool.submit(this::method, options);",
            "pool.submit(() -> { throw new IOException(); }, options);",
            "CompletableFuture<String> f = pool.submit(() -> Thread.sleep(1), \"done\");",
            "CompletableFuture<Integer> f = pool.submit(() -> act(), 7);",
            "CompletableFuture<Integer> f = pool.submit(() -> { act(); }, 7);",
            "Future<String> f = pool.submit(() -> work(), \"done\");",
            "CompletableFuture<Point> f = pool.submit(Program%d::act, new Point(1, 2));",
            "CompletableFuture<?> f = pool.submit(() -> act(), null);",
            // Initializers.
            "builder.initializer(() -> Thread.sleep(1));",
            "builder.initializer(() -> Files.createTempFile(\"a\", \"b\"));",
            "builder.initializer(() -> {});",
            "builder.initializer(Program%d::actOrThrow);",
            "builder.initializer(Program%d::work);",
            "builder.initializer(() -> { throw new IOException(); });",
            "Action a = () -> {}; builder.initializer(a).workers(2).build();",
            // Functions.
            "List<Integer> l = pool.map(x -> x * x, numbers);",
            "List<Integer> l = pool.map(Program%d::half, numbers);",
            "List<String> l = pool.map(x -> { Thread.sleep(x); return \"\" + x; }, numbers);",
            "List<Point> l = pool.map(x -> new Point(x, x), numbers);",
            "List<Point> l = pool.map(x -> new Point(x, x), List.of(1, 2), 2);",
            "int x = pool.apply(() -> 1);",
            "int x = pool.apply(y -> y + 1, 1);",
            "int x = pool.apply((y, z) -> y + z, 1, 2);",
            "int x = pool.apply(Program%d::half, 1);",
            "String s = pool.apply(() -> { Thread.sleep(1); return \"\"; });",
            "CompletableFuture<Integer> f = pool.applyAsync(y -> y + 1, 1);",
            "for (int y : (Iterable<Integer>) () -> pool.imap(x -> x, numbers)) { act(); }",
            "pool.applyAsync(() -> 1, x -> {}, e -> {});",
            "List<Integer> l = pool.starmap((Integer x, Integer y) -> x + y, List.of(new Pair<>(1, 2)));",
            // Through the interface.
            "Future<Integer> f = service.submit((Task<Integer>) () -> 1);",
            "Future<?> f = service.submit((Action) () -> Thread.sleep(1));",
            "List<Task<Integer>> tasks = List.of(() -> 1, () -> 2); int x = service.invokeAny(tasks);",
            "List<Task<Integer>> tasks = List.of(() -> 1, () -> 2); List<Future<Integer>> l = pool.invokeAll(tasks);");

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(int number, String line) {
            super(URI.create("string:///Program%d.java".formatted(number)), Kind.SOURCE);
            this.text = PROGRAM.formatted(number, line.replace("%d", String.valueOf(number)));
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void tasksAsUsersWriteThemCompile(@TempDir Path directory) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        List<Source> programs = IntStream.range(0, COMPILES.size())
                .mapToObj(i -> new Source(i, COMPILES.get(i))).toList();
        try (var files = compiler.getStandardFileManager(found, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
            List<String> options = List.of("-proc:none", "-Xmaxerrs", "1000",
                    "-cp", Path.of(ProcessPool.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                            + System.getProperty("path.separator") + System.getProperty("java.class.path"));
            boolean fine = compiler.getTask(null, files, found, options, null, programs).call();
            List<String> refused = new ArrayList<>();
            found.getDiagnostics().stream().filter(one -> one.getKind() == Diagnostic.Kind.ERROR).forEach(
                    one -> refused.add(one.getSource() == null ? one.toString()
                            : COMPILES.get(programs.indexOf(one.getSource())) + ": " + one.getMessage(null)));
            assertThat(refused).isEmpty();
            assertThat(fine).isTrue();
        }
    }

    // The chosen overload works as intended.

    @Test
    void actionsMayThrowAndBeInterrupted() throws Exception {
        try (ProcessPool pool = ProcessPool.builder().workers(1).initializer(() -> Thread.sleep(1)).build();
                SharedEvent begun = space.event("begun"); SharedLong ended = space.longValue("ended", 0)) {
            CompletableFuture<?> thrower = pool.submit(() -> actOrThrow("from the action"));
            assertThat(failureOf(thrower)).isInstanceOf(IOException.class).hasMessage("from the action");
            CompletableFuture<?> sleeper = pool.submit(() -> {
                begun.set();
                try {
                    Thread.sleep(TimeUnit.SECONDS.toMillis(WATCHDOG_SECONDS));
                } finally {
                    ended.set(1);
                }
            });
            begun.await();
            assertThat(sleeper.cancel(true)).isTrue();
            awaitUntil(() -> ended.get() == 1);
            assertThat(pool.submit(() -> Thread.sleep(1), "done").get()).isEqualTo("done");
            assertThat(pool.submit(() -> Thread.sleep(1), TaskOptions.defaults().withName("short")).get()).isNull();
            assertThat(pool.submit(() -> Thread.sleep(1), null).get()).isNull();
            assertThatThrownBy(() -> pool.apply(() -> {
                throw new IOException("from the task");
            })).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
        }
    }

    private static void actOrThrow(String what) throws IOException {
        throw new IOException(what);
    }

    @Test
    void anInitializerThatThrowsACheckedExceptionBreaksThePoolWithIt() {
        try (ProcessPool pool = ProcessPool.builder().workers(1).initializer(() -> actOrThrow("no licence")).build()) {
            assertThatThrownBy(() -> pool.submit(() -> 1).get())
                    .hasRootCauseInstanceOf(RemoteTrace.class)
                    .hasStackTraceContaining("java.io.IOException: no licence");
        }
    }

    @Test
    void anActionRunAsARunnableWrapsCheckedExceptions() {
        Action checked = () -> actOrThrow("checked");
        Action unchecked = () -> {
            throw new UncheckedIOException(new IOException("unchecked"));
        };
        Action interrupted = () -> {
            throw new InterruptedException();
        };
        assertThatThrownBy(checked::run).isInstanceOf(UndeclaredThrowableException.class)
                .cause().isInstanceOf(IOException.class);
        assertThatThrownBy(unchecked::run).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(interrupted::run).hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
