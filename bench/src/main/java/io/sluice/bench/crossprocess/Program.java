package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.External;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A subject in another language. Each block starts the program anew, on the same two cores; the program prints the
/// number of its operations and the nanoseconds that they took. A subject of JVMs runs the probes.
final class Program implements RunningSubject {
    private final RunningSubject prober;
    private final List<String> command;
    private final List<Integer> cores;
    private final boolean perSecond;
    private final String description;

    /// @param perSecond whether the value is a rate, in millions a second; otherwise nanoseconds
    private Program(
            RunningSubject prober, List<String> command, List<Integer> cores, boolean perSecond, String description) {
        this.prober = prober;
        this.command = command;
        this.cores = cores;
        this.perSecond = perSecond;
        this.description = description;
    }

    /// Python's queue; empty if there is no `python3`.
    static Optional<RunningSubject> python(Path directory, RunningSubject prober, List<Integer> cores) {
        String version = External.python();
        if (version.isEmpty()) {
            return Optional.empty();
        }
        Path script = write(directory, "one_way.py");
        return Optional.of(new Program(prober, List.of("python3", script.toString()), cores, true, version));
    }

    /// The floor in C; empty if there is no `cc`, or it fails.
    ///
    /// @param kind `lines` or `futex`
    static Optional<RunningSubject> c(Path directory, RunningSubject prober, List<Integer> cores, String kind) {
        String compiler = External.compiler();
        Path binary = directory.resolve("floor");
        if (compiler.isEmpty()) {
            return Optional.empty();
        }
        Path source = write(directory, "floor.c");
        External.run(List.of("cc", "-O2", "-o", binary.toString(), source.toString()));
        if (!Files.isExecutable(binary)) {
            return Optional.empty();
        }
        return Optional.of(new Program(prober, List.of(binary.toString(), kind), cores, false, compiler));
    }

    private static Path write(Path directory, String resource) {
        try (InputStream stream = Program.class.getResourceAsStream(resource)) {
            Path file = directory.resolve(resource);
            Files.copy(stream, file);
            return file;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public long probe() {
        return prober.probe();
    }

    @Override
    public Block runBlock(long millis) {
        long before = probe();
        List<String> line = new ArrayList<>(command);
        line.add(Long.toString(millis));
        cores.stream().limit(2).forEach(core -> line.add(core.toString()));
        String output = External.run(line);
        String[] words = output.split(" ", -1);
        if (words.length != 2) {
            throw new IllegalStateException(
                    "'%s' printed '%s', not two numbers".formatted(String.join(" ", line), output));
        }
        long count = Long.parseLong(words[0]);
        double nanos = Long.parseLong(words[1]);
        double value = perSecond ? count * 1e3 / nanos : nanos / count;
        return new Block(before, probe(), value, count, 0, 0, Optional.empty());
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        // The processes ended with their blocks.
    }
}
