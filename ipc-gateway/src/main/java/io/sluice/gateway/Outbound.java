package io.sluice.gateway;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.owner.Closing;
import io.sluice.gateway.Board.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/// The sending end: it takes messages from the local object, sends them, and ends them there when they are
/// acknowledged.
final class Outbound implements Flow {
    /*
     * Two streams: data towards the receiving end, its status back. Aeron delivers each in order while both processes
     * live and see each other; whatever breaks that, a cut of more than its time-outs or the death of a process or
     * driver, shows as a gap, and this protocol is about gaps.
     *
     *   HELLO   sent ten times a second: which object, which incarnation of this process, `first`, the oldest sequence
     *           that can still be sent, and `sent`, the last one. It comes behind the data before it.
     *   DATA    messages in a row, the first one's sequence, and of each its position in the local object, its type,
     *           its bytes. So many as are there and fit into one datagram: none waits for another one.
     *   STATUS  the answer to each HELLO, and the acknowledgement of data: `delivered`, up to which sequence the
     *           messages are in the object of the receiver. With RESUME: the next one did not come.
     *   REFUSE  the two objects do not fit, or the two releases do not; both ends say so and give up.
     *
     * What is not acknowledged stays in the local object, taken and not ended, see HeldMessages; this process keeps
     * only the positions. So there is no second buffer that could be lost, and back-pressure is the object's own: if
     * the other end does not take the messages, the object fills up, and its producers wait, as with a slow consumer.
     *
     *        released            acked               sent               taken
     *   --------+-------------------+------------------+------------------+------->  sequence
     *           | acknowledged, to  | sent, and still  | taken, to be     |
     *           | be ended here     | in the object    | sent (again)     |
     *
     * The receiver delivers sequence after sequence. A lower one than the next is a repetition, which it drops; a
     * higher one is a gap, for which it asks with RESUME; a HELLO whose `sent` it has not reached is a gap too, at the
     * end of the data. Then `sent` goes back to where the receiver is. Nothing else is ever sent again.
     *
     * Deaths, and what each leaves:
     *
     *   this process       The messages from `released` on are in the object; the next process takes them first,
     *                      numbers them anew, and sends them under another incarnation. The receiver knows those that
     *                      it has by their positions (Ledger). So none is lost and none delivered twice. Two
     *                      exceptions: a broadcast forgets its subscribers, so what it sends until the restart is lost;
     *                      the receiver says from where to where. And where the object has other consumers, one of
     *                      these may get a message that was sent and not acknowledged: it is consumed at both places.
     *   the receiver       Its object and its ledger outlive it. The next process says up to where it came; `sent` goes
     *                      back to there. A host that restarts has lost both, and begins with `first`, as another
     *                      receiver: what was delivered to the lost object is not sent again.
     *   the network        Aeron resends what is lost. A cut that is longer than its time-outs ends the stream; when it
     *                      comes back, the receiver sees a gap.
     *   the media driver   As the network; with the embedded one, this process. Both ends connect again.
     *   a producer, or the receiver's consumer: a matter of the local object, which survives both.
     *
     * With the policy DROP nothing is held: a message is ended when it was sent, or dropped because the object is more
     * than half full and the way is not free. Dropped ones take a sequence as well. So the receiver, which never asks
     * then, counts exactly what was dropped or lost.
     *
     * With several receivers (several destinations, or multicast) `acked` is the lowest of theirs. A receiver that was
     * silent for ten seconds is forgotten, if enough others were heard all that time: so a cut that silences all does
     * not make the first one that is back the only one that counts. A receiver that refuses is none; it ends this
     * process only if there has never been another one.
     */
    private static final long HELLO_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REWIND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int BURST = 256;
    private static final int STATUS_LIMIT = 16;
    private static final int MASK = Ledger.SLOTS - 1;

    /// A receiving end.
    private static final class Peer {
        final long id;
        long delivered;
        long heard;

        Peer(long id) {
            this.id = id;
        }
    }

    private final Source source;
    private final Board board;
    private final Report report;
    private final String text;
    private final String publishChannel;
    private final String statusChannel;
    private final int stream;
    private final Policy policy;
    private final int receivers;
    private final long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final Wire.Hello description;
    private final FragmentHandler statusHandler = this::onStatus;
    private final Packet packet = new Packet();
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();
    private final long[] positions = new long[Ledger.SLOTS];
    private final List<Peer> peers = new ArrayList<>();

    private ExclusivePublication publication;
    private Subscription statuses;
    private long released;
    private long acked;
    private long sent;
    private long taken;
    private long highest;            // the highest `sent` so far
    private long enoughSince;        // since when as many as have to acknowledge are heard
    private long nextHello;
    private long rewound = System.nanoTime() - REWIND_NANOS;
    private boolean connected;
    private boolean ended;
    private boolean over;
    private String refusal;

    private long now;
    private long bytes;
    private long repeated;
    private long dropped;
    private long connects;
    private long resumes;
    private long reported;

    Outbound(Source source, Board board, Report report, String text, String publishChannel, String statusChannel,
            int stream, Policy policy, int receivers) {
        this.source = source;
        this.board = board;
        this.report = report;
        this.text = text;
        this.publishChannel = publishChannel;
        this.statusChannel = statusChannel;
        this.stream = stream;
        this.policy = policy;
        this.receivers = receivers;
        LocalObject local = board.local();
        this.description = new Wire.Hello(0, incarnation, 0, 0, source.joined(),
                local.object().objectId().getMostSignificantBits(), local.object().objectId().getLeastSignificantBits(),
                local.form().code(), local.object().elementType());
    }

    @Override
    public void attach(Aeron aeron) {
        publication = aeron.addExclusivePublication(publishChannel, stream);
        statuses = aeron.addSubscription(statusChannel, -stream);
        connected = false;
        nextHello = System.nanoTime();
    }

    @Override
    public int work(long time) {
        now = time;
        int work = statuses.poll(statusHandler, STATUS_LIMIT);
        if (now - nextHello >= 0) {
            nextHello = now + HELLO_NANOS;
            forgetTheSilent();
            sayHello();
        }
        if (policy == Policy.DROP) {
            work += sendOrDrop();
        } else if (isStreaming()) {
            work += send();
        }
        return work;
    }

    private boolean isStreaming() {
        return peers.size() >= receivers;
    }

    private void sayHello() {
        if (!ended && sent == taken && source.isEnded()) {
            ended = taken == acked && !takeNext();   // a look behind the end, since the last message may be just before
        }
        int flags = (ended ? Wire.ENDED : 0) | (policy == Policy.DROP ? Wire.UNACKNOWLEDGED : 0);
        int length = new Wire.Hello(flags, incarnation, acked + 1, sent, description.joined(),
                description.objectHigh(), description.objectLow(), description.objectKind(), description.elementType())
                .write(frame);
        long result = publication.offer(frame, 0, length);
        if (result > 0 && !connected) {
            connected = true;
        } else if (result == Publication.NOT_CONNECTED && connected) {
            connected = false;
            if (isStreaming()) {
                report.line("%s: the other end is gone; %s".formatted(text, policy == Policy.BLOCK
                        ? "messages wait in '%s' until it is back".formatted(board.local().name())
                        : "messages are dropped while '%s' is more than half full".formatted(board.local().name())));
            }
        }
        MediaLostException.check(result);
    }

    /// Sends what was taken and not sent, and then what is new. @return how many messages
    private int send() {
        long before = sent;
        boolean more = true;
        while (more && sent - before < BURST) {
            more = sendPacket();
        }
        return (int) (sent - before);
    }

    /// The same for a policy that holds nothing.
    private int sendOrDrop() {
        long before = sent;
        while (sent - before < BURST && ((isStreaming() && sendPacket()) || drop())) {
            while (released < sent) {
                source.acknowledge(positions[(int) (++released & MASK)]);
            }
            acked = sent;
        }
        return (int) (sent - before);
    }

    /// Drops a message, if one is there and the object is more than half full.
    private boolean drop() {
        if ((sent == taken && !takeNext()) || !source.isCrowded(positions[(int) (sent + 1 & MASK)])) {
            return false;
        }
        sent++;
        highest = sent;
        dropped++;
        return true;
    }

    /// Sends the next messages: those that are there now, as many as one datagram takes. A longer one is sent alone, in
    /// fragments. @return whether any was sent
    private boolean sendPacket() {
        long window = publication.availableWindow();
        if (window <= 0) {
            MediaLostException.check(window);
            return false;
        }
        long last = sent;
        long fresh = 0;                  // bytes that were never sent before
        packet.begin(sent + 1, publication.maxPayloadLength());
        while (last < taken || takeNext()) {
            long position = positions[(int) (last + 1 & MASK)];
            source.show(position);
            if (last == sent) {
                checkLength();
            }
            if (!packet.add(source, position)) {
                break;
            }
            last++;
            fresh += last > highest ? source.length() : 0;
        }
        if (last == sent) {
            return false;
        }
        long result = packet.offerTo(publication);
        MediaLostException.check(result);
        if (result <= 0) {
            return false;
        }
        bytes += fresh;
        repeated += Math.max(0, Math.min(last, highest) - sent);
        sent = last;
        highest = Math.max(highest, sent);
        return true;
    }

    private boolean takeNext() {
        if (ended || taken - released >= Ledger.WINDOW) {
            return false;
        }
        long position = source.take();
        if (position == Source.NONE) {
            return false;
        }
        positions[(int) (++taken & MASK)] = position;
        return true;
    }

    private void checkLength() {
        int most = publication.maxMessageLength() - Wire.DATA_BYTES - Wire.MESSAGE_BYTES;
        if (source.length() > most) {
            throw new GatewayException(("'%s': a message of %,d bytes exceeds the %,d that this channel takes; use"
                    + " a channel with a larger term, as aeron:udp?endpoint=...|term-length=64m; the message is"
                    + " still in '%s'").formatted(
                    board.local().name(), source.length(), most, board.local().name()));
        }
    }

    @SuppressWarnings("unused")      // the header: a signature of Aeron
    private void onStatus(DirectBuffer buffer, int offset, int length, Header header) {
        if (!Wire.isOurs(buffer, offset, length)) {
            return;
        }
        if (Wire.incarnation(buffer, offset) == incarnation && Wire.kind(buffer, offset) == Wire.REFUSE) {
            refused("the other end refuses: " + Wire.reason(buffer, offset, length));
            return;
        }
        if (Wire.version(buffer, offset) != Wire.VERSION) {
            refused(("the other end speaks version %s of the gateway's protocol, this one speaks %s; run the same"
                    + " release at both ends").formatted(Wire.version(buffer, offset), Wire.VERSION));
            return;
        }
        if (Wire.kind(buffer, offset) == Wire.STATUS && length >= Wire.STATUS_BYTES
                && Wire.incarnation(buffer, offset) == incarnation) {
            onStatus(Wire.receiver(buffer, offset), Wire.flags(buffer, offset), Wire.delivered(buffer, offset));
        }
    }

    /// A sender that never had a receiver gives up; another one goes on with its own.
    private void refused(String reason) {
        if (connects == 0) {
            throw new GatewayException("%s: %s".formatted(text, reason));
        }
        if (!reason.equals(refusal)) {   // the other end repeats it
            refusal = reason;
            report.line("%s: %s; goes on with the other receivers".formatted(text, reason));
        }
    }

    private void onStatus(long receiver, int flags, long delivered) {
        Peer peer = find(receiver);
        if (peer == null) {
            peer = new Peer(receiver);
            peers.add(peer);
            connects++;
            report.line("%s: receiver %016x is there, and goes on behind message %,d", text, receiver, delivered);
        }
        peer.heard = now;
        peer.delivered = Math.min(Math.max(peer.delivered, delivered), highest);
        if (policy == Policy.DROP) {
            over |= ended && (flags & Wire.ENDED) != 0;
            return;
        }
        if ((flags & Wire.RESUME) != 0 && delivered < sent && now - rewound >= REWIND_NANOS) {
            rewound = now;
            resumes++;
            sent = Math.max(acked, delivered);
        }
        acknowledge();
        over |= ended && (flags & Wire.ENDED) != 0 && acked == taken;
    }

    private Peer find(long receiver) {
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).id == receiver) {
                return peers.get(i);
            }
        }
        return null;
    }

    private void forgetTheSilent() {
        int heard = 0;
        for (int i = 0; i < peers.size(); i++) {
            heard += isSilent(peers.get(i)) ? 0 : 1;
        }
        if (heard < receivers) {
            enoughSince = now;
        } else if (heard < peers.size() && now - enoughSince >= GONE_NANOS && peers.removeIf(this::isSilent)) {
            acknowledge();
        }
    }

    private boolean isSilent(Peer peer) {
        return now - peer.heard >= GONE_NANOS;
    }

    /// Ends the messages that all receivers have.
    private void acknowledge() {
        if (!isStreaming()) {
            return;
        }
        long lowest = sent;
        for (int i = 0; i < peers.size(); i++) {
            lowest = Math.min(lowest, peers.get(i).delivered);
        }
        acked = Math.max(acked, lowest);
        while (released < acked) {
            source.acknowledge(positions[(int) (++released & MASK)]);
        }
    }

    @Override
    public boolean isOver() {
        return over;
    }

    /// How many messages were sent, each counted once.
    private long messages() {
        return highest - dropped;        // a dropped message takes a sequence too
    }

    @Override
    public void publishCounters() {
        board.set(Counter.CONNECTED, publication != null && publication.isConnected() && isStreaming() ? 1 : 0);
        board.set(Counter.MESSAGES, messages());
        board.set(Counter.BYTES, bytes);
        board.set(Counter.ACKNOWLEDGED, acked);
        board.set(Counter.REPEATED, repeated);
        board.set(Counter.DROPPED, dropped);
        board.set(Counter.CONNECTS, connects);
        board.set(Counter.RESUMES, resumes);
        board.set(Counter.LAG, highest - acked);
        board.set(Counter.UPDATED, System.currentTimeMillis());
    }

    @Override
    public String report(double seconds) {
        String line = String.format(Locale.ROOT, "%s: %s, sent %,d (%,.0f/s, %,d bytes), acknowledged %,d, lag %,d,"
                + " repeated %,d, dropped %,d, resumes %,d, connects %,d", text,
                board.get(Counter.CONNECTED) == 1 ? "connected" : "not connected", messages(),
                (messages() - reported) / seconds, bytes, acked, highest - acked, repeated, dropped, resumes, connects);
        reported = messages();
        return line;
    }

    @Override
    public void close() {
        new Closing().then(this::giveBack).then(source).then(board).end();
    }

    private void giveBack() {
        for (long sequence = taken; sequence > released; sequence--) {
            source.giveBack(positions[(int) (sequence & MASK)]);
        }
    }
}
