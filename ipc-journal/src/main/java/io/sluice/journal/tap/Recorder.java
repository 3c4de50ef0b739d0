package io.sluice.journal.tap;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingFollower;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.journal.Journal;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalOptions;
import io.sluice.journal.JournalSource;
import io.sluice.journal.JournalWriter;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;

/// Follows a ring, a broadcast or a queue, and appends every message to a journal.
///
/// ```java
/// try (Recorder recorder = Recorder.open(SpaceRoot.usual(), "market", "quotes", directory,
///         RecorderOptions.defaults(), JournalOptions.defaults())) {
///     System.out.println(recorder.run());          // until the ring is shut down, or another thread calls stop()
/// }
/// ```
///
/// - **Threads:** [#run()] one; [#stop()] and the counters any.
/// - **Blocking:** it takes nothing from the ring, and no producer waits for it, unless the policy is to block.
/// - **Death:** a recorder that is opened later goes on behind the last record, with what the ring still has; what it
///   has not is a gap record.
/// - **Errors:** those of the journal. What was recorded before is there.
public final class Recorder implements AutoCloseable {
    /*
     * A tap follows by position, for every kind of source. A message stays in the ring after it was taken, until its
     * slots are claimed again; so also behind competing consumers a recorder sees each message, as long as it is not a
     * ring behind. It takes no part in the protocol: no role, no subscription, no store, no wake-up.
     *
     * A broadcast has a place for readers that hold the producer up. With that policy the recorder subscribes first,
     * and then reads by position up to where the subscription begins: everything from there on waits for it, and what
     * lies before is what an earlier recorder has missed. Then it reads through the subscription, and leaves out what
     * it has read by position.
     *
     * It polls, with pauses that grow to half a millisecond while nothing comes. If it slept until a message comes, the
     * producer would have to wake it: a system call for a message, which is what a tap must not cost.
     */
    /// Why a recording has ended.
    public enum End {
        /// [Recorder#stop()] was called.
        STOPPED,
        /// The source was shut down, and everything in it was recorded.
        SHUT_DOWN,
        /// The name was removed, or leads to another object now; everything in this one was recorded.
        UNLINKED,
        /// Nothing was left, and the recorder does not follow.
        DRAINED
    }

    private static final int BATCH = 256;
    private static final int SPINS = 200;
    private static final long SHORTEST_PAUSE = 20_000;
    private static final long LONGEST_PAUSE = 500_000;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Tapped tapped;
    private final RecorderOptions options;
    private final JournalWriter writer;
    private final RingFollower follower;
    private final RingConsumer subscription;
    private final long subscribed;       // where the subscription begins
    private final RingFollower.Handler handler;
    private final ExpandableMemoryBuffer large = new ExpandableMemoryBuffer();
    private volatile boolean stopping;
    private final LongAdder recorded = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private volatile long sequence;

    /// Opens the source, which must be there, and the journal.
    ///
    /// @param root of the space
    /// @param space name of the space
    /// @param name of the ring or queue
    /// @param directory of the journal; made if it is not there
    /// @param options how to read
    /// @param journal how to write
    /// @return the recorder, to be closed by the caller
    /// @throws NoSuchObjectException if there is no such space or object
    /// @throws JournalException if the object is neither a ring nor a queue, the policy is to block and it is no
    ///     broadcast, the journal is one of another source, or cannot be written
    public static Recorder open(SpaceRoot root, String space, String name, Path directory, RecorderOptions options,
            JournalOptions journal) {
        Tapped tapped = Tapped.open(root, space, name);
        JournalWriter writer = null;
        try {
            if (options.slow() == RecorderOptions.Slow.BLOCK && !tapped.isBroadcast()) {
                throw new JournalException(("'%s' in space '%s' is a %s with consumers that take: a recorder cannot"
                        + " hold its producers up; count gaps, or let the producers use a JournaledQueue").formatted(
                        name, space, tapped.source().kind()));
            }
            writer = Journal.append(directory, journal, tapped.source());
            return new Recorder(tapped, options, writer, directory);
        } catch (RuntimeException | Error refused) {
            if (writer != null) {
                writer.close();
            }
            tapped.close();
            throw refused;
        }
    }

    private Recorder(Tapped tapped, RecorderOptions options, JournalWriter writer, Path directory) {
        this.tapped = tapped;
        this.options = options;
        this.writer = writer;
        JournalSource source = tapped.source();
        JournalSource before = writer.previousSource().orElse(source);
        if (!before.space().equals(source.space()) || !before.name().equals(source.name())) {
            throw new JournalException("journal '%s' has recorded '%s'; record '%s' to another directory"
                    .formatted(directory, before, source));
        }
        this.subscription = options.slow() == RecorderOptions.Slow.BLOCK
                ? tapped.ring().subscribe(SlowConsumer.BLOCK, WaitStrategy.ADAPTIVE) : null;
        this.follower = new RingFollower(tapped.ring(), tapped.isQueue());
        this.subscribed = subscription == null ? 0 : follower.boundBy(subscription);
        this.sequence = writer.sequence();
        if (writer.position() >= 0) {
            goOn(directory);
        } else if (options.start() == RecorderOptions.Start.NOW && writer.previousSource().isEmpty()) {
            follower.startAtEnd();
        }
        this.handler = tapped.isQueue() ? new Elements() : new Messages();
    }

    private void goOn(Path directory) {
        try {
            follower.startBehind(writer.position());
        } catch (IllegalArgumentException ahead) {
            throw new JournalException(("journal '%s' is ahead of '%s': its last record is of position %,d, where the"
                    + " ring has not been; record to another directory").formatted(
                    directory, tapped.source(), writer.position()), ahead);
        }
    }

    private class Messages implements RingFollower.Handler {
        @Override
        public void onMessage(long position, int type, DirectBuffer buffer, int length) {
            long _ = writer.append(type, position, writer.nanos(), buffer, 0, length);
            recorded.increment();
        }

        @Override
        public void onGap(long from, long to) {
            long _ = writer.gap(from, to);
            lost.add(to - from);
        }
    }

    /// Elements of a queue; a large one lies in a file of its own, which goes when the element is taken.
    private final class Elements extends Messages {
        @Override
        public void onMessage(long position, int type, DirectBuffer buffer, int length) {
            if (!tapped.object().kind().isInFile(type)) {
                super.onMessage(position, 0, buffer, length);
                return;
            }
            int bytes = buffer.getInt(0);
            try {
                tapped.object().sides().read(position, bytes, large);
            } catch (NoSuchObjectException taken) {
                onGap(position, position + 1);
                return;
            }
            super.onMessage(position, 0, large, bytes);
            large.trim();
        }
    }

    /// How many messages this recorder has recorded.
    ///
    /// @return the number so far
    public long recorded() {
        return recorded.sum();
    }

    /// How many slots of the source were overwritten before this recorder came by.
    ///
    /// @return the number so far; with messages of one slot, the number of messages
    public long lost() {
        return lost.sum();
    }

    /// The sequence of the last record.
    ///
    /// @return 0 if there is none
    public long sequence() {
        return sequence;
    }

    /// Ends [#run()] soon. Any thread.
    public void stop() {
        stopping = true;
    }

    /// Records until the source ends, or [#stop()] is called.
    ///
    /// @return why it has ended
    public End run() {
        int idle = 0;
        long look = System.nanoTime() + LOOK_NANOS;
        long force = System.nanoTime() + options.forceEvery().toNanos();
        while (!stopping) {
            boolean found = read() > 0;
            long now = System.nanoTime();
            if (options.forceEvery().isPositive() && now - force >= 0) {
                writer.force();
                force = now + options.forceEvery().toNanos();
            }
            if (found) {
                idle = 0;
                continue;
            }
            if (isEnded()) {
                return End.SHUT_DOWN;
            }
            if (!options.follow()) {
                return End.DRAINED;
            }
            if (now - look >= 0) {
                look = now + LOOK_NANOS;
                boolean _ = tapped.ring().lookAtDeaths();    // a claim of a dead producer would stop us
                if (!tapped.object().isStillNamed() && read() == 0) {
                    return End.UNLINKED;
                }
            }
            pause(idle++);
        }
        return End.STOPPED;
    }

    private int read() {
        try {
            return readNow();
        } finally {
            sequence = writer.sequence();
        }
    }

    /// By position up to where the subscription has surely begun, then through it.
    private int readNow() {
        if (isByPosition()) {
            return follower.follow(handler, BATCH);
        }
        return subscription.read((type, buffer, index, length) -> {
            if (subscription.position() >= follower.next()) {
                handler.onMessage(subscription.position(), type, buffer, length);
            }
        }, BATCH);
    }

    private boolean isByPosition() {
        return subscription == null || follower.next() < subscribed;
    }

    private boolean isEnded() {
        return isByPosition() ? follower.isEnded() : subscription.isEnded();
    }

    private static void pause(int idle) {
        if (idle < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * (1 + idle - SPINS)));
        }
    }

    /// Ends the recorder; the journal can be opened again. A second call does nothing.
    @Override
    public void close() {
        try (tapped) {
            writer.close();
        }
    }
}
