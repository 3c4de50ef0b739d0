package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.ControlPage.Order;
import io.sluice.jmh.crossprocess.ControlPage.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Two JVMs, one on each core.
final class Pair implements Player {
    /// What all children run with. The heap is small and of fixed size; rings and pages lie outside of it.
    static final List<String> JVM_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xms128m",
            "-Xmx128m");

    private static final long GOODBYE_SECONDS = 10;

    private final String name;
    private final Measure measure;
    private final ControlPage page;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> threads = new ArrayList<>();
    private int orders;
    private boolean pinned = true;

    Pair(Path directory, Match match, Contestant contestant, Options options) {
        name = contestant.name();
        measure = match.measure();
        page = new ControlPage(directory.resolve(Child.CONTROL_FILE));
        try {
            for (Role role : Role.values()) {
                processes.add(start(directory, match, contestant, role, options));
            }
            for (Process process : processes) {
                awaitReady(process);
            }
        } catch (IOException refused) {
            kill();
            throw new UncheckedIOException(refused);
        } catch (RuntimeException failed) {
            kill();
            throw failed;
        }
    }

    private static Process start(Path directory, Match match, Contestant contestant, Role role, Options options)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(JVM_OPTIONS);
        line.addAll(contestant.jvmOptions());
        line.addAll(options.jvmOptions());
        line.add("-Dsluice.jmh.payload=" + match.payloadBytes());
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        line.addAll(List.of(
                directory.toString(),
                role.name(),
                match.measure().name(),
                contestant.transport().name(),
                options.cores().get(role == Role.SENDER ? 0 : 1).toString()));
        return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private void awaitReady(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null || !line.startsWith(Child.READY)) {
            throw new IllegalStateException("%s: a child did not start, and said: %s".formatted(name, line));
        }
        String[] words = line.split(" ", -1);
        threads.add(words[1]);
        pinned &= Boolean.parseBoolean(words[2]);
    }

    @Override
    public long probe() {
        carryOut(Order.PROBE, 0);
        return page.get(Result.PROBE_NANOS);
    }

    @Override
    public Block play(long millis) {
        long before = probe();
        carryOut(Order.BLOCK, millis);
        double value = measure.value(page);
        long messages = page.get(Result.MESSAGES);
        long refusals = page.get(Result.REFUSALS);
        long emptyLooks = page.get(Result.EMPTY_LOOKS);
        long p99 = page.get(Result.P99);
        long max = page.get(Result.MAX);
        return new Block(before, probe(), value, messages, refusals, emptyLooks, p99, max);
    }

    private void carryOut(Order order, long millis) {
        page.give(order, millis);
        orders++;
        page.awaitDone(orders * processes.size(), this::checkAlive);
    }

    private void checkAlive() {
        for (Process process : processes) {
            if (!process.isAlive()) {
                throw new IllegalStateException("%s: process %d ended with %d in the middle of the match"
                        .formatted(name, process.pid(), process.exitValue()));
            }
        }
    }

    boolean isPinned() {
        return pinned;
    }

    @Override
    public String description() {
        return "sender: process %d, thread %s; receiver: process %d, thread %s%s".formatted(
                processes.get(0).pid(), threads.get(0), processes.get(1).pid(), threads.get(1),
                pinned ? "" : "; NOT PINNED, the kernel refused");
    }

    @Override
    public void close() {
        try {
            if (processes.stream().allMatch(Process::isAlive)) {
                page.give(Order.STOP, 0);
                for (Process process : processes) {
                    process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS);
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

    /// Removes a directory with all that is in it.
    static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
