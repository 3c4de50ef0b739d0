package io.sluice.gateway;

import static io.aeron.logbuffer.ControlledFragmentHandler.Action.ABORT;
import static io.aeron.logbuffer.ControlledFragmentHandler.Action.CONTINUE;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.owner.Closing;
import io.sluice.gateway.Board.Counter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/// The receiving end: it delivers each message once and in order into the local object, and tells the sending end how
/// far it is. The protocol is the essay of [Outbound], what outlives this process that of [Ledger].
final class Inbound implements Flow {
    /*
     * A sender is known by its HELLO: data of an Aeron session before that is not looked at, and shows as a gap in the
     * HELLO. Another incarnation of the sender replaces the one before if it is of the same object, since an object has
     * one gateway for each stream, or if that one has not been heard of for a while.
     *
     * With the policy BLOCK, a frame with a message that has no room is aborted: Aeron offers it again at the next
     * poll, and meanwhile its flow control stops the sender. What it held before that message is in the ledger, and is
     * stepped over then.
     *
     * STATUS is a datagram of its own, and the sender pays for each. So while messages come, one is sent for many: when
     * ACKNOWLEDGE_EACH messages or ACKNOWLEDGE_NANOS have passed since the last one. A lone message comes later than
     * that, and is acknowledged at once.
     */
    private static final int LIMIT = 64;
    private static final int ACKNOWLEDGE_EACH = 512;
    private static final long ACKNOWLEDGE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long NONE = -1;
    private static final int INITIAL_BYTES = 4096;
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long RESUME_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STATUS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Target target;
    private final Board board;
    private final Ledger ledger;
    private final Report report;
    private final String text;
    private final String dataChannel;
    private final String statusChannel;
    private final int stream;
    private final Policy policy;
    private final boolean carriesEnd;
    private final ControlledFragmentAssembler handler =
            new ControlledFragmentAssembler(this::onFragment, INITIAL_BYTES, true);
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();

    private Subscription subscription;
    private ExclusivePublication statuses;
    private int session;
    private boolean known;           // whether the session is that of the sender in the ledger
    private boolean acknowledgedStream = true;
    private LongHashSet again;       // positions of what was delivered, and may come again
    private long againUntil;         // sequence up to which that may come
    private long waiting = NONE;     // first sequence of the frame that was aborted
    private long heard;
    private long acknowledged;
    private long statusSent;
    private long resumed = System.nanoTime() - RESUME_NANOS;
    private boolean statusDue;
    private boolean resumeDue;
    private boolean ended;
    private boolean accepted;        // whether a sender has ever fitted
    private Refusal refusal;

    private long now;
    private long delivered;
    private long bytes;
    private long repeated;
    private long dropped;
    private long lost;
    private long connects;
    private long resumes;
    private long reported;

    Inbound(Target target, Board board, Ledger ledger, Report report, String text, String dataChannel,
            String statusChannel, int stream, Policy policy, boolean carriesEnd) {
        this.target = target;
        this.board = board;
        this.ledger = ledger;
        this.report = report;
        this.text = text;
        this.dataChannel = dataChannel;
        this.statusChannel = statusChannel;
        this.stream = stream;
        this.policy = policy;
        this.carriesEnd = carriesEnd;
        this.acknowledged = ledger.index();
        ledger.settle(target, report, text);
        remember();
    }

    /// Looks up what may come again: a sender may have been restarted before this process was.
    private void remember() {
        again = ledger.positions();
        againUntil = ledger.delivered() + Ledger.WINDOW;
    }

    @Override
    public void attach(Aeron aeron) {
        subscription = aeron.addSubscription(dataChannel, stream, _ -> {}, image -> forget(image.sessionId()));
        statuses = aeron.addExclusivePublication(statusChannel, -stream);
        known = false;
        handler.clear();
    }

    /// Frees the buffer in which long messages of a session are put together. @return whether there was one
    boolean forget(int ofSession) {
        return handler.freeSessionBuffer(ofSession);
    }

    @Override
    public int work(long time) {
        now = time;
        if (refusal != null) {
            refusal.send(statuses, frame, now, text);
            return 0;
        }
        int work = subscription.controlledPoll(handler, LIMIT);
        statusDue |= known && now - statusSent >= STATUS_NANOS;     // without room no HELLO comes through
        long news = ledger.index() - acknowledged;
        if (statusDue || resumeDue || news >= ACKNOWLEDGE_EACH
                || (news > 0 && now - statusSent >= ACKNOWLEDGE_NANOS)) {
            sendStatus();
        }
        return work;
    }

    private void sendStatus() {
        boolean asks = resumeDue && now - resumed >= RESUME_NANOS;
        int flags = (asks ? Wire.RESUME : 0) | (ended ? Wire.ENDED : 0);
        Wire.putStatus(frame, flags, ledger.incarnation(), ledger.receiver(), ledger.delivered());
        if (statuses.offer(frame, 0, Wire.STATUS_BYTES) > 0) {
            acknowledged = ledger.index();
            statusSent = now;
            statusDue = false;
            if (asks) {
                resumed = now;
                resumeDue = false;
                resumes++;
            }
        }
    }

    private Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        if (Wire.isData(buffer, offset, length)) {
            return known && header.sessionId() == session ? onData(buffer, offset) : CONTINUE;
        }
        if (Wire.isOurs(buffer, offset, length)) {
            onControl(buffer, offset, length, header.sessionId());
        }
        return CONTINUE;
    }

    private Action onData(DirectBuffer buffer, int offset) {
        heard = now;                     // without room no HELLO comes through
        long first = Wire.sequence(buffer, offset);
        boolean isRetry = first == waiting;
        waiting = NONE;
        int at = offset + Wire.DATA_BYTES;
        int count = Wire.count(buffer, offset);
        for (int i = 0; i < count; i++) {
            if (!onMessage(buffer, at, first + i, isRetry)) {
                waiting = first;
                return ABORT;
            }
            at += Wire.MESSAGE_BYTES + Wire.messageLength(buffer, at);
        }
        return CONTINUE;
    }

    /// Delivers a message, or drops it. @return whether that is done; false to offer the frame again
    private boolean onMessage(DirectBuffer buffer, int at, long sequence, boolean isRetry) {
        long next = ledger.delivered() + 1;
        if (sequence < next) {
            if (!isRetry) {
                repeated++;
                statusDue = true;
            }
            return true;
        }
        if (sequence > next) {
            if (acknowledgedStream) {
                resumeDue = true;
                return true;
            }
            lost += sequence - next;
            ledger.skip(sequence - next);
        }
        long position = Wire.position(buffer, at);
        if (sequence <= againUntil && again.contains(position)) {
            ledger.skip(1);
            repeated++;
            statusDue = true;
            return true;
        }
        int length = Wire.messageLength(buffer, at);
        if (target.offer(ledger, position, Wire.type(buffer, at), buffer, at + Wire.MESSAGE_BYTES, length)) {
            delivered++;
            bytes += length;
        } else if (policy == Policy.BLOCK) {
            return false;
        } else {
            ledger.deliver(position);
            dropped++;
        }
        return true;
    }

    private void onControl(DirectBuffer buffer, int offset, int length, int from) {
        String other = Wire.otherVersion(buffer, offset);
        if (other != null) {
            refuse(Wire.incarnation(buffer, offset), other);
        } else if (Wire.kind(buffer, offset) == Wire.HELLO) {
            Wire.Hello hello = Wire.Hello.read(buffer, offset, length);
            if (hello != null) {
                onHello(hello, from);
            }
        }
    }

    private void onHello(Wire.Hello hello, int from) {
        if (!known || from != session || hello.incarnation() != ledger.incarnation()) {
            if (!meet(hello, from)) {
                return;
            }
        }
        heard = now;
        acknowledgedStream = !hello.isUnacknowledged();
        long gone = hello.first() - 1 - ledger.delivered();
        if (acknowledgedStream && gone > 0) {
            lost += gone;
            ledger.skip(gone);
            report.line("%s: the %,d messages up to %,d were acknowledged by another receiver, and do not come",
                    text, gone, ledger.delivered());
        }
        if (ledger.delivered() < hello.sent()) {
            if (acknowledgedStream) {
                resumeDue = true;
            } else {
                lost += hello.sent() - ledger.delivered();
                ledger.skip(hello.sent() - ledger.delivered());
            }
        }
        if (hello.hasEnded() && !ended && ledger.delivered() == hello.sent()) {
            ended = true;
            if (carriesEnd) {
                target.end();
            }
            report.line("%s: the other end has ended, and everything was delivered".formatted(text));
        }
        statusDue = true;
    }

    /// Meets a sender. @return whether it is the sender from now on
    private boolean meet(Wire.Hello hello, int from) {
        String misfit = hello.isRecorded() ? "it records what it sends; start the receiving end with --replay"
                : misfit(board.local(), hello);
        if (misfit != null) {
            refuse(hello.incarnation(), misfit);
            return false;
        }
        if (known && hello.incarnation() != ledger.incarnation() && now - heard < SILENT_NANOS
                && !ledger.isOf(hello.objectHigh(), hello.objectLow())) {
            refuse(hello.incarnation(),
                    "another gateway feeds '%s' through stream %s; choose another --stream at both ends"
                            .formatted(board.local().name(), stream));
            return false;
        }
        session = from;
        known = true;
        accepted = true;
        ended = false;
        connects++;
        if (hello.incarnation() == ledger.incarnation()) {
            report.line("%s: the sender is back; goes on behind message %,d", text, ledger.delivered());
        } else {
            begin(hello);
        }
        return true;
    }

    private void begin(Wire.Hello hello) {
        boolean sameObject = ledger.isOf(hello.objectHigh(), hello.objectLow());
        long last = sameObject ? ledger.lastPosition() : -1;
        ledger.adopt(hello.incarnation(), hello.objectHigh(), hello.objectLow(), hello.first());
        remember();
        long gap = last < 0 ? 0 : Math.max(0, hello.joined() - last - 1);
        lost += gap;
        String begun = text + (sameObject ? ": the sender was restarted" : ": a sender is there");
        if (gap > 0) {
            report.line("%s; what its broadcast held between the positions %,d and %,d is lost, %,d messages if each"
                    + " had one slot", begun, last, hello.joined(), gap);
        } else {
            report.line(begun);
        }
    }

    /// Compares the objects of the two ends. @return why they do not fit; null if they do
    static String misfit(LocalObject local, Wire.Hello hello) {
        if (hello.objectKind() != local.form().code()) {
            return "it sends the messages of a %s, and '%s' at the receiving end is a %s; name objects of one kind"
                    .formatted(Form.name(hello.objectKind()), local.name(), local.form());
        }
        if (!hello.elementType().equals(local.object().elementType())) {
            return "it sends elements of the codec '%s', and '%s' at the receiving end has '%s'; use one codec"
                    .formatted(hello.elementType(), local.name(), local.object().elementType());
        }
        return null;
    }

    /// An end that has served no sender yet gives up; another one goes on with its own.
    private void refuse(long incarnation, String reason) {
        if (accepted) {
            statuses.offer(frame, 0, Wire.putRefusal(frame, incarnation, reason));
            return;
        }
        refusal = new Refusal(incarnation, reason, now);
    }

    @Override
    public boolean isOver() {
        return ended && carriesEnd && now - heard >= LINGER_NANOS;    // until then the sender may ask
    }

    @Override
    public void publishCounters() {
        board.set(Counter.CONNECTED, known && subscription.isConnected() ? 1 : 0);
        board.set(Counter.MESSAGES, delivered);
        board.set(Counter.BYTES, bytes);
        board.set(Counter.ACKNOWLEDGED, acknowledged);
        board.set(Counter.REPEATED, repeated);
        board.set(Counter.DROPPED, dropped);
        board.set(Counter.LOST, lost);
        board.set(Counter.CONNECTS, connects);
        board.set(Counter.RESUMES, resumes);
        board.set(Counter.LAG, ledger.index() - acknowledged);
        board.set(Counter.UPDATED, System.currentTimeMillis());
    }

    @Override
    public String report(double seconds) {
        String line = String.format(Locale.ROOT, "%s: %s, delivered %,d (%,.0f/s, %,d bytes), repeated %,d,"
                + " dropped %,d, lost %,d, resumes %,d, connects %,d", text,
                board.get(Counter.CONNECTED) == 1 ? "connected" : "not connected", delivered,
                (delivered - reported) / seconds, bytes, repeated, dropped, lost, resumes, connects);
        reported = delivered;
        return line;
    }

    @Override
    public void close() {
        new Closing().then(target).then(board).end();
    }
}
