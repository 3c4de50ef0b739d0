package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each example runs as its command lines say, in JVMs of its own; what it prints is what its lesson promises, and it
/// leaves nothing in shared memory.
class ExamplesTest {
    private static final long WATCHDOG_SECONDS = 120;

    private final List<Process> running = new ArrayList<>();
    private Path root;

    private record Example(Process process, Path output) {
        List<String> lines() {
            try {
                assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
                List<String> lines = Files.readAllLines(output);
                assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
                return lines;
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            } finally {
                output.toFile().delete();
            }
        }
    }

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        List<Path> left;
        try (Stream<Path> all = Files.walk(root)) {
            left = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : left) {
            Files.deleteIfExists(path);
        }
        assertThat(left).containsExactly(root);
    }

    private Example start(Class<?> main, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()));
            command.addAll(List.of(arguments));
            Path output = Files.createTempFile("sluice-example-", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("SLUICE_HOME", root.toString());
            Process process = builder.start();
            running.add(process);
            return new Example(process, output);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// The README's quick start: one JVM puts, another one takes.
    @Test
    void quickStart() {
        Example taker = start(QuickStart.class);
        assertThat(start(QuickStart.class, "VOD.L").lines()).isEmpty();
        assertThat(taker.lines()).containsExactly("Order[symbol=VOD.L, quantity=100, price=71.25]");
    }

    /// Questions, answers, the end of the stream, and the broken pipe.
    @Test
    void pipeHello() {
        assertThat(start(PipeHello.class).lines()).containsExactly(
                "parent received: HELLO, WORLD",
                "parent received: HELLO, PIPE",
                "parent: the child has closed its end",
                "parent: nobody would read this any more");
    }

    /// Two cooks, two eaters: every bun is eaten once, and each eater finds its marker.
    @Test
    void kitchenBuns() {
        List<Example> eaters =
                List.of(start(KitchenBuns.class, "eat", "Carl"), start(KitchenBuns.class, "eat", "Dora"));
        List<Example> cooks =
                List.of(start(KitchenBuns.class, "bake", "Ada", "50"), start(KitchenBuns.class, "bake", "Bob", "50"));
        assertThat(cooks.get(0).lines()).containsExactly("Ada baked 50");
        assertThat(cooks.get(1).lines()).containsExactly("Bob baked 50");
        assertThat(start(KitchenBuns.class, "close", "2").lines()).isEmpty();

        List<String> all = eaters.stream().flatMap(eater -> eater.lines().stream()).toList();

        assertThat(all).filteredOn(line -> line.contains(" goes home after ")).hasSize(2);
        assertThat(all.stream().filter(line -> line.contains(" eats "))
                        .map(line -> line.substring("Carl eats ".length())))
                .containsExactlyInAnyOrderElementsOf(Stream.of("Ada", "Bob").flatMap(cook ->
                        IntStream.rangeClosed(1, 50).mapToObj(bun -> "bun " + bun + " of " + cook)).toList());
    }

    /// A million characters through a queue of two small slots, after the producer has ended.
    @Test
    void largeMessage() {
        assertThat(start(LargeMessage.class).lines()).containsExactly(
                "the producer has ended with code 0",
                "%,d characters, all of them x: true".formatted(1_000_000));
    }

    /// Each request is worked on and finished before the wait for all of them ends.
    @Test
    void taskQueueDrain() {
        List<String> lines = start(TaskQueueDrain.class).lines();

        assertThat(lines).filteredOn(line -> line.startsWith("Working") || line.startsWith("Finished"))
                .containsExactlyElementsOf(IntStream.range(0, 10).boxed()
                        .flatMap(i -> Stream.of("Working on " + i, "Finished " + i)).toList());
        assertThat(lines).containsSubsequence("all requests are put", "all requests are done");
        assertThat(lines).containsSubsequence("Finished 9", "all requests are done");
        assertThat(lines).contains("the worker goes home");
    }

    /// Generated flyweights in place: nothing is allocated.
    @Test
    void sbeOnClaim() {
        assertThat(start(SbeOnClaim.class).lines()).containsExactly(
                "last order: SELL VOD.L 2 at %.2f".formatted(71.25),
                "%,d orders, %,d bought, %.3f bytes allocated for each".formatted(1_000_000, 500_000, 0.0));
    }

    /// The one that blocks gets all; the one that drops is told how many it has lost, and gets what comes next.
    @Test
    void broadcastTicker() {
        List<String> lines = start(BroadcastTicker.class).lines();

        assertThat(lines.getFirst()).isEqualTo("careful: 23 ticks, 0 lost, the last one is 23");
        int[] numbers = Pattern.compile("[0-9]+").matcher(lines.getLast()).results()
                .mapToInt(number -> Integer.parseInt(number.group())).toArray();
        assertThat(numbers).as(lines.getLast()).hasSize(3);
        assertThat(numbers[0]).isGreaterThanOrEqualTo(3);
        assertThat(numbers[0] + numbers[1]).isEqualTo(23);
        assertThat(numbers[2]).isEqualTo(23);
    }

    /// One of ten gets the ticket.
    @Test
    void ticketSale() {
        List<String> lines = start(TicketSale.class).lines();

        assertThat(lines).hasSize(11).endsWith("tickets left: 0");
        assertThat(lines).filteredOn(line -> line.endsWith(" got the ticket")).hasSize(1);
        assertThat(lines).filteredOn(line -> line.endsWith(" got nothing")).hasSize(9);
    }

    /// With the lock, the lines of a block stand together; without, all are there in whatever order.
    @Test
    void lockedOutput() {
        List<String> lines = start(LockedOutput.class).lines();

        assertThat(lines).hasSize(62).startsWith("without a lock:");
        assertThat(lines.get(31)).isEqualTo("with a lock:");
        List<String> locked = lines.subList(32, 62);
        assertThat(lines.subList(1, 31)).containsExactlyInAnyOrderElementsOf(locked);
        for (int i = 0; i < 30; i += 3) {
            String first = locked.get(i);
            assertThat(first).endsWith("line 1 of 3");
            assertThat(locked.subList(i, i + 3)).containsExactly(
                    first, first.replace("line 1", "line 2"), first.replace("line 1", "line 3"));
        }
    }

    /// No torn quote, neither while the writer writes nor after it was killed.
    @Test
    void lastQuoteBoard() {
        assertThat(start(LastQuoteBoard.class).lines()).containsExactly(
                "the writer is killed",
                "all last quotes are whole: true",
                "a reader saw 0 torn quotes",
                "a reader saw 0 torn quotes");
    }

    /// Never more than three; the permits of a killed process come back.
    @Test
    void limitedResource() {
        List<String> lines = start(LimitedResource.class).lines();

        assertThat(lines.subList(0, 10)).containsOnly("one was inside");
        assertThat(lines.subList(10, lines.size())).containsExactly(
                "more than 3 were inside: 0 times",
                "available while one holds two: 1",
                "acquired after it was killed: 3");
    }

    /// The action runs once for each phase.
    @Test
    void barrierPhases() {
        assertThat(start(BarrierPhases.class).lines()).containsExactly(
                "the sum is 10", "the sum is 50", "the sum is 210", "the last sum is 210");
    }

    /// Two of three ways to count are exact; how many the first one loses is chance.
    @Test
    void sharedCounter() {
        assertThat(start(SharedCounter.class).lines()).singleElement().asString()
                .matches("of 200000: get then set [0-9]+, getAndAdd 200000, under the lock 200000");
    }

    /// The poisoned lock is repaired, and what it guards is whole again.
    @Test
    void crashedOwner() {
        assertThat(start(CrashedOwner.class).lines()).containsExactly(
                "the owner that died is the one killed: true",
                "there are 70 of 100",
                "repaired: true",
                "there are 100 of 100");
    }
}
