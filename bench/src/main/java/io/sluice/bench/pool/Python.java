package io.sluice.bench.pool;

import io.sluice.bench.benchmark.External;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Python's `multiprocessing.Pool` with two workers, its `Process` by spawn, its `Listener` and `Client`, and a dict of
/// its `Manager`; each block starts a new Python.
final class Python implements Subject {
    /// Name of the script's file, in the directory of a benchmark.
    static final String SCRIPT_FILE = "pool.py";

    private static final String SCRIPT = """
            import multiprocessing, sys, time
            from multiprocessing.connection import Client, Listener

            def increment(x):
                return x + 1

            def answer():
                return 42

            def nothing():
                pass

            def until(seconds, work):
                count, start = 0, time.perf_counter()
                while time.perf_counter() - start < seconds:
                    count += work()
                return count / (time.perf_counter() - start)

            def median(seconds, work):
                times, start = [], time.perf_counter()
                while time.perf_counter() - start < seconds:
                    begin = time.perf_counter()
                    work()
                    times.append(time.perf_counter() - begin)
                return sorted(times)[len(times) // 2]

            def echo(address, key):
                with Client(address, authkey=key) as connection:
                    try:
                        while True:
                            connection.send(connection.recv())
                    except EOFError:
                        pass

            def round_trip(connection):
                connection.send((42, 71.25, 'VOD.L', 100))
                return connection.recv()

            def start_and_join(context):
                process = context.Process(target=nothing)
                process.start()
                process.join()

            if __name__ == '__main__':
                question, seconds = sys.argv[1], float(sys.argv[2])
                numbers = list(range(100000))
                if question.startswith('manager'):
                    with multiprocessing.Manager() as manager:
                        shared = manager.dict()
                        shared['key'] = 0
                        def get():
                            shared['key']
                            return 1
                        def put():
                            shared['key'] = 1
                            return 1
                        work = get if question == 'manager_get' else put
                        until(0.2, work)
                        print(until(seconds, work) / 1e3)
                    sys.exit()
                if question == 'start':
                    context = multiprocessing.get_context(sys.argv[3])
                    start_and_join(context)
                    print(median(seconds, lambda: start_and_join(context)) * 1e3)
                    sys.exit()
                if question == 'connection':
                    with Listener(authkey=b'secret') as listener:
                        child = multiprocessing.Process(target=echo, args=(listener.address, b'secret'))
                        child.start()
                        with listener.accept() as connection:
                            for _ in range(1000):
                                round_trip(connection)
                            print(median(seconds, lambda: round_trip(connection)) * 1e6)
                    child.join()
                    sys.exit()
                with multiprocessing.Pool(1 if question == 'call' else 2) as pool:
                    pool.map(increment, numbers)
                    if question == 'call':
                        print(median(seconds, lambda: pool.apply(answer)) * 1e6)
                    elif question == 'submit':
                        print(until(seconds, lambda: len([r.get() for r in
                            [pool.apply_async(answer) for _ in range(5000)]])) / 1e3)
                    elif question == 'map_one':
                        print(until(seconds, lambda: len(pool.map(increment, numbers, 1))) / 1e3)
                    elif question == 'map':
                        print(until(seconds, lambda: len(pool.map(increment, numbers))) / 1e6)
                    elif question == 'imap_unordered':
                        print(until(seconds, lambda: sum(1 for _ in pool.imap_unordered(increment, numbers))) / 1e3)
            """;

    private final Path directory;
    private final String startMethod;

    /// @param directory receives the script
    /// @param startMethod of `Process`; empty for the pool
    Python(Path directory, String startMethod) {
        this.directory = directory;
        this.startMethod = startMethod;
    }

    @Override
    public String name() {
        return startMethod.isEmpty() ? "python" : "python-" + startMethod;
    }

    @Override
    public boolean answers(Question question) {
        return question != Question.CALL_BESIDE_MAP && (question == Question.START) != startMethod.isEmpty();
    }

    @Override
    public double measure(Question question, long millis) throws IOException {
        Path script = directory.resolve(SCRIPT_FILE);
        Files.writeString(script, SCRIPT);
        String output = External.run(List.of("python3", script.toString(), question.name().toLowerCase(Locale.ROOT),
                Double.toString(millis / 1e3), startMethod));
        return output.isEmpty() ? Double.NaN : Double.parseDouble(output);
    }
}
