package io.sluice.jmh.crossprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Python's `multiprocessing.Queue`, one way, between two processes on the same two cores. Each block starts a Python
/// of its own, which begins to count when its consumer is there. The probes are played by a pair of JVMs.
final class PythonQueue implements Player {
    private static final String SCRIPT = """
            import multiprocessing, os, sys, time

            MESSAGE = bytes(32)

            def pin(core):
                try:
                    os.sched_setaffinity(0, {core})
                except OSError:
                    pass

            def consume(queue, ready, result, core):
                pin(core)
                ready.send(True)
                count = 0
                while queue.get() is not None:
                    count += 1
                result.send((count, time.monotonic_ns()))

            if __name__ == '__main__':
                seconds, sender, receiver = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
                pin(sender)
                queue = multiprocessing.Queue()
                there, ready = multiprocessing.Pipe(False)
                answer, result = multiprocessing.Pipe(False)
                consumer = multiprocessing.Process(target=consume, args=(queue, ready, result, receiver))
                consumer.start()
                there.recv()
                start = time.monotonic_ns()
                end = start + int(seconds * 1e9)
                while time.monotonic_ns() < end:
                    for _ in range(100):
                        queue.put(MESSAGE)
                queue.put(None)
                count, finished = answer.recv()
                consumer.join()
                print(count, finished - start)
            """;

    private final Path script;
    private final Player prober;
    private final List<Integer> cores;

    /// Writes the script.
    ///
    /// @param directory gets it
    /// @param prober plays the probes; stays open
    PythonQueue(Path directory, Player prober, List<Integer> cores) {
        this.prober = prober;
        this.cores = cores;
        this.script = directory.resolve("send_and_receive.py");
        try {
            Files.writeString(script, SCRIPT);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public long probe() {
        return prober.probe();
    }

    @Override
    public Block play(long millis) {
        long before = probe();
        String output = Python3.run(List.of(
                "python3",
                script.toString(),
                Double.toString(millis / 1e3),
                cores.get(0).toString(),
                cores.get(1).toString()));
        if (output.isEmpty()) {
            throw new IllegalStateException("python3 failed; see its message above");
        }
        String[] words = output.split(" ", -1);
        long messages = Long.parseLong(words[0]);
        double value = messages * 1e3 / Long.parseLong(words[1]);
        return new Block(before, probe(), value, messages, 0, 0, 0, 0);
    }

    @Override
    public String description() {
        return Python3.version() + ", multiprocessing.Queue";
    }

    @Override
    public void close() {
        // Each block has ended its own processes.
    }
}
