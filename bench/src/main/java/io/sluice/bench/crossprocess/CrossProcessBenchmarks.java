package io.sluice.bench.crossprocess;

import static io.sluice.bench.report.Goal.against;
import static io.sluice.bench.report.Goal.inform;

import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The benchmarks between processes.
public final class CrossProcessBenchmarks {
    private static final Subject RING = Subject.of("ring", Transport.RING_ONE);
    private static final Subject RING_WIDE = Subject.of("ring-512", Transport.RING_ONE_WIDE);
    private static final Subject RING_MANY = Subject.of("ring", Transport.RING_MANY);
    private static final Subject RING_PARK = Subject.of("ring", Transport.RING_PARK);
    private static final Subject RING_ADAPTIVE = Subject.of("ring-adaptive", Transport.RING_ADAPTIVE);
    private static final Subject SERVICE = Subject.of("service", Transport.SERVICE);
    private static final Subject AGRONA = Subject.of("agrona", Transport.AGRONA_ONE);
    private static final Subject AGRONA_MANY = Subject.of("agrona", Transport.AGRONA_MANY);
    private static final Subject AERON = Subject.of("aeron", Transport.AERON_EXCLUSIVE);
    private static final Subject AERON_SHARED = Subject.of("aeron", Transport.AERON_SHARED);
    private static final Subject AERON_UDP = Subject.of("aeron-udp", Transport.AERON_UDP);
    private static final Subject GATEWAY = Subject.of("gateway", Transport.GATEWAY);
    private static final Subject GATEWAY_RECORDED = Subject.of("gateway-recorded", Transport.GATEWAY_RECORDED);
    private static final Subject CHRONICLE = Subject.of("chronicle", Transport.CHRONICLE);
    private static final Subject DISRUPTOR = Subject.of("disruptor", Transport.DISRUPTOR);
    private static final Subject JCTOOLS = Subject.of("jctools", Transport.JCTOOLS);
    private static final Subject UNIX = Subject.of("unix-socket", Transport.UNIX_SOCKET);
    private static final Subject TCP = Subject.of("tcp", Transport.TCP);
    private static final Subject FIFO = Subject.of("fifo", Transport.FIFO);
    private static final Subject FLAGS = Subject.of("flags", Transport.FLAGS);
    private static final Subject FUTEX = Subject.of("futex", Transport.FUTEX);
    private static final Subject PYTHON = Subject.of("python", Transport.PYTHON);
    private static final Subject C = Subject.of("c", Transport.C);

    private static final List<String> RINGS = List.of("agrona", "aeron");
    private static final List<String> THREADS = List.of("disruptor", "jctools");
    private static final int KIBI = 1 << 10;
    private static final int MEBI = 1 << 20;

    /// All benchmarks between processes.
    public static final List<CrossProcessBenchmark> ALL = Stream.of(
                    oneWay(), watched(), sizes(), capacities(), many(), roundTrips(), paced(), queues(),
                    sleepers(), contenders(),
                    gateways())
            .flatMap(List::stream)
            .toList();

    private CrossProcessBenchmarks() {}

    private static CrossProcessBenchmark pair(
            String name, String question, Measure measure, Load load, List<Subject> subjects, List<Goal> goals) {
        return new CrossProcessBenchmark(name, question, measure, load, Participants.PAIR, 1, subjects, goals);
    }

    private static List<CrossProcessBenchmark> oneWay() {
        return List.of(
                pair("one-way-32", "How many messages of 32 B pass through the one-to-one ring?",
                        Measure.ONE_WAY, Load.of(32),
                        List.of(RING, AGRONA, AERON, DISRUPTOR, JCTOOLS, RING.unchecked(), AGRONA.unchecked(),
                                CHRONICLE, UNIX, TCP, FIFO),
                        List.of(new Goal("ring", RINGS, 1.8), new Goal("ring", THREADS, 1.0),
                                inform("ring-unchecked", "agrona-unchecked"), inform("ring", "agrona-unchecked"))),
                pair("one-way-256", "How many messages of 256 B, and do slots of 512 B help?",
                        Measure.ONE_WAY, Load.of(256),
                        List.of(RING, RING_WIDE, AGRONA, AERON, DISRUPTOR, JCTOOLS, RING.unchecked(),
                                AGRONA.unchecked(), CHRONICLE),
                        List.of(new Goal("ring", RINGS, 2.5), new Goal("ring", THREADS, 2.0),
                                new Goal("ring-512", RINGS, 0), inform("ring-unchecked", "agrona-unchecked"))),
                pair("one-way-4k", "How many messages of 4 KiB, through rings of 4 MiB?",
                        Measure.ONE_WAY, Load.of(4 * KIBI).through(4 * MEBI),
                        List.of(RING, AGRONA, AERON, UNIX, TCP, FIFO),
                        List.of(new Goal("ring", RINGS, 0), inform("ring", "unix-socket"))),
                pair("one-way-64k", "How many messages of 64 KiB, through rings of 16 MiB?",
                        Measure.ONE_WAY, Load.of(64 * KIBI).through(16 * MEBI),
                        List.of(RING, AGRONA, AERON, UNIX, TCP, FIFO),
                        List.of(new Goal("ring", RINGS, 0), inform("ring", "unix-socket"))),
                pair("one-way-32-park", "How many messages of 32 B to a receiver that sleeps while there are none?",
                        Measure.ONE_WAY, Load.of(32).parked(),
                        List.of(RING_PARK, RING_ADAPTIVE, UNIX, TCP, FIFO),
                        List.of(inform("ring", "unix-socket"), inform("ring-adaptive", "unix-socket"))));
    }

    /// What an observer costs the processes that it looks at.
    private static List<CrossProcessBenchmark> watched() {
        return List.of(pair("watched-32", "What do ten looks a second, as of 'sluice top', cost the one-to-one ring?",
                Measure.ONE_WAY, Load.of(32), List.of(RING, RING.whileWatched()),
                List.of(against("ring-watched", "ring", 0.99))));
    }

    /// Sizes around the boundaries of cache lines, for our ring and Agrona's.
    private static List<CrossProcessBenchmark> sizes() {
        return Stream.of(24, 48, 56, 64, 112, 120, 128, 184, 192, 248)
                .map(bytes -> pair("size-" + bytes, "How many messages of %s B?".formatted(bytes),
                        Measure.ONE_WAY, Load.of(bytes), List.of(RING, AGRONA), List.of(inform("ring", "agrona"))))
                .toList();
    }

    /// Aeron's terms have 64 MiB in all of them.
    private static List<CrossProcessBenchmark> capacities() {
        return Stream.of(16, 64, 256, 16 * KIBI)
                .map(kibi -> pair(
                        "capacity-" + (kibi < KIBI ? kibi + "k" : kibi / KIBI + "m"),
                        "How many messages of 32 B pass through rings of %s KiB?".formatted(kibi),
                        Measure.ONE_WAY, Load.of(32).through(kibi * KIBI),
                        List.of(RING, AGRONA, AERON, DISRUPTOR),
                        List.of(inform("ring", "agrona"), inform("ring", "aeron"))))
                .toList();
    }

    private static List<CrossProcessBenchmark> many() {
        List<CrossProcessBenchmark> all = new ArrayList<>();
        all.add(pair("many-32", "How many messages of 32 B through the many-to-many ring, one to one?",
                Measure.ONE_WAY, Load.of(32),
                List.of(RING_MANY, AGRONA_MANY, AERON_SHARED, RING_MANY.unchecked(), AGRONA_MANY.unchecked()),
                List.of(new Goal("ring", RINGS, 1.5), inform("ring-unchecked", "agrona-unchecked"))));
        all.add(new CrossProcessBenchmark("many-32-2x1", "How many messages of 32 B from two senders to one receiver?",
                Measure.ONE_WAY, Load.of(32), new Participants(2, 1), 1,
                List.of(RING_MANY, AGRONA_MANY, AERON_SHARED), List.of(new Goal("ring", RINGS, 1.5))));
        all.add(new CrossProcessBenchmark("many-32-1x2", "How many messages of 32 B to two receivers that share them?",
                Measure.ONE_WAY, Load.of(32), new Participants(1, 2), 1, List.of(RING_MANY), List.of()));
        all.add(new CrossProcessBenchmark("many-32-2x2", "How many messages of 32 B from two senders to two receivers?",
                Measure.ONE_WAY, Load.of(32), new Participants(2, 2), 1, List.of(RING_MANY), List.of()));
        all.add(new CrossProcessBenchmark(
                "broadcast-32", "How many messages of 32 B reach two receivers each? Agrona's may lose some.",
                Measure.BROADCAST, Load.of(32), new Participants(1, 2), 1,
                List.of(Subject.of("ring", Transport.RING_BROADCAST),
                        Subject.of("agrona", Transport.AGRONA_BROADCAST), AERON),
                List.of(inform("ring", "agrona"), inform("ring", "aeron"))));
        return all;
    }

    private static List<CrossProcessBenchmark> roundTrips() {
        List<String> peers = List.of("agrona", "aeron", "disruptor", "jctools", "chronicle");
        return List.of(
                pair("round-trip-32", "How long do a message of 32 B and its echo take? Flags and C are bare lines.",
                        Measure.ROUND_TRIP, Load.of(32),
                        List.of(RING, AGRONA, AERON, FLAGS, C, DISRUPTOR, JCTOOLS, RING.unchecked(),
                                AGRONA.unchecked(), CHRONICLE),
                        List.of(new Goal("ring", peers, 0.85), against("ring", "c", 0.9),
                                against("ring-unchecked", "agrona-unchecked", 0.85), inform("ring", "flags"))),
                pair("round-trip-256", "How long do a message of 256 B and its echo take?",
                        Measure.ROUND_TRIP, Load.of(256), List.of(RING, AGRONA, AERON, DISRUPTOR, JCTOOLS),
                        List.of(new Goal("ring", List.of("agrona", "aeron", "disruptor", "jctools"), 0))),
                pair("call-32", "How long does a call with 32 B each way take? The ring's is a message and its echo.",
                        Measure.ROUND_TRIP, Load.of(32),
                        List.of(SERVICE, RING, Subject.of("ring-many", Transport.RING_MANY), UNIX),
                        List.of(against("service", "ring", 1.5), inform("service", "ring-many"),
                                inform("service", "unix-socket"))));
    }

    private static List<CrossProcessBenchmark> paced() {
        return List.of(
                pair("paced-100k", "How long does a message of 32 B take at 100,000 a second?",
                        Measure.PACED, Load.of(32).at(100_000), List.of(RING, AGRONA, AERON, CHRONICLE, UNIX, FIFO),
                        List.of(new Goal("ring", List.of("agrona", "aeron", "chronicle"), 0),
                                inform("ring", "unix-socket"))),
                pair("paced-1m", "How long does a message of 32 B take at 1,000,000 a second?",
                        Measure.PACED, Load.of(32).at(1_000_000), List.of(RING, AGRONA, AERON, CHRONICLE),
                        List.of(new Goal("ring", List.of("agrona", "aeron", "chronicle"), 0))));
    }

    private static List<CrossProcessBenchmark> queues() {
        return List.of(pair(
                "queue", "How many records of a long, an int and a double? The peers send 32 bytes as they are.",
                Measure.ONE_WAY, Load.of(32),
                List.of(Subject.of("queue", Transport.QUEUE), CHRONICLE, UNIX, PYTHON),
                List.of(against("queue", "chronicle", 5), against("queue", "unix-socket", 10),
                        against("queue", "python", 20))));
    }

    private static List<CrossProcessBenchmark> sleepers() {
        return List.of(
                pair("wake-up", "How long until a receiver that sleeps has the message?",
                        Measure.WAKE_UP, Load.of(32).parked(), List.of(RING_PARK, FUTEX, UNIX, FIFO),
                        List.of(against("ring", "futex", 1.2), inform("ring", "unix-socket"))),
                pair("wake-round-trip", "How long do a message and its echo take if both ends sleep in between?",
                        Measure.ROUND_TRIP, Load.of(32).parked(), List.of(RING_PARK, FUTEX, C, UNIX, TCP, FIFO, SERVICE),
                        List.of(against("ring", "c", 1.2), against("ring", "unix-socket", 0.8),
                                inform("ring", "futex"), inform("service", "ring"))),
                new CrossProcessBenchmark("idle", "What does a receiver cost while it waits and no message comes?",
                        Measure.IDLE, Load.of(32).parked(), Participants.PAIR, 5,
                        List.of(Subject.of("park", Transport.RING_PARK),
                                Subject.of("adaptive", Transport.RING_ADAPTIVE), FUTEX),
                        List.of(inform("park", "futex"), inform("adaptive", "futex"))));
    }

    private static List<CrossProcessBenchmark> contenders() {
        return List.of(
                pair("lock", "How often do two processes take and release a lock, with two increments under it?",
                        Measure.CONTENTION, Load.of(0),
                        List.of(Subject.of("lock", Transport.LOCK), Subject.of("lock-spin", Transport.LOCK_SPIN),
                                Subject.of("pthread", Transport.PTHREAD),
                                Subject.of("file-lock", Transport.FILE_LOCK)),
                        List.of(against("lock", "pthread", 1.5), inform("lock-spin", "pthread"),
                                inform("lock", "file-lock"))),
                pair("get-and-add", "How often do two processes add to one number?",
                        Measure.CONTENTION, Load.of(0),
                        List.of(Subject.of("number", Transport.NUMBER), Subject.of("bare", Transport.BARE_NUMBER)),
                        List.of(against("number", "bare", 0.95))));
    }

    /// The way to another host, on one.
    private static List<CrossProcessBenchmark> gateways() {
        return List.of(
                pair("gateway-64", "How many messages of 64 B pass from ring to ring through gateways and UDP?",
                        Measure.ONE_WAY, Load.of(64), List.of(GATEWAY, GATEWAY_RECORDED, AERON_UDP),
                        List.of(inform("gateway", "aeron-udp"), inform("gateway-recorded", "gateway"))),
                pair("gateway-round-trip-64", "How long do a message of 64 B and its echo take, over gateways and UDP?",
                        Measure.ROUND_TRIP, Load.of(64), List.of(GATEWAY, AERON_UDP),
                        List.of(against("gateway", "aeron-udp", 2))));
    }
}
