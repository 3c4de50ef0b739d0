package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.gateway.GatewayCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Each example runs by its command lines, in JVMs of its own; its output shows the promised lesson, and it leaves
/// nothing in shared memory.
@Execution(ExecutionMode.CONCURRENT)
class ExamplesTest {
    private static final long WATCHDOG_SECONDS = 120;

    private final List<Process> running = new ArrayList<>();
    private final Path root = TestFolders.makeRoot();

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

    @AfterEach
    void nothingIsLeft() {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        assertThat(TestFolders.remove(root)).containsExactly(root);
    }

    private Example start(Class<?> main, String... arguments) {
        return start(List.of(), main, arguments);
    }

    private Example start(List<String> flags, Class<?> main, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1"));
            command.addAll(flags);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
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

    /// The script `examples/run` takes the name of a file.
    @Test
    void everyExampleOpensWithItsCommand() throws IOException {
        List<String> without = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/sluice/examples"))) {
            for (Path file : files.filter(one -> !one.endsWith("package-info.java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!Files.readString(file).contains("examples/run " + name)) {
                    without.add(name);
                }
            }
        }

        assertThat(without).isEmpty();
        assertThat(Path.of("run")).isExecutable();
    }

    /// The README's quick start: one JVM puts, another one takes.
    @Test
    void quickStart() {
        Example taker = start(QuickStart.class);
        assertThat(start(QuickStart.class, "VOD.L").lines()).isEmpty();
        assertThat(taker.lines()).containsExactly("Order[symbol=VOD.L, quantity=100, price=71.25]");
    }

    /// The README's pool: a worker ends with its task, and the pool goes on.
    @Test
    void poolQuickStart() {
        List<String> lines = start(PoolQuickStart.class).lines();

        assertThat(lines).hasSize(3).startsWith("[1, 4, 9]").endsWith("the others never noticed");
        assertThat(lines.get(1)).matches("worker [0-9]+ exited with code 7 while it ran task '.*'; the pool goes on.*");
    }

    /// The spans of the workers are children of the one in which they were submitted, in its trace.
    @Test
    void tracedPool() {
        List<String> lines = start(TracedPool.class).lines();

        assertThat(lines).hasSize(4);
        var request = Pattern.compile("trace ([0-9a-f]{32}), span ([0-9a-f]{16}), no parent, process [0-9]+: request")
                .matcher(lines.getFirst());
        assertThat(request.matches()).as(lines.getFirst()).isTrue();
        assertThat(lines.subList(1, 4)).allMatch(line -> line.matches(
                "trace %s, span [0-9a-f]{16}, parent %s, process (?!%s:)[0-9]+: [234] .*".formatted(
                        request.group(1), request.group(2), running.getFirst().pid())));
        assertThat(lines.getLast()).endsWith(": 4 * 4 = 16");
    }

    /// Both greet, name their parent, and end in order; a fork is refused.
    @Test
    void spawnGreetings() {
        List<String> lines = start(SpawnGreetings.class).lines();

        long parent = running.getFirst().pid();
        assertThat(lines).hasSize(5).containsSubsequence("Ada returned normally", "Bob returned normally");
        assertThat(lines).filteredOn(line -> line.matches("hello from (Ada|Bob), process [0-9]+, child of " + parent))
                .hasSize(2);
        assertThat(lines.getLast()).startsWith("fork: a JVM cannot be forked");
    }

    /// Four ways keep the order; one by one takes the sum of all times.
    @Test
    void poolFiveWays() {
        List<String> lines = start(PoolFiveWays.class).lines();

        assertThat(lines).hasSize(5);
        List<String> names = List.of("hello Dorothea", "hello Clara", "hello Bert", "hello Ada");
        List<String> ways = List.of("map", "mapAsync", "imapUnordered", "apply", "applyAsync");
        for (int i = 0; i < ways.size(); i++) {
            var line = Pattern.compile("(\\w+): \\[(.*)] in ([0-9]+) ms").matcher(lines.get(i));
            assertThat(line.matches()).as(lines.get(i)).isTrue();
            assertThat(line.group(1)).isEqualTo(ways.get(i));
            assertThat(line.group(2).split(", ")).containsExactlyInAnyOrderElementsOf(names);
            if (!ways.get(i).equals("imapUnordered")) {
                assertThat(line.group(2)).isEqualTo(String.join(", ", names));
            }
            assertThat(Integer.parseInt(line.group(3))).isGreaterThanOrEqualTo(ways.get(i).equals("apply") ? 400 : 160);
        }
    }

    /// The list arrives by both ways, its null included.
    @Test
    void queueAndPipe() {
        assertThat(start(QueueAndPipe.class).lines()).containsExactly(
                "through the queue: [42, null, hello]", "through the pipe: [42, null, hello]");
    }

    /// The plain lock refuses, the reentrant one counts.
    @Test
    void reentrantLocks() {
        assertThat(start(ReentrantLocks.class).lines()).containsExactly(
                "plain: refused; still held: true",
                "reentrant: held 2 times",
                "reentrant: held 1 time",
                "reentrant: held by any thread: false");
    }

    /// One pid for all threads, and for each process another one.
    @Test
    void threadsAndProcesses() {
        List<String> lines = start(ThreadsAndProcesses.class).lines();

        long parent = running.getFirst().pid();
        assertThat(lines).hasSize(10);
        for (int i = 1; i <= 5; i++) {
            assertThat(lines).contains("thread " + i + " has pid " + parent);
        }
        assertThat(lines.stream().filter(line -> line.matches("process [1-5] has pid [0-9]+"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)).distinct()).hasSize(5)
                .doesNotContain(Long.toString(parent));
    }

    /// A message each way, the end of the stream, and the broken pipe.
    @Test
    void pipeHello() {
        assertThat(start(PipeHello.class).lines()).containsExactly(
                "child received: hello",
                "parent received: Hello, too",
                "parent: the child has closed its end",
                "parent: the other end is closed, so this was refused");
    }

    /// Over both kinds of sockets: the stranger is refused, and the client gets its answers.
    @Test
    void listenerAndClient() {
        for (String[] arguments : new String[][] {{}, {"tcp://127.0.0.1:0"}}) {
            assertThat(start(ListenerAndClient.class, arguments).lines())        // and a line of the log
                    .contains(
                            "client: without the key there is no connection",
                            "listener: messages go through SHARED_MEMORY",
                            "client: Answer[number=1, square=1]",
                            "client: Answer[number=2, square=4]",
                            "client: Answer[number=3, square=9]",
                            "listener: the client has closed",
                            "listener: refused 1");
        }
    }

    /// Each number is put once and taken once.
    @Test
    void boundedQueue() {
        List<String> lines = start(BoundedQueue.class).lines();

        assertThat(lines).hasSize(21);
        assertThat(lines.getLast()).matches("SharedQueue\\[queue-[0-9a-f]+, 0 of 3, Integer]");
        List<String> numbers = IntStream.rangeClosed(1, 10).mapToObj(Integer::toString).toList();
        assertThat(lines.stream().filter(line -> line.matches("writer ([0-9]+) put \\1"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)))
                .containsExactlyInAnyOrderElementsOf(numbers);
        assertThat(lines.stream().filter(line -> line.matches("reader [0-9]+ took [0-9]+"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)))
                .containsExactlyInAnyOrderElementsOf(numbers);
    }

    /// The squares, in order.
    @Test
    void poolSquares() {
        assertThat(start(PoolSquares.class).lines()).containsExactly("[1, 4, 9, 16, 25, 36, 49, 64, 81, 100]");
    }

    /// Shared values have changed, captured ones have not.
    @Test
    void sharedValueArray() {
        assertThat(start(SharedValueArray.class).lines()).containsExactly(
                "0.0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
                "3.14 [5, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
                "an array of the JDK: [0]");
    }

    /// Children have changed what lives in the server, and no update is lost.
    @Test
    void managerLists() {
        assertThat(start(ManagerLists.class).lines()).containsExactly(
                "0.0 [1, 2, 3] []",
                "3.14 [-1, -2, -3] [Carl] {names=[Carl]}",
                "{hits=2000}");
    }

    /// All sleep, and then none is left.
    @Test
    void activeChildren() {
        assertThat(start(ActiveChildren.class).lines()).containsExactly(
                "cores: " + Runtime.getRuntime().availableProcessors(),
                "active: [sleeper 0, sleeper 1, sleeper 2, sleeper 3, sleeper 4]",
                "sleeper 0 returned normally",
                "sleeper 1 returned normally",
                "sleeper 2 returned normally",
                "sleeper 3 returned normally",
                "sleeper 4 returned normally",
                "active: []");
    }

    /// The counter counts to its end; the daemon has none.
    @Test
    void processAsClass() {
        assertThat(start(ProcessAsClass.class).lines()).containsExactly(
                "counter has counted to 3",
                "counter returned normally",
                "the daemon ended within 100 ms: false",
                "daemon is a daemon: true, alive: true",
                "daemon was killed by SIGTERM");
    }

    /// All ends are distinguished, also an exit code of 143 from SIGTERM.
    @Test
    void endsOfAProcess() {
        assertThat(start(EndsOfAProcess.class).lines()).containsExactly(
                "sleeper: INITIAL, alive: false",
                "sleeper: STARTED, alive: true",
                "sleeper: STOPPED, alive: false",
                "killed by signal 15, which is SIGTERM",
                "returned 0",
                "returned 143",
                "failed with java.lang.IllegalStateException: no more flour");
    }

    /// Full and empty are exact results.
    @Test
    void queueManners() {
        assertThat(start(QueueManners.class).lines()).containsExactly(
                "empty: true",
                "put 1, empty: false, full: false",
                "put 2, empty: false, full: false",
                "put 3, empty: false, full: true",
                "offer: false",
                "offer within 50 ms: false",
                "take: 1",
                "take: 2",
                "take: 3",
                "poll: null",
                "poll within 50 ms: null",
                "waited at least 50 ms: true");
    }

    /// The second letter is read after its writer has ended.
    @Test
    void whoTalksToWhom() {
        assertThat(start(WhoTalksToWhom.class).lines()).containsExactly(
                "first child reads a letter from the parent",
                "first child returned normally",
                "second child reads a letter from the first child",
                "second child returned normally");
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

        assertThat(all).filteredOn(line -> line.contains(" ends after ")).hasSize(2);
        assertThat(all.stream().filter(line -> line.contains(" eats "))
                        .map(line -> line.substring("Carl eats ".length())))
                .containsExactlyInAnyOrderElementsOf(Stream.of("Ada", "Bob").flatMap(cook ->
                        IntStream.rangeClosed(1, 50).mapToObj(bun -> "bun " + bun + " of " + cook)).toList());
    }

    /// A million characters through a queue of two small slots, after the producer has ended.
    @Test
    void putIsComplete() {
        assertThat(start(PutIsComplete.class).lines()).containsExactly(
                "the producer returned normally",
                "%,d characters, all of them x: true".formatted(1_000_000));
    }

    /// Every bun is eaten before the wait ends, and only then the eaters.
    @Test
    void joinableQueue() {
        List<String> lines = start(JoinableQueue.class).lines();

        assertThat(lines).hasSize(13).endsWith(
                "all buns are eaten", "Carl was killed by SIGTERM", "Dora was killed by SIGTERM");
        assertThat(lines.subList(0, 10).stream().map(line -> line.substring("Carl eats ".length())))
                .containsExactlyInAnyOrderElementsOf(Stream.of("Ada", "Bob").flatMap(cook ->
                        IntStream.rangeClosed(1, 5).mapToObj(bun -> "bun " + bun + " of " + cook)).toList());
    }

    /// The wait for the sleeper ends, the pool works on, and its end does not wait for the sleeper.
    @Test
    void patienceWithPool() {
        List<String> lines = start(PatienceWithPool.class).lines();

        assertThat(lines).hasSize(7);
        assertThat(lines.get(3)).matches("worked in: \\[[0-9]+, [0-9]+, [0-9]+, [0-9]+]");
        lines.remove(3);
        assertThat(lines).containsExactly(
                "map: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]",
                "imapUnordered, sorted: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]",
                "20 * 20 = 400",
                "We lacked patience and got a TimeoutException",
                "more work: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
                "the pool is closed without a wait for the sleeper");
    }

    /// Each request is worked on and finished before the wait for all of them ends.
    @Test
    void taskQueueDrain() {
        List<String> lines = start(TaskQueueDrain.class).lines();

        assertThat(lines).filteredOn(line -> line.startsWith("Working") || line.startsWith("Finished"))
                .containsExactlyElementsOf(IntStream.range(0, 10).boxed()
                        .flatMap(i -> Stream.of("Working on " + i, "Finished " + i)).toList());
        assertThat(lines).containsSubsequence("All requests are put", "All work completed");
        assertThat(lines).containsSubsequence("Finished 9", "All work completed");
        assertThat(lines).contains("The worker ends");
    }

    /// A failure arrives as one, a death fails the call or is made up for by the next server.
    @Test
    void callsAndServers() {
        assertThat(start(CallsAndServers.class).lines()).containsExactly(
                "Sluice has 6 letters",
                "no answer: a text without letters",
                "no answer: the server died",
                "the next server says 3");
    }

    /// Generated flyweights in place: nothing is allocated.
    @Test
    void sbeOnClaim() {
        assertThat(start(SbeOnClaim.class).lines()).containsExactly(
                "last order: SELL VOD.L 2 at %.2f".formatted(71.25),
                "%,d orders, %,d bought, %.3f bytes allocated for each".formatted(1_000_000, 500_000, 0.0));
    }

    /// The blocking consumer gets all; the other one learns how many it has lost, and gets the next messages.
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

    /// With the lock, the lines of a block are adjacent; without, all lines appear in any order.
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
                "the writer was killed by SIGKILL",
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

    /// Two of three ways to count are exact; the losses of the first one vary.
    @Test
    void sharedCounter() {
        assertThat(start(SharedCounter.class).lines()).singleElement().asString()
                .matches("of 200000: get then set [0-9]+, getAndAdd 200000, under the lock 200000");
    }

    /// The poisoned lock is repaired, and the guarded data is consistent again.
    @Test
    void crashedOwner() {
        assertThat(start(CrashedOwner.class).lines()).containsExactly(
                "the owner that died is the one killed: true",
                "there are 70 of 100",
                "repaired: true",
                "there are 100 of 100");
    }

    /// No zombie, and no daemon without its parent.
    @Test
    void zombiesAndOrphans() {
        assertThat(start(ZombiesAndOrphans.class).lines()).containsExactly(
                "in the process table after its end: false",
                "grandchild: running, without end",
                "its parent was killed by SIGKILL",
                "the grandchild has left too");
    }

    /// The order of calls, waits and results.
    @Test
    void syncAsync() {
        assertThat(start(SyncAsync.class).lines()).containsExactly(
                "synchronous: done when it returns",
                "asynchronous: submitted, done: false",
                "blocking: worked",
                "polling: worked, polled more than twice: true",
                "this thread does something else",
                "callback: worked, in a virtual thread: true");
    }

    /// By arrival and by priority the order is exact; by feedback the short job is done early, and the turns of the
    /// others depend on the measured time of their tasks.
    @Test
    void schedulingPolicies() {
        List<String> lines = start(SchedulingPolicies.class).lines();

        assertThat(lines).hasSize(3).startsWith(
                "FIRST_COME AAAAAABBBC, a job is done after %.1f tasks".formatted(25 / 3.0),
                "PRIORITY   CBBBAAAAAA, a job is done after %.1f tasks".formatted(15 / 3.0));
        assertThat(lines.getLast()).matches("FEEDBACK   ABC[AB]{7}, a job is done after [0-9.,]+ tasks");
    }

    /// Names, parents and cores.
    @Test
    void introspection() {
        List<String> lines = start(Introspection.class).lines();

        long pid = running.getFirst().pid();
        assertThat(lines).hasSize(8).startsWith("main (" + pid + ") was started by another program")
                .contains("main has the child Process-1 and 1 in all", "Process-1 has the child Process-1:1",
                        "main has 0 children");
        assertThat(lines).anyMatch(line -> line.matches("Process-1 \\([0-9]+\\) was started by main"));
        assertThat(lines).anyMatch(line -> line.matches("Process-1:1 \\([0-9]+\\) was started by Process-1"));
        assertThat(lines.get(6)).matches("cores: [0-9]+ to count on, usable \\[[0-9, ]+]");
        assertThat(lines.get(7)).matches("a pinned thread: usable \\[[0-9]+]");
    }

    /// Each line has the name of its process, and is there once.
    @Test
    void logToStderr() {
        List<String> lines = start(LogToStderr.class).lines();

        assertThat(lines).filteredOn(line -> !line.startsWith("\t")).satisfiesExactly(
                line -> assertThat(line).isEqualTo("[INFO/main] the kitchen opens"),
                line -> assertThat(line).isEqualTo("[INFO/baker] started by main"),
                line -> assertThat(line).isEqualTo("[INFO/baker] baking"),
                line -> assertThat(line).isEqualTo("[INFO/baker] its task has returned"),
                line -> assertThat(line).isEqualTo("[INFO/unlucky] started by main"),
                line -> assertThat(line).matches("\\[ERROR/unlucky] the task of process [0-9]+ failed:"
                        + " java.lang.IllegalStateException: no more flour"),
                line -> assertThat(line).isEqualTo("[INFO/waiters-worker-0] started by main"),
                line -> assertThat(line).isEqualTo("[INFO/waiters-worker-0] serving"),
                line -> assertThat(line).isEqualTo("[INFO/main] served 3"));
    }

    /// The bar reaches its end, also in a file, and the result follows it.
    @Test
    void poolProgressBar() {
        List<String> lines = start(PoolProgressBar.class).lines();

        assertThat(lines).anyMatch(line -> line.matches("squares 100% \\[=+] 100/100 .*"))
                .endsWith("sum of the squares: 338350");
    }

    /// What was taken comes again, with the flags that the script gives.
    @Test
    void journalReplay() throws IOException {
        String script = Files.readString(Path.of("run"));
        List<String> flags = Pattern.compile("--(add-opens|add-exports|sun-misc)[^ ]+").matcher(script).results()
                .map(flag -> flag.group()).toList();
        assertThat(start(flags, JournalReplay.class).lines()).containsExactly(
                "the consumer knows a balance of 1000, and dies",
                "on disk: records 1 to 4, sound: true",
                "a new consumer replays them: [100, 200, 300, 400]",
                "or from the third one on: [300, 400]");
    }

    /// The queue and the map outlive the member that filled them. The lines before are warnings of Hazelcast.
    @Test
    void clusterHits() throws IOException {
        assertThat(start(ClusterHits.class, freePorts(2)).lines()).endsWith(
                "the sender leaves", "{be=2, not=1, or=1, to=2, words sent=6}");
    }

    /// All arrives, in order, and the end behind it; then the gateways end too.
    @Test
    void ordersElsewhere() throws IOException {
        Example taker = start(OrdersElsewhere.class, "take");
        Example putter = start(OrdersElsewhere.class, "put", "1000");
        String endpoint = "127.0.0.1:" + freeUdpPorts();
        await(() -> Files.exists(root.resolve("host-b/orders")) && Files.exists(root.resolve("host-a/orders")));
        Example in = gateway("--subscribe", "orders", "--space", "host-b", "--from", endpoint);
        Example out = gateway("--publish", "orders", "--space", "host-a", "--to", endpoint);

        assertThat(putter.lines()).containsExactly("1000 orders have arrived");
        assertThat(taker.lines()).containsExactly(
                "took 1000 orders, the last one is Order[number=1000, price=71.25]");
        assertThat(in.lines()).isNotEmpty();
        assertThat(out.lines()).isNotEmpty();
        Files.deleteIfExists(root.resolve(".gateway"));
    }

    private Example gateway(String... arguments) {
        return start(List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"), GatewayCommand.class, arguments);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// A port for datagrams; the next one is free too.
    private static int freeUdpPorts() throws IOException {
        for (;;) {
            try (DatagramSocket first = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                    DatagramSocket next = new DatagramSocket(
                            first.getLocalPort() + 1, InetAddress.getLoopbackAddress())) {
                return next.getLocalPort() - 1;
            } catch (BindException taken) {
                // The next port is another program's.
            }
        }
    }

    private static String[] freePorts(int count) throws IOException {
        String[] ports = new String[count];
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                ports[i] = Integer.toString(sockets.get(i).getLocalPort());
            }
            return ports;
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }
}
