package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.crossprocess.ControlPage.Order;
import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.report.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// The JVMs of a subject: one for each participant, bound to a core; or one for all, if its transport connects threads.
public final class Processes implements RunningSubject {
    /// Options of all children. The heap is small and of fixed size; rings and pages lie outside of it.
    public static final List<String> JVM_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms128m",
            "-Xmx128m");

    private static final long STOP_TIMEOUT_SECONDS = 10;

    private final String name;
    private final Measure measure;
    private final Participants participants;
    private final Path latencies;
    private final ControlPage page;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> facts = new ArrayList<>();
    private int orders;
    private boolean pinned = true;

    Processes(Path directory, CrossProcessBenchmark benchmark, Subject subject, Plan plan) {
        name = subject.name();
        measure = benchmark.measure();
        participants = benchmark.participants();
        latencies = directory.resolve(Child.LATENCIES_FILE);
        page = new ControlPage(directory.resolve(Child.CONTROL_FILE), participants);
        List<List<String>> ofParticipants = new ArrayList<>();
        for (int number = 0; number < participants.size(); number++) {
            ofParticipants.add(List.of(Integer.toString(number), Integer.toString(benchmark.core(number, plan))));
        }
        boolean together = subject.transport().isInProcess();
        List<List<String>> each = together
                ? List.of(ofParticipants.stream().flatMap(List::stream).toList()) : ofParticipants;
        try {
            for (List<String> arguments : each) {
                processes.add(start(directory, benchmark, subject, arguments, plan));
            }
            for (Process process : processes) {
                awaitReady(process, together ? participants.size() : 1);
            }
        } catch (IOException refused) {
            kill();
            throw new UncheckedIOException(refused);
        } catch (RuntimeException failed) {
            kill();
            throw failed;
        }
    }

    private static Process start(
            Path directory, CrossProcessBenchmark benchmark, Subject subject, List<String> arguments, Plan plan)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(JVM_OPTIONS);
        line.addAll(subject.allJvmOptions());
        line.addAll(plan.jvmOptions());
        line.addAll(benchmark.settings(subject, plan));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        line.addAll(List.of(
                directory.toString(),
                benchmark.measure().name(),
                subject.transport().name(),
                Integer.toString(benchmark.participants().senders()),
                Integer.toString(benchmark.participants().receivers())));
        line.addAll(arguments);
        return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private void awaitReady(Process process, int participants) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (int i = 0; i < participants; ) {
            String line = output.readLine();
            if (line == null) {
                throw new IllegalStateException("%s: a child did not start; see its output above".formatted(name));
            }
            if (line.startsWith(Child.READY)) {      // libraries may print lines of their own
                String[] words = line.split(" ", -1);
                facts.add("process %s, thread %s".formatted(process.pid(), words[1]));
                pinned &= Boolean.parseBoolean(words[2]);
                i++;
            }
        }
    }

    @Override
    public long probe() {
        carryOut(Order.PROBE, 0);
        return page.max(Result.PROBE_NANOS);
    }

    @Override
    public Block runBlock(long millis) {
        long before = probe();
        carryOut(Order.BLOCK, millis);
        double value = measure.value(page, participants);
        long messages = page.sum(Result.MESSAGES);
        long refusals = page.sum(Result.REFUSALS);
        long emptyLooks = page.sum(Result.EMPTY_LOOKS);
        Optional<Histogram> histogram = takeLatencies();
        return new Block(before, probe(), value, messages, refusals, emptyLooks, histogram);
    }

    private Optional<Histogram> takeLatencies() {
        try {
            if (!Files.exists(latencies)) {
                return Optional.empty();
            }
            String encoded = Files.readString(latencies);
            Files.delete(latencies);
            return Optional.of(Series.decode(encoded));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void carryOut(Order order, long millis) {
        page.give(order, millis);
        orders++;
        page.awaitDone(orders * participants.size(), this::checkAlive);
    }

    private void checkAlive() {
        for (Process process : processes) {
            if (!process.isAlive()) {
                throw new IllegalStateException("%s: process %d ended with %d during the benchmark"
                        .formatted(name, process.pid(), process.exitValue()));
            }
        }
    }

    @Override
    public String description() {
        List<String> all = new ArrayList<>();
        for (int number = 0; number < participants.size(); number++) {
            all.add((participants.role(number) == Role.SENDER ? "sender: " : "receiver: ") + facts.get(number));
        }
        return String.join("; ", all) + (pinned ? "" : "; NOT PINNED, the kernel refused");
    }

    @Override
    public void close() {
        try {
            if (processes.stream().allMatch(Process::isAlive)) {
                page.give(Order.STOP, 0);
                for (Process process : processes) {
                    process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
        }
    }

    private void kill() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }
}
