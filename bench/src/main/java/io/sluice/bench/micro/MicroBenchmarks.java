package io.sluice.bench.micro;

import static io.sluice.bench.report.Goal.against;
import static io.sluice.bench.report.Goal.inform;

import io.sluice.jmh.ArrayAccess;
import io.sluice.jmh.CodecRoundTrip;
import io.sluice.jmh.LockUnlock;
import io.sluice.jmh.MemoryAccess;
import io.sluice.jmh.RingClaimCommit;
import io.sluice.jmh.RingSolo;
import io.sluice.jmh.ValueAccess;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The benchmarks in one process.
public final class MicroBenchmarks {
    /// All benchmarks in one process.
    public static final List<JmhBenchmark> ALL = Stream.of(
                    locks(),
                    List.of(ring("one", "ONE_TO_ONE"), ring("many", "MANY"),
                            solo("micro-ring-solo", "ONE_TO_ONE"), solo("micro-ring-solo-many", "MANY")),
                    List.of(value(32), value(256)),
                    rest())
            .flatMap(List::stream)
            .toList();

    private MicroBenchmarks() {}

    private static List<JmhBenchmark> locks() {
        return List.of(new JmhBenchmark(
                "micro-lock", "What do lock and unlock cost without contention?",
                LockUnlock.class, Map.of(),
                List.of("lock", "reentrantLock", "readLock", "twoCas", "pthread", "jdk", "semaphore", "jdkSemaphore"),
                List.of(against("lock", "pthread", 0.5), against("lock", "twoCas", 1.3),
                        inform("reentrantLock", "pthread"), inform("semaphore", "jdkSemaphore"))));
    }

    private static JmhBenchmark ring(String name, String roles) {
        return new JmhBenchmark(
                "micro-ring-" + name, "What do claim, commit and read of 32 B cost one thread (%s)?".formatted(roles),
                RingClaimCommit.class, Map.of("roles", roles), List.of("ring", "agrona", "copyOnly"),
                List.of(inform("ring", "agrona"), inform("ring", "copyOnly")));
    }

    private static JmhBenchmark solo(String name, String roles) {
        return new JmhBenchmark(
                name, "What does each side of a ring cost by itself, for 32 B (%s)?".formatted(roles),
                RingSolo.class, Map.of("roles", roles), List.of("send", "receive", "bareSend", "bareReceive"),
                List.of(inform("send", "bareSend"), inform("receive", "bareReceive"), inform("send", "receive")));
    }

    private static JmhBenchmark value(int bytes) {
        return new JmhBenchmark(
                "micro-value-" + bytes, "What does a value of %s B cost, and a number?".formatted(bytes),
                ValueAccess.class, Map.of("bytes", Integer.toString(bytes)),
                List.of("read", "write", "get", "copy", "getAndAdd", "bareGetAndAdd"),
                List.of(inform("read", "copy"), inform("write", "copy"), inform("getAndAdd", "bareGetAndAdd")));
    }

    private static List<JmhBenchmark> rest() {
        return List.of(
                new JmhBenchmark("micro-array", "What does an element of an array cost, and a bulk transfer of 64 KiB?",
                        ArrayAccess.class, Map.of(),
                        List.of("get", "set", "heapGet", "getAndAdd", "bulkGet", "bareCopy"),
                        List.of(inform("get", "heapGet"), inform("bulkGet", "bareCopy"))),
                new JmhBenchmark("micro-codec", "What does a record cost, encoded and decoded?",
                        CodecRoundTrip.class, Map.of(),
                        List.of("recordCodec", "namedRecordCodec", "byHand", "javaSerialization"),
                        List.of(inform("recordCodec", "byHand"), inform("recordCodec", "javaSerialization"))),
                new JmhBenchmark("micro-memory", "What does a dependent read of a long cost?",
                        MemoryAccess.class, Map.of(),
                        List.of("memory", "memoryAcquire", "memoryBuffer", "array", "segment", "unsafeBuffer"),
                        List.of(inform("memory", "array"), inform("memoryBuffer", "unsafeBuffer"))));
    }
}
