package io.sluice.gateway;

import static io.aeron.logbuffer.ControlledFragmentHandler.Action.ABORT;
import static io.aeron.logbuffer.ControlledFragmentHandler.Action.CONTINUE;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.owner.Closing;
import io.sluice.gateway.Board.Counter;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/// The receiving end of a recording: it asks for a replay and delivers each message once and in order. The protocol is
/// the essay of [Recorder], what outlives this process that of [Ledger].
final class Replayer implements Flow {
    /*
     * The ledger knows a recording by its id, and the sequences of a recording never begin anew. So the next message is
     * the one behind the last that was delivered, whichever processes have recorded or received in between. The id
     * counts only with its incarnation, INCARNATION: without, a predecessor died while it noted the recording.
     *
     * A replay begins a little before the place that it was asked for. What comes before the next message is dropped;
     * the last one delivered, if it comes, must be the one of the ledger. A recording that a power cut has shortened,
     * and that went on with other messages, shows there.
     *
     * A replay that ends, or does not begin, is replaced by another one: under another id, since the publishing end
     * takes the same one for the same request.
     */
    private static final int LIMIT = 64;
    private static final int HELLO_LIMIT = 4;
    private static final int INITIAL_BYTES = 4096;
    private static final long INCARNATION = 1;       // of each recording, in the ledger
    private static final long STATUS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BEGIN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Target target;
    private final Board board;
    private final Ledger ledger;
    private final Report report;
    private final String text;
    private final String channel;
    private final String statusChannel;
    private final int stream;
    private final long from;
    private final boolean carriesEnd;
    private final FragmentHandler helloHandler = this::onFragment;
    private final ControlledFragmentAssembler handler =
            new ControlledFragmentAssembler(this::onRecord, INITIAL_BYTES, true);
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();

    private Aeron aeron;
    private Subscription hellos;
    private ExclusivePublication statuses;
    private Subscription replay;
    private long receiver;
    private boolean begun;           // whether the replay has been there
    private long asked;
    private long sender;             // incarnation; 0: none was met
    private long heard;
    private long first;              // of the recording
    private long sent;
    private long statusSent;
    private boolean waits;           // whether the user knows that no replay begins
    private boolean ended;
    private Refusal refusal;

    private long now;
    private long delivered;
    private long bytes;
    private long lost;
    private long connects;
    private long reported;

    /// A receiving end.
    ///
    /// @param from the first sequence to deliver; 0 for the oldest of the recording, or where the ledger is
    Replayer(Target target, Board board, Ledger ledger, Report report, String text, String channel,
            String statusChannel, int stream, long from, boolean carriesEnd) {
        this.target = target;
        this.board = board;
        this.ledger = ledger;
        this.report = report;
        this.text = text;
        this.channel = channel;
        this.statusChannel = statusChannel;
        this.stream = stream;
        this.from = from;
        this.carriesEnd = carriesEnd;
        ledger.settle(target, report, text);
    }

    @Override
    public void attach(Aeron client) {
        aeron = client;
        hellos = aeron.addSubscription(channel, stream);
        statuses = aeron.addExclusivePublication(statusChannel, -stream);
        replay = null;
        sender = 0;
    }

    @Override
    public int work(long time) {
        now = time;
        if (refusal != null) {
            refusal.send(statuses, frame, now, text);
            return 0;
        }
        int work = hellos.poll(helloHandler, HELLO_LIMIT);
        if (replay == null) {
            return work;
        }
        work += replay.controlledPoll(handler, LIMIT);
        boolean connected = replay.isConnected();
        begun |= connected;
        waits &= !begun;
        if (!connected && now - asked >= (begun ? RETRY_NANOS : BEGIN_TIMEOUT_NANOS)) {
            if (!begun && !waits) {
                waits = true;
                report.line("%s: no replay has begun within %s s; the gateway that records says why; asks again until"
                        + " one does", text, TimeUnit.NANOSECONDS.toSeconds(BEGIN_TIMEOUT_NANOS));
            }
            ask();
        }
        if (now - statusSent >= STATUS_NANOS) {
            statusSent = now;
            Wire.putStatus(frame, begun ? 0 : Wire.RESUME, sender, receiver, ledger.delivered());
            boolean _ = statuses.offer(frame, 0, Wire.STATUS_BYTES) > 0;     // if not, the next one is soon
        }
        return work;
    }

    private void ask() {
        if (ledger.delivered() + 1 < first) {
            throw notThere(ledger.delivered() + 1, true);
        }
        CloseHelper.quietClose(replay);
        handler.clear();
        receiver = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        replay = aeron.addSubscription(
                Endpoint.withSession(channel, (int) receiver), Recorder.REPLAY_STREAMS + stream);
        begun = false;
        asked = now;
        statusSent = now - STATUS_NANOS;
        connects++;
    }

    private GatewayException notThere(long next, boolean known) {
        return new GatewayException(("%s: the recording has the messages %s to %s, and %s is asked for%s; name one"
                + " that is there with --from-sequence").formatted(text, first, sent, next,
                known ? ", behind what was delivered" : ""));
    }

    @SuppressWarnings("unused")      // the header: a signature of Aeron
    private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        if (!Wire.isOurs(buffer, offset, length) || refusal != null) {
            return;
        }
        String other = Wire.otherVersion(buffer, offset);
        if (other != null) {
            refusal = new Refusal(Wire.incarnation(buffer, offset), other, now);
        } else if (Wire.kind(buffer, offset) == Wire.HELLO) {
            Wire.Hello hello = Wire.Hello.read(buffer, offset, length);
            if (hello != null) {
                onHello(hello);
            }
        }
    }

    private void onHello(Wire.Hello hello) {
        boolean isOther = hello.incarnation() != sender;
        if (isOther) {
            if (sender != 0 && now - heard < SILENT_NANOS) {
                return;                  // there is a sender, and it lives
            }
            String misfit = hello.isRecorded() ? Inbound.misfit(board.local(), hello)
                    : "it does not record; start it with --archive, or leave --replay out at the receiving end";
            if (misfit != null) {
                refusal = new Refusal(hello.incarnation(), misfit, now);
                return;
            }
        }
        heard = now;
        first = hello.first();
        sent = hello.sent();
        if (isOther) {
            meet(hello);
        }
        if (hello.hasEnded() && !ended && ledger.delivered() == sent) {
            ended = true;
            if (carriesEnd) {
                target.end();
            }
            report.line("%s: the other end has ended, and everything was delivered".formatted(text));
        }
    }

    private void meet(Wire.Hello hello) {
        boolean known = ledger.incarnation() == INCARNATION && ledger.isOf(hello.objectHigh(), hello.objectLow());
        long usual = known ? ledger.delivered() + 1 : first;
        long next = from == 0 ? usual : known ? Math.max(usual, from) : from;
        if (next < first || next > sent + 1) {
            throw notThere(next, known);
        }
        if (!known) {
            ledger.adopt(INCARNATION, hello.objectHigh(), hello.objectLow(), next);
        } else if (next > usual) {
            lost += next - usual;
            ledger.leaveOut(next - usual);
        }
        sender = hello.incarnation();
        ended = false;
        report.line("%s: a recording is there, with the messages %,d to %,d; goes on behind message %,d", text,
                first, sent, ledger.delivered());
        ask();
    }

    @SuppressWarnings("unused")      // the header: a signature of Aeron
    private Action onRecord(DirectBuffer buffer, int offset, int length, Header header) {
        if (length < RecordLayout.HEADER_BYTES) {
            throw new GatewayException(("%s: the recording is damaged: a record of %s bytes comes behind message %s,"
                    + " expected %s at least").formatted(
                    text, length, ledger.delivered(), RecordLayout.HEADER_BYTES));
        }
        long sequence = RecordLayout.sequence(buffer, offset);
        long position = RecordLayout.position(buffer, offset);
        long next = ledger.delivered() + 1;
        if (sequence < next) {
            if (sequence == next - 1 && ledger.lastPosition() >= 0 && ledger.lastPosition() != position) {
                throw new GatewayException(("%s: message %s of the recording is not the one that was delivered; the"
                        + " recording was shortened, as by a power cut, and went on with others").formatted(
                        text, sequence));
            }
            return CONTINUE;
        }
        if (sequence > next) {
            throw new GatewayException("%s: message %s comes, and %s is not in the recording".formatted(
                    text, sequence, next));
        }
        int payload = length - RecordLayout.HEADER_BYTES;
        if (!target.offer(ledger, position, RecordLayout.type(buffer, offset), buffer,
                offset + RecordLayout.HEADER_BYTES, payload)) {
            return ABORT;
        }
        delivered++;
        bytes += payload;
        return CONTINUE;
    }

    @Override
    public boolean isOver() {
        return ended && carriesEnd;
    }

    @Override
    public void publishCounters() {
        board.set(Counter.CONNECTED, begun ? 1 : 0);
        board.set(Counter.MESSAGES, delivered);
        board.set(Counter.BYTES, bytes);
        board.set(Counter.ACKNOWLEDGED, delivered);
        board.set(Counter.LOST, lost);
        board.set(Counter.CONNECTS, connects);
        board.set(Counter.LAG, Math.max(0, sent - ledger.delivered()));
        board.set(Counter.UPDATED, System.currentTimeMillis());
    }

    @Override
    public String report(double seconds) {
        String line = String.format(Locale.ROOT, "%s: %s, delivered %,d (%,.0f/s, %,d bytes), up to message %,d of %,d,"
                + " lost %,d, replays %,d", text, begun ? "connected" : "not connected", delivered,
                (delivered - reported) / seconds, bytes, ledger.delivered(), sent, lost, connects);
        reported = delivered;
        return line;
    }

    @Override
    public void close() {
        new Closing().then(target).then(board).end();
    }
}
