package io.sluice.jmh.crossprocess;

import static io.sluice.jmh.crossprocess.Goal.against;
import static io.sluice.jmh.crossprocess.Goal.inform;

import java.util.List;

/// A question, and who answers it.
///
/// @param name how the command line calls it
/// @param question what the report prints above the table
/// @param measure what is measured
/// @param payloadBytes size of each message
/// @param blockFactor how much longer its blocks are than those of the others
/// @param contestants who takes part
/// @param goals which quotients are asked for
record Match(
        String name,
        String question,
        Measure measure,
        int payloadBytes,
        int blockFactor,
        List<Contestant> contestants,
        List<Goal> goals) {

    private static final Contestant RING = Contestant.of("ring", Transport.RING_ONE);
    private static final Contestant AGRONA = Contestant.of("agrona", Transport.AGRONA_ONE);
    private static final Contestant RING_MANY = Contestant.of("ring", Transport.RING_MANY);
    private static final Contestant AGRONA_MANY = Contestant.of("agrona", Transport.AGRONA_MANY);
    private static final Contestant FLAGS = Contestant.of("flags", Transport.FLAGS);
    private static final Contestant FUTEX = Contestant.of("futex", Transport.FUTEX);
    private static final Contestant RING_WIDE = Contestant.of("ring-512", Transport.RING_ONE_WIDE);

    static final List<Match> ALL = List.of(
            new Match(
                    "one-way-32",
                    "How many messages of 32 B pass through the one-to-one ring?",
                    Measure.ONE_WAY, 32, 1,
                    List.of(RING, AGRONA, RING.unchecked(), AGRONA.unchecked()),
                    List.of(
                            against("ring", "agrona", 1.4),
                            against("ring-unchecked", "agrona-unchecked", 1.4),
                            inform("ring", "agrona-unchecked"))),
            new Match(
                    "one-way-256",
                    "How many messages of 256 B pass through the one-to-one ring, and do wide slots help?",
                    Measure.ONE_WAY, 256, 1,
                    List.of(RING, RING_WIDE, AGRONA, RING.unchecked(), AGRONA.unchecked()),
                    List.of(
                            inform("ring", "agrona"),
                            inform("ring-512", "agrona"),
                            inform("ring-unchecked", "agrona-unchecked"))),
            new Match(
                    "many-32",
                    "How many messages of 32 B pass through the many-to-many ring, with one producer and one consumer?",
                    Measure.ONE_WAY, 32, 1,
                    List.of(RING_MANY, AGRONA_MANY, RING_MANY.unchecked(), AGRONA_MANY.unchecked()),
                    List.of(
                            against("ring", "agrona", 1.2),
                            against("ring-unchecked", "agrona-unchecked", 1.2),
                            inform("ring", "agrona-unchecked"))),
            new Match(
                    "round-trip-32",
                    "How long do a message of 32 B and its echo take? The floor is two bare cache lines.",
                    Measure.ROUND_TRIP, 32, 1,
                    List.of(RING, AGRONA, FLAGS, RING.unchecked(), AGRONA.unchecked()),
                    List.of(
                            against("ring", "agrona", 0.95),
                            against("ring-unchecked", "agrona-unchecked", 0.95),
                            against("ring", "flags", 1.2),
                            against("ring-unchecked", "flags", 1.2))),
            new Match(
                    "queue",
                    "How many records of a long, an int and a double pass through the queue? Python's are 32 bytes.",
                    Measure.ONE_WAY, 32, 1,
                    List.of(Contestant.of("queue", Transport.QUEUE), Contestant.of("python", Transport.PYTHON)),
                    List.of(
                            against("queue", "python", 20),
                            new Goal("queue", "0.263 M msg/s", 0.263, 20))),
            new Match(
                    "wake-up",
                    "How long until a receiver that sleeps has the message? The floor is a bare futex.",
                    Measure.WAKE_UP, 32, 1,
                    List.of(Contestant.of("ring", Transport.RING_PARK), FUTEX),
                    List.of(against("ring", "futex", 1.2))),
            new Match(
                    "idle",
                    "What does a consumer cost that waits for a message that does not come? The floor looks as often.",
                    Measure.IDLE, 32, 5,
                    List.of(
                            Contestant.of("park", Transport.RING_PARK),
                            Contestant.of("adaptive", Transport.RING_ADAPTIVE),
                            FUTEX),
                    List.of(
                            new Goal("park", "1 % of a core", 1, 1),
                            new Goal("adaptive", "1 % of a core", 1, 1),
                            inform("park", "futex"))),
            new Match(
                    "lock",
                    "How often do two processes take and release a lock together, with two increments under it?",
                    Measure.CONTENTION, 0, 1,
                    List.of(
                            Contestant.of("lock", Transport.LOCK),
                            Contestant.of("lock-spin", Transport.LOCK_SPIN),
                            Contestant.of("pthread", Transport.PTHREAD)),
                    List.of(against("lock", "pthread", 1.5), inform("lock-spin", "pthread"))),
            new Match(
                    "get-and-add",
                    "How often do two processes add to one number together?",
                    Measure.CONTENTION, 0, 1,
                    List.of(
                            Contestant.of("number", Transport.NUMBER),
                            Contestant.of("bare", Transport.BARE_NUMBER)),
                    List.of(against("number", "bare", 0.95))));

    /// The same with some of its contestants only.
    Match only(List<String> names) {
        return new Match(
                name, question, measure, payloadBytes, blockFactor,
                contestants.stream().filter(contestant -> names.contains(contestant.name())).toList(),
                goals);
    }
}
