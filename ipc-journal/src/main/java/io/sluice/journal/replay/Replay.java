package io.sluice.journal.replay;

import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalRecord.Kind;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Sends the messages of a journal to a target, in order, each once.
///
/// ```java
/// try (JournalReader reader = Journal.read(directory)) {
///     new Replay(reader.seek(1000), message -> message.sequence() <= 2000, 10).run(System.out::println);
/// }
/// ```
///
/// - **Gaps** of the recording are counted and passed over; what was retracted is left out.
/// - **Pace:** a message is due when as much time has passed since the first one as between the two receipts, divided
///   by the speed. One that is late is sent at once.
/// - **Threads:** [#run] one; the counters any.
public final class Replay {
    /// The speed that does not wait.
    public static final double MAX = 0;

    private static final long NO_WAIT_NANOS = 50_000;

    private final JournalReader reader;
    private final Predicate<JournalRecord> within;
    private final double speed;
    private boolean begun;
    private long firstReceived;
    private long started;
    private final LongAdder sent = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /// A replay from where a reader stands.
    ///
    /// @param reader gives the records
    /// @param within false for the first record that is not sent any more
    /// @param speed how many times as fast as the recording; [#MAX] for no pauses
    /// @throws IllegalArgumentException if the speed is negative or no number
    public Replay(JournalReader reader, Predicate<JournalRecord> within, double speed) {
        if (!(speed >= 0) || Double.isInfinite(speed)) {
            throw new IllegalArgumentException("replay: a speed of %s is no positive number".formatted(speed));
        }
        this.reader = Objects.requireNonNull(reader, "reader");
        this.within = Objects.requireNonNull(within, "within");
        this.speed = speed;
    }

    /// Replays to the end.
    ///
    /// @param target gets the messages
    /// @throws InterruptedException if interrupted while waiting; what was sent before stays sent
    public void run(ReplayTarget target) throws InterruptedException {
        JournalRecord waiting = null;        // a retraction may follow
        JournalRecord next = reader.next();
        for (; next != null && within.test(next); next = reader.next()) {
            if (!isRetracted(waiting, next)) {
                send(waiting, target);
            }
            waiting = next.kind() == Kind.MESSAGE ? next : null;
            if (next.kind() == Kind.GAP) {
                gaps.increment();
                lost.add(next.lost());
            }
        }
        if (!isRetracted(waiting, next)) {
            send(waiting, target);
        }
    }

    /// The record that retracts may be the first one that is not replayed any more.
    private static boolean isRetracted(JournalRecord message, JournalRecord next) {
        return message != null && next != null && next.kind() == Kind.RETRACTION
                && next.sequence() == message.sequence() + 1;
    }

    private void send(JournalRecord message, ReplayTarget target) throws InterruptedException {
        if (message != null) {
            await(message);
            target.put(message);
            sent.increment();
        }
    }

    private void await(JournalRecord message) throws InterruptedException {
        if (speed == MAX) {
            return;
        }
        if (!begun) {
            begun = true;
            firstReceived = message.receivedNanos();
            started = System.nanoTime();
        }
        long due = started + (long) ((double) (message.receivedNanos() - firstReceived) / speed);
        for (long left = due - System.nanoTime(); left > NO_WAIT_NANOS; left = due - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(left);
        }
    }

    /// How many messages were sent.
    ///
    /// @return the number so far
    public long sent() {
        return sent.sum();
    }

    /// How many gaps of the recording were passed.
    ///
    /// @return the number so far
    public long gaps() {
        return gaps.sum();
    }

    /// How many slots of the source these gaps cover.
    ///
    /// @return the number so far
    public long lost() {
        return lost.sum();
    }
}
