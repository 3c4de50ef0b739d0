package io.sluice.gateway;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.archive.client.ArchiveException;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Closing;
import io.sluice.gateway.Board.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/// The sending end that records: it takes messages from the local object, records them, ends them there when they are
/// in the files, and replays the recording to each subscriber that asks.
final class Recorder implements Flow {
    /*
     * There is one way for a message, through the recording; a subscriber that has caught up gets what was recorded a
     * moment ago. So there is no change from a replay to a live stream, at which a message could be lost or doubled.
     *
     *        released            recorded             offered              taken
     *   --------+-------------------+-------------------+------------------+------->  held messages
     *           | in the files, to  | on the way to     | taken, to be     |
     *           | be ended here     | the files         | offered          |
     *
     * Sequences count the messages of the recording, over all processes that record. After a death of this process, the
     * messages from `released` on are in the object. The next process takes them first. Those whose positions are in
     * the last two terms of the files, `again`, were recorded: they are ended, and not recorded a second time. These
     * terms hold more than the window of the publication, which limits what is offered and not recorded.
     *
     * The streams to a subscriber are those of Outbound, with the same frames, and a third one for each replay:
     *
     *   HELLO   with RECORDED: the id of the recording instead of the object, and its oldest and its last sequence.
     *   STATUS  with RESUME: asks for a replay behind `delivered`; the low half of the receiver's id is the session of
     *           the replay. Without: the subscriber lives. After ten seconds without one, its replay is stopped.
     *   replay  the frames of RecordLayout, sent by the archive itself, from a little before the place on.
     *
     * With a limit to the bytes that are kept, the recording begins later from time to time: HELLO says so at once, and
     * no replay begins before that any more. One that is still before it is stopped, since the archive removes no file
     * as long as a replay reads an older one. Its subscriber asks again, and ends if HELLO has no longer what it needs.
     */
    static final int REPLAY_STREAMS = 1 << 30;
    private static final long HELLO_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BURST = 256;
    private static final int STATUS_LIMIT = 16;
    private static final int WINDOW = 1 << 14;
    private static final int MASK = WINDOW - 1;
    private static final long NO_REPLAY = -1;
    private static final long LOOK_BYTES = 4 << 20;
    static final long LEAST_FREE_BYTES = 256L << 20;

    /// A subscriber and its replay.
    private static final class Peer {
        final long id;
        final long replay;
        long heard;

        Peer(long id, long replay) {
            this.id = id;
            this.replay = replay;
        }
    }

    private final Source source;
    private final Board board;
    private final RecordingMark mark;
    private final long keepBytes;
    private final Report report;
    private final String text;
    private final String channel;
    private final String statusChannel;
    private final int stream;
    private final long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final FragmentHandler statusHandler = this::onStatus;
    private final BufferClaim claim = new BufferClaim();
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();
    private final long[] positions = new long[WINDOW];
    private final long[] sequences = new long[WINDOW];     // 0: was recorded before
    private final long[] ends = new long[WINDOW];          // in the recording
    private final List<Peer> peers = new ArrayList<>();

    private ExclusivePublication hellos;
    private Subscription statuses;
    private RecordingArchive archive;
    private LongHashSet again = new LongHashSet();
    private long released;
    private long offered;
    private long taken;
    private long lastSequence;       // the last one that was given to a message
    private long recorded;           // the last one that is in the files
    private long looked;             // position at the last look at the disk
    private long nextHello;
    private boolean ended;
    private String refusal;

    private long now;
    private long messages;
    private long bytes;
    private long repeated;
    private long lost;
    private long connects;
    private long reported;

    Recorder(Source source, Board board, RecordingMark mark, long keepBytes, Report report, String text, String channel,
            String statusChannel, int stream) {
        this.source = source;
        this.board = board;
        this.mark = mark;
        this.keepBytes = keepBytes;
        this.report = report;
        this.text = text;
        this.channel = channel;
        this.statusChannel = statusChannel;
        this.stream = stream;
    }

    @Override
    public void attach(Aeron aeron) {
        CloseHelper.quietClose(archive);             // of a driver that is gone
        peers.clear();
        lookAtDisk();
        archive = RecordingArchive.open(mark, board.local(), aeron);
        hellos = aeron.addExclusivePublication(channel, stream);
        statuses = aeron.addSubscription(statusChannel, -stream);
        nextHello = System.nanoTime();
        goOn(archive.tail());
    }

    /// Goes on behind the last message that is in the files.
    private void goOn(Segments.Tail tail) {
        recorded = tail.sequence();
        if (lastSequence == 0) {
            begin(tail);
            lastSequence = recorded;
        }
        offered = released;
        while (offered < taken && sequences[(int) (offered & MASK)] <= recorded) {
            ends[(int) (offered++ & MASK)] = 0;
        }
        looked = archive.recorded();
        report.line("%s: records in '%s' behind message %,d", text, mark.directory(), recorded);
    }

    private void begin(Segments.Tail tail) {
        UUID object = board.local().object().objectId();
        long since = mark.since(object);
        if (since == Long.MAX_VALUE) {
            mark.setObject(object, recorded + 1);
        } else if (recorded >= since && source.joined() > tail.position() + 1) {
            lost = source.joined() - tail.position() - 1;
            report.line("%s: what the broadcast held between the positions %,d and %,d is lost, %,d messages if each"
                    + " had one slot", text, tail.position(), source.joined(), lost);
        }
        again = tail.positions();
    }

    @Override
    public int work(long time) {
        now = time;
        int work = archive.work();
        work += statuses.poll(statusHandler, STATUS_LIMIT);
        work += record();
        work += release();
        if (now - nextHello >= 0) {
            nextHello = now + HELLO_NANOS;
            stopSilentReplays();
            sayHello();
            String failure = archive.takeFailure();
            if (failure != null) {
                report.line("%s: Aeron Archive: %s".formatted(text, failure));
            }
        }
        return work;
    }

    private int record() {
        int count = 0;
        while (count < BURST && (offered < taken || takeNext()) && offer((int) (offered & MASK))) {
            offered++;
            count++;
        }
        return count;
    }

    private boolean takeNext() {
        if (ended || taken - released >= WINDOW) {
            return false;
        }
        long position = source.take();
        if (position == Source.NONE) {
            return false;
        }
        int at = (int) (taken++ & MASK);
        boolean known = again.contains(position);
        positions[at] = position;
        sequences[at] = known ? 0 : lastSequence + 1;
        lastSequence += known ? 0 : 1;
        repeated += known ? 1 : 0;
        return true;
    }

    /// Offers a held message. @return whether it is on its way to the files, or there
    private boolean offer(int at) {
        if (sequences[at] == 0) {
            ends[at] = 0;
            return true;
        }
        ExclusivePublication publication = archive.publication();
        source.show(positions[at]);
        int length = source.length();
        int total = RecordLayout.HEADER_BYTES + length;
        long result;
        if (total <= publication.maxPayloadLength()) {
            result = publication.tryClaim(total, claim);
            if (result > 0) {
                RecordLayout.put(claim.buffer(), claim.offset(), sequences[at], positions[at], source.type());
                Memory.copy(source.address(),
                        claim.buffer().addressOffset() + claim.offset() + RecordLayout.HEADER_BYTES, length);
                claim.commit();
            }
        } else {
            if (total > publication.maxMessageLength()) {
                throw new GatewayException(("'%s': a message of %,d bytes exceeds the %,d that a recording takes; the"
                        + " message is still in '%s'").formatted(board.local().name(), length,
                        publication.maxMessageLength() - RecordLayout.HEADER_BYTES, board.local().name()));
            }
            frame.checkLimit(total);
            RecordLayout.put(frame, 0, sequences[at], positions[at], source.type());
            Memory.copy(source.address(), frame.address() + RecordLayout.HEADER_BYTES, length);
            result = publication.offer(frame, 0, total);
        }
        MediaLostException.check(result);
        if (result > 0) {
            ends[at] = result;
            messages++;
            bytes += length;
        }
        return result > 0;
    }

    /// Ends the messages that are in the files.
    private int release() {
        long position = archive.recorded();
        long before = released;
        while (released < offered && ends[(int) (released & MASK)] <= position) {
            int at = (int) (released++ & MASK);
            source.acknowledge(positions[at]);
            recorded = Math.max(recorded, sequences[at]);
        }
        if (position - looked >= LOOK_BYTES) {
            looked = position;
            lookAtDisk();
            if (archive.begin(keepBytes) && !stopReplaysOfOldFiles()) {
                archive.removeOldFiles();
            }
        }
        return (int) (released - before);
    }

    /// Stops what would keep old files. @return whether there was anything: a stop takes a while, so the files go at
    ///     the next look
    private boolean stopReplaysOfOldFiles() {
        int before = peers.size();
        for (int i = peers.size() - 1; i >= 0; i--) {
            long receiver = peers.get(i).id;
            if (archive.isBeforeBegin((int) receiver, REPLAY_STREAMS + stream)) {
                stopReplay(i);
                report.line("%s: receiver %016x has not come to message %,d, the oldest that is kept; its replay ends",
                        text, receiver, archive.firstSequence());
            }
        }
        return peers.size() < before;
    }

    private void lookAtDisk() {
        Path directory = mark.directory();
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < LEAST_FREE_BYTES) {
                throw new GatewayException(("recording '%s': %,d bytes of the disk are free, and a gateway leaves %,d;"
                        + " make room; what was not recorded is still in '%s'").formatted(
                        directory, free, LEAST_FREE_BYTES, board.local().name()));
            }
        } catch (IOException refused) {
            throw new GatewayException("recording '%s': %s".formatted(directory, refused), refused);
        }
    }

    private void sayHello() {
        if (!ended && released == taken && source.isEnded()) {
            ended = !takeNext();         // a look behind the end, since the last message may be just before
        }
        LocalObject local = board.local();
        UUID id = mark.id();
        int length = new Wire.Hello(Wire.RECORDED | (ended ? Wire.ENDED : 0), incarnation, archive.firstSequence(),
                recorded, 0, id.getMostSignificantBits(), id.getLeastSignificantBits(), local.form().code(),
                local.object().elementType()).write(frame);
        MediaLostException.check(hellos.offer(frame, 0, length));
    }

    private void stopSilentReplays() {
        for (int i = peers.size() - 1; i >= 0; i--) {
            if (now - peers.get(i).heard >= GONE_NANOS) {
                stopReplay(i);
            }
        }
    }

    private void stopReplay(int ofPeer) {
        long replay = peers.remove(ofPeer).replay;
        if (replay != NO_REPLAY) {
            archive.stopReplay(replay);
        }
    }

    @SuppressWarnings("unused")      // the header: a signature of Aeron
    private void onStatus(DirectBuffer buffer, int offset, int length, Header header) {
        if (!Wire.isOurs(buffer, offset, length) || Wire.incarnation(buffer, offset) != incarnation) {
            return;
        }
        if (Wire.kind(buffer, offset) == Wire.REFUSE) {
            String reason = Wire.reason(buffer, offset, length);
            if (!reason.equals(refusal)) {           // the other end repeats it
                refusal = reason;
                report.line("%s: a subscriber refuses: %s".formatted(text, reason));
            }
        } else if (Wire.version(buffer, offset) == Wire.VERSION && Wire.kind(buffer, offset) == Wire.STATUS
                && length >= Wire.STATUS_BYTES) {
            onStatus(Wire.receiver(buffer, offset), Wire.flags(buffer, offset), Wire.delivered(buffer, offset));
        }
    }

    private void onStatus(long receiver, int flags, long delivered) {
        Peer peer = find(receiver);
        if (peer == null && (flags & Wire.RESUME) != 0) {
            peer = new Peer(receiver, replay(receiver, delivered));
            peers.add(peer);
            connects++;
        }
        if (peer != null) {
            peer.heard = now;
        }
    }

    /// Starts a replay. One that is refused changes nothing for the others; the receiver asks again.
    private long replay(long receiver, long delivered) {
        try {
            long replay = archive.replay(Math.max(1, delivered), Endpoint.withSession(channel, (int) receiver),
                    REPLAY_STREAMS + stream);
            report.line("%s: receiver %016x gets what is behind message %,d", text, receiver, delivered);
            return replay;
        } catch (ArchiveException refused) {
            report.line("%s: no replay for receiver %016x: %s".formatted(text, receiver, refused.getMessage()));
            return NO_REPLAY;
        }
    }

    private Peer find(long receiver) {
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).id == receiver) {
                return peers.get(i);
            }
        }
        return null;
    }

    /// Never: a host may come later, and ask.
    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public void publishCounters() {
        board.set(Counter.CONNECTED, peers.isEmpty() ? 0 : 1);
        board.set(Counter.MESSAGES, messages);
        board.set(Counter.BYTES, bytes);
        board.set(Counter.ACKNOWLEDGED, recorded);
        board.set(Counter.REPEATED, repeated);
        board.set(Counter.LOST, lost);
        board.set(Counter.CONNECTS, connects);
        board.set(Counter.LAG, taken - released);
        board.set(Counter.UPDATED, System.currentTimeMillis());
    }

    @Override
    public String report(double seconds) {
        String line = String.format(Locale.ROOT, "%s: recorded %,d (%,.0f/s, %,d bytes), up to message %,d, lag %,d,"
                + " lost %,d, replays %,d, of these running %,d", text, messages, (messages - reported) / seconds,
                bytes, recorded, taken - released, lost, connects, peers.size());
        reported = messages;
        return line;
    }

    @Override
    public void close() {
        new Closing().then(() -> CloseHelper.quietClose(archive)).then(this::giveBack).then(source).then(board)
                .then(mark).end();
    }

    private void giveBack() {
        for (long held = taken - 1; held >= released; held--) {
            source.giveBack(positions[(int) (held & MASK)]);
        }
    }
}
