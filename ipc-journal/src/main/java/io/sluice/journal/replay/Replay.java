package io.sluice.journal.replay;

import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import java.util.Objects;
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
/// - **Threads:** [#run] one; the counters any, with a delay.
public final class Replay {
    /// The speed that does not wait.
    public static final double MAX = 0;

    private static final long NO_WAIT_NANOS = 50_000;

    private final JournalReader reader;
    private final Predicate<JournalRecord> within;
    private final double speed;
    private long firstReceived;
    private long started;
    private long sent;
    private long gaps;
    private long lost;

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
        for (JournalRecord next = reader.next(); next != null && within.test(next); next = reader.next()) {
            switch (next.kind()) {
                case RETRACTION -> waiting = null;
                case GAP -> {
                    waiting = send(waiting, target);
                    gaps++;
                    lost += next.lost();
                }
                case MESSAGE -> {
                    JournalRecord due = waiting;
                    waiting = next;
                    var _ = send(due, target);
                }
            }
        }
        var _ = send(waiting, target);
    }

    private JournalRecord send(JournalRecord message, ReplayTarget target) throws InterruptedException {
        if (message != null) {
            await(message);
            target.put(message);
            sent++;
        }
        return null;
    }

    private void await(JournalRecord message) throws InterruptedException {
        if (speed == MAX) {
            return;
        }
        if (sent == 0) {
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
        return sent;
    }

    /// How many gaps of the recording were passed.
    ///
    /// @return the number so far
    public long gaps() {
        return gaps;
    }

    /// How many slots of the source these gaps cover.
    ///
    /// @return the number so far
    public long lost() {
        return lost;
    }
}
