package io.sluice.shm.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.ring.RoleHeldException;
import io.sluice.shm.Desk;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.queue.SharedQueue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two ends of a pipe, in one process, in two threads, in two processes.
@Timeout(120)
class SharedPipeTest {
    private static final int MEGABYTE = 1 << 20;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final Threads threads = sandbox.with(Threads.platform());

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static Connection<String> second(Desk desk, String root) {
        Connection<String> end = desk.space(root).pipe("p", Codec.strings()).second();
        desk.keep("end", end);
        return end;
    }

    @SuppressWarnings("unchecked") // kept by second()
    private static Connection<String> kept(Desk desk) {
        return desk.kept("end", Connection.class);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 10));
        }
        return bytes;
    }

    /// Objects and bytes go both ways between two processes, each received as what it was sent.
    @Test
    void aDuplexPipeCarriesMessagesBothWays() throws IOException, InterruptedException {
        String home = root;
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        assertThat(pipe.isDuplex()).isTrue();
        Connection<String> first = pipe.first();
        Peer peer = sandbox.peer();
        Reply<Object> echo = peer.start(desk -> {
            Connection<String> end = second(desk, home);
            for (int i = 0; i < 100; i++) {
                end.send(end.receive() + "!");
                end.sendBytes(end.receiveBytes());
            }
            return null;
        });
        for (int i = 0; i < 100; i++) {
            first.send("message " + i);
            first.sendBytes(bytes(i), i / 2, i - i / 2);
            assertThat(first.receive()).isEqualTo("message " + i + "!");
            assertThat(first.receiveBytes()).isEqualTo(Arrays.copyOfRange(bytes(i), i / 2, i));
        }
        echo.get();
        assertThat(pipe).hasToString("SharedPipe[p, duplex, String]");
        assertThat(first).hasToString("Connection[p, first end]");
    }

    /// In a simplex pipe the first end sends and the second receives; the other way round is refused.
    @Test
    void aSimplexPipeHasOneDirection() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings(), PipeOptions.simplex());
        assertThat(pipe.isDuplex()).isFalse();
        try (Connection<String> sends = pipe.first(); Connection<String> receives = pipe.second()) {
            sends.send("x");
            assertThat(receives.receive()).isEqualTo("x");
            assertThatThrownBy(sends::receive)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("pipe 'p' is simplex: its first end only sends");
            assertThatThrownBy(() -> sends.poll(0, TimeUnit.SECONDS)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> receives.send("y"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("pipe 'p' is simplex: its second end only receives");
            assertThatThrownBy(receives::writable).isInstanceOf(UnsupportedOperationException.class);
        }
        assertThatThrownBy(() -> space.pipe("p", Codec.strings())).isInstanceOf(MismatchException.class);
        assertThatThrownBy(() -> space.pipe("p", Codec.ints(), PipeOptions.simplex()))
                .isInstanceOf(MismatchException.class);
    }

    /// Asking for an object when bytes come, or the other way round, is refused and leaves the message where it is.
    @Test
    void theWrongKindIsNotConsumed() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        first.send("object");
        first.sendBytes(bytes(MEGABYTE));
        assertThatThrownBy(second::receiveBytes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("pipe 'p': the next message is an object; it was not consumed, call receive()");
        assertThat(second.receive()).isEqualTo("object");
        assertThatThrownBy(second::receive)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("pipe 'p': the next message is bytes; it was not consumed, call receiveBytes()");
        assertThat(second.receiveBytes()).isEqualTo(bytes(MEGABYTE));
        assertThat(sandbox.files()).containsExactly("p");
    }

    /// A message that is longer than the buffer stays, and can be received by a larger one; also an empty one counts.
    @Test
    void anOverflowIsNotConsumed() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        for (int length : new int[] {0, 1, 100, MEGABYTE}) {
            first.sendBytes(bytes(length));
            assertThat(second.poll(0, TimeUnit.SECONDS)).isTrue();
            if (length > 0) {
                assertThatThrownBy(() -> second.receiveInto(ByteBuffer.allocate(length - 1)))
                        .isInstanceOf(BufferOverflowException.class)
                        .cause().hasMessageContaining("room for %,d; it was not consumed".formatted(length - 1));
            }
            ByteBuffer target = ByteBuffer.allocate(length + 2).position(1);
            assertThat(second.receiveInto(target)).isEqualTo(length);
            assertThat(target.position()).isEqualTo(length + 1);
            assertThat(Arrays.copyOfRange(target.array(), 1, length + 1)).isEqualTo(bytes(length));
        }
        assertThat(second.poll(0, TimeUnit.SECONDS)).isFalse();
        assertThat(second.poll(-1, TimeUnit.SECONDS)).isFalse();
        assertThatThrownBy(() -> first.sendBytes(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> first.sendBytes(new byte[4], -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> first.send(null)).isInstanceOf(NullPointerException.class);
        assertThat(second.poll(0, TimeUnit.SECONDS)).isFalse();
    }

    /// What a sender gave up is no message: a receive behind a true `poll` would wait for the next one.
    @Test
    @SuppressWarnings("try")         // the end of one end is the last step
    void pollStepsOverWhatWasAborted() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        try (Connection<String> sends = pipe.first(); Connection<String> receives = pipe.second()) {
            abort(sends);
            assertThat(receives.poll(0, TimeUnit.SECONDS)).isFalse();
            abort(sends);
            Reply<Boolean> polling = threads.<Boolean>start(desk -> {
                desk.tellWhenWaiting();
                return receives.poll(1, TimeUnit.DAYS);
            }).awaitWaiting();
            abort(sends);
            sends.send("sent");
            assertThat(polling.get()).isTrue();
            assertThat(receives.poll(0, TimeUnit.SECONDS)).isTrue();
            assertThat(receives.receive()).isEqualTo("sent");
            abort(sends);
            assertThat(receives.poll(1, TimeUnit.MILLISECONDS)).isFalse();
            sends.close();
            assertThat(receives.poll(0, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(receives::receive).isInstanceOf(EOFException.class);
        }
    }

    /// Claims room for a large message, and fails before its commit.
    private static void abort(Connection<String> end) {
        CrashHook.script(point -> {
            if (point == CrashPoint.LARGE_CLAIMED) {
                throw new IllegalStateException("no large message");
            }
        });
        try {
            assertThatThrownBy(() -> end.sendBytes(new byte[MEGABYTE])).hasMessage("no large message");
        } finally {
            CrashHook.script(null);
        }
    }

    /// `poll` waits for a message, or for the end, and consumes neither.
    @Test
    void pollWaitsForAMessageOrTheEnd() throws IOException, InterruptedException {
        String home = root;
        Connection<String> first = space.pipe("p", Codec.strings()).first();
        long start = System.nanoTime();
        assertThat(first.poll(20, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        Peer peer = sandbox.peer();
        peer.call(desk -> {
            second(desk, home);
            return null;
        });
        Reply<Boolean> polling = threads.<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            return first.poll(1, TimeUnit.DAYS);
        }).awaitWaiting();
        peer.call(desk -> {
            kept(desk).send("x");
            return null;
        });
        assertThat(polling.get()).isTrue();
        assertThat(first.receive()).isEqualTo("x");
        Reply<Boolean> again = threads.<Boolean>start(desk -> {
            desk.tellWhenWaiting();
            return first.poll(1, TimeUnit.DAYS);
        }).awaitWaiting();
        peer.call(desk -> {
            kept(desk).close();
            return null;
        });
        assertThat(again.get()).isTrue();
        assertThat(first.poll(0, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(first::receive).isExactlyInstanceOf(EOFException.class);
    }

    /// Closing an end lets the other side read what was sent, then the end; sending is a broken pipe from then on.
    @Test
    void closingAnEndIsTheEndOfTheStream() throws IOException, InterruptedException {
        String home = root;
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        sandbox.peer().call(desk -> {
            Connection<String> end = second(desk, home);
            end.send("one");
            end.send("two");
            end.close();
            end.close();
            assertThat(end.isClosed()).isTrue();
            return null;
        });
        assertThat(first.receive()).isEqualTo("one");
        assertThat(first.receive()).isEqualTo("two");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(first::receive)
                    .isExactlyInstanceOf(EOFException.class)
                    .hasMessage("pipe 'p': the other side closed its end; everything it had sent was received");
            assertThatThrownBy(() -> first.send("x"))
                    .isInstanceOf(BrokenPipeException.class)
                    .hasMessage("pipe 'p': the other side has closed its end; no process will read what is sent");
        }
        try (Connection<String> again = pipe.second()) {
            first.send("x");
            assertThat(again.receive()).isEqualTo("x");
        }
        first.close();
        assertThatThrownBy(first::receive).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> first.send("x"))
                .isInstanceOf(ClosedException.class).hasMessage("pipe 'p': this end was closed");
    }

    /// A second process, a second handle and a second thread are refused the end that is taken, in words of pipes.
    @Test
    void anEndHasOneUser() throws IOException, InterruptedException {
        String home = root;
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        assertThatThrownBy(pipe::first).isInstanceOf(RoleHeldException.class)
                .hasMessage("pipe 'p': process %d (this one) has the first end; close it there, or take the second end",
                        ProcessHandle.current().pid());
        Peer peer = sandbox.peer();
        assertThatThrownBy(() -> peer.call(desk -> desk.space(home).pipe("p", Codec.strings()).first().isClosed()))
                .isInstanceOf(RoleHeldException.class)
                .hasMessage("pipe 'p': process %d has the first end; close it there, or take the second end",
                        ProcessHandle.current().pid());
        peer.call(desk -> {
            second(desk, home).send("x");
            return null;
        });
        assertThat(first.receive()).isEqualTo("x");
        assertThatThrownBy(pipe::second).isInstanceOf(RoleHeldException.class);
        first.send("y");
        assertThat(peer.<String>call(desk -> kept(desk).receive())).isEqualTo("y");
    }

    /// Sending fills the ring while there is no receiver, then waits, and goes on when one receives; a megabyte each.
    @Test
    void messagesOfAMegabyteGoThrough() throws IOException, InterruptedException {
        String home = root;
        Connection<String> first = space.pipe("p", Codec.strings()).first();
        Reply<Long> received = sandbox.peer().start(desk -> {
            Connection<String> end = second(desk, home);
            CRC32 sum = new CRC32();
            for (int i = 0; i < 20; i++) {
                sum.update(end.receiveBytes());
            }
            return sum.getValue();
        });
        CRC32 sum = new CRC32();
        for (int i = 0; i < 20; i++) {
            byte[] message = bytes(MEGABYTE + i);
            first.sendBytes(message);
            sum.update(message);
        }
        assertThat(received.get()).isEqualTo(sum.getValue());
        assertThat(sandbox.files()).containsExactly("p");
    }

    /// A sender that waits for room is freed by the close of its own end, of the handle, and of the other side; so is a
    /// receiver that waits.
    @Test
    void aCloseEndsTheWaitsOfBothSides() throws InterruptedException, IOException {
        for (int round = 0; round < 3; round++) {
            SharedPipe<String> pipe = space.pipe("p" + round, Codec.strings());
            Connection<String> first = pipe.first();
            Connection<String> second = pipe.second();
            Reply<Object> sender = threads.<Object>start(desk -> {
                desk.tellWhenWaiting();
                for (;;) {
                    first.sendBytes(new byte[1000]);
                }
            }).awaitWaiting();
            Reply<Object> receiver = threads.<Object>start(desk -> {
                desk.tellWhenWaiting();
                return first.receive();
            }).awaitWaiting();
            switch (round) {
                case 0 -> first.close();
                case 1 -> pipe.close();
                default -> second.close();
            }
            assertThat(sender.failure()).hasMessageContaining("closed").isInstanceOfAny(switch (round) {
                case 0 -> new Class<?>[] {IllegalStateException.class};
                case 1 -> new Class<?>[] {IllegalStateException.class, BrokenPipeException.class};
                default -> new Class<?>[] {BrokenPipeException.class};
            });
            assertThat(receiver.failure()).hasMessageContaining("closed").isInstanceOfAny(switch (round) {
                case 0 -> new Class<?>[] {IllegalStateException.class};
                case 1 -> new Class<?>[] {IllegalStateException.class, EOFException.class};
                default -> new Class<?>[] {EOFException.class};
            });
        }
    }

    /// An interrupt ends each wait; nothing was sent or received, and the end goes on.
    @Test
    void anInterruptEndsEachWait() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        Reply<Object> receiver = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            return first.receive();
        }).awaitWaiting();
        receiver.interrupt();
        assertThat(receiver.failure()).isInstanceOf(InterruptedException.class);
        int[] sent = new int[1];
        Reply<Object> sender = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            for (;;) {
                first.sendBytes(new byte[1000]);
                sent[0]++;
            }
        }).awaitWaiting();
        sender.interrupt();
        assertThat(sender.failure()).isInstanceOf(InterruptedException.class);
        int count = 0;
        while (second.poll(0, TimeUnit.SECONDS)) {
            assertThat(second.receiveBytes()).hasSize(1000);
            count++;
        }
        assertThat(count).isEqualTo(sent[0]);
        first.send("on");
        assertThat(second.receive()).isEqualTo("on");
    }

    /// Threads share an end: each message is sent, and received, by one of them as a whole.
    @Test
    void threadsShareAnEnd() {
        int each = 2000;
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        List<Reply<Object>> senders = new ArrayList<>();
        List<Reply<List<String>>> receivers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            senders.add(threads.start(desk -> {
                for (int n = 0; n < each; n++) {
                    first.send(number + ":" + n);
                }
                return null;
            }));
            receivers.add(threads.start(desk -> {
                List<String> all = new ArrayList<>();
                try {
                    for (;;) {
                        all.add(second.receive());
                    }
                } catch (EOFException end) {
                    return all;
                }
            }));
        }
        senders.forEach(Reply::get);
        first.close();
        List<String> all = new ArrayList<>();
        receivers.forEach(receiver -> all.addAll(receiver.get()));
        assertThat(all).hasSize(3 * each).doesNotHaveDuplicates();
    }

    /// Five megabytes through the channels, as streams, into another process and back.
    @Test
    void streamsCopyThroughTheChannels() throws IOException {
        String home = root;
        int length = 5 * MEGABYTE;
        Connection<String> first = space.pipe("p", Codec.strings()).first();
        Reply<Object> copier = sandbox.peer().start(desk -> {
            Connection<String> end = second(desk, home);
            InputStream in = Channels.newInputStream(end.readable());
            OutputStream out = Channels.newOutputStream(end.writable());
            byte[] all = in.readNBytes(length);
            out.write(all);
            end.close();
            return null;
        });
        byte[] sent = bytes(length);
        OutputStream out = Channels.newOutputStream(first.writable());
        out.write(sent);
        byte[] received = Channels.newInputStream(first.readable()).readAllBytes();
        copier.get();
        assertThat(received).isEqualTo(sent);
        assertThat(first.isClosed()).isFalse();
    }

    /// A channel closes with its end, also when its thread is interrupted, as channels do.
    @Test
    void anInterruptedChannelIsClosed() {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        Reply<Object> reader = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            return first.readable().read(ByteBuffer.allocate(10));
        }).awaitWaiting();
        reader.interrupt();
        assertThat(reader.failure()).isInstanceOf(ClosedByInterruptException.class);
        assertThat(first.isClosed()).isTrue();
        assertThatThrownBy(second::receive).isInstanceOf(EOFException.class);
    }

    /// An end travels, and belongs to its receiver: that one reads what was sent before, and the sender of the end is
    /// refused.
    @Test
    void anEndTravels() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        first.send("before");
        second.send("from here");
        Peer peer = sandbox.peer();
        try (KeptObjects kept = new KeptObjects()) {
            byte[] task = kept.collect(() -> written(second));
            peer.call(desk -> {
                @SuppressWarnings("unchecked") // of strings
                Connection<String> arrived = (Connection<String>) read(task);
                arrived.send(arrived.receive() + ", and from there");
                desk.keep("end", arrived);
                return null;
            });
        }
        assertThat(first.receive()).isEqualTo("from here");
        assertThat(first.receive()).isEqualTo("before, and from there");
        assertThat(second).hasToString("Connection[p, second end, sent]");
        assertThat(second.isClosed()).isTrue();
        second.close();
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                second::receive, () -> second.send("x"), () -> second.poll(0, TimeUnit.SECONDS))) {
            assertThatThrownBy(use).isInstanceOf(ClosedException.class)
                    .hasMessage("pipe 'p': this end was sent to another process, which has it now");
        }
        pipe.close();                    // ends nothing that was sent: the other handle goes on
        assertThat(peer.<Boolean>call(desk -> kept(desk).isClosed())).isFalse();
        space.pipe("p", Codec.strings()).first().close();
        peer.call(desk -> {
            assertThatThrownBy(() -> kept(desk).receive()).isExactlyInstanceOf(EOFException.class);
            kept(desk).close();
            return null;
        });
    }

    private static byte[] written(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return bytes.toByteArray();
    }

    private static Object read(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException | ClassNotFoundException refused) {
            throw new AssertionError(refused);
        }
    }

    /// Until it is taken, an end that was sent is refused to others, and its other side waits. If it never is taken,
    /// the other side sees the end of the stream; also one way.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEndThatIsNotTakenIsAnEndOfStream(boolean duplex) throws Exception {
        SharedPipe<String> pipe = space.pipe(
                "p", Codec.strings(), duplex ? PipeOptions.defaults() : PipeOptions.simplex());
        Connection<String> second = pipe.second();
        Connection<String> first = pipe.first();
        Connection<String> goes = duplex ? second : first;
        KeptObjects kept = new KeptObjects();
        byte[] task = kept.collect(() -> written(goes));
        String end = duplex ? "second" : "first";
        assertThatThrownBy(() -> (duplex ? pipe.second() : pipe.first()).close()).isInstanceOf(RoleHeldException.class)
                .hasMessage("pipe 'p': process %d (this one) has sent the %s end to another process, which has not"
                        + " taken it yet; take the %s"
                        + " end", ProcessHandle.current().pid(), end, duplex ? "first" : "second");
        Reply<String> waits = threads.<String>start(desk -> {
            desk.tellWhenWaiting();
            return (duplex ? first : second).receive();
        }).awaitWaiting();
        kept.close();
        assertThat(waits.failure()).isExactlyInstanceOf(EOFException.class);
        if (duplex) {
            assertThatThrownBy(() -> first.send("x")).isInstanceOf(BrokenPipeException.class);
        }
        assertThat(((Connection<?>) read(task)).isClosed()).isFalse();     // the reservation is over: taken as a free end
    }

    /// The end of a sending withdraws neither an end that was taken, nor another one that was sent later.
    @Test
    void aLateWithdrawalMeetsNoOtherReservation() throws Exception {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        KeptObjects early = new KeptObjects();
        byte[] task = early.collect(() -> written(pipe.second()));
        Connection<?> taken = (Connection<?>) read(task);
        taken.close();
        KeptObjects later = new KeptObjects();
        byte[] again = later.collect(() -> written(pipe.second()));
        early.close();
        assertThat(first.poll(0, TimeUnit.SECONDS)).isFalse();
        Connection<?> last = (Connection<?>) read(again);
        later.close();
        assertThat(first.poll(0, TimeUnit.SECONDS)).isFalse();
        last.close();
        assertThat(first.poll(0, TimeUnit.SECONDS)).isTrue();
    }

    /// A process that is killed after it has reserved or taken a part of an end leaves the other side no endless wait.
    @ParameterizedTest
    @ValueSource(strings = {"ROLE_RESERVED", "RESERVED_ROLE_TAKEN"})
    void aDeathWhileAnEndTravelsIsAnEnd(CrashPoint point) throws Exception {
        String home = root;
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Peer dying = sandbox.peer();
        KeptObjects kept = new KeptObjects();
        if (point == CrashPoint.ROLE_RESERVED) {
            dying.call(desk -> second(desk, home).isClosed());
            dying.dieAt(point, 1);
            dying.start(desk -> new KeptObjects().collect(() -> written(kept(desk))).length);
        } else {
            byte[] task = kept.collect(() -> written(pipe.second()));
            dying.dieAt(point, 1);
            dying.start(desk -> read(task).toString());
        }
        dying.awaitSelfKill();
        kept.close();                    // as a parent does whose child has ended
        assertThatThrownBy(first::receive).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> first.send("x")).isInstanceOf(BrokenPipeException.class);
        assertThat(pipe.second().isClosed()).isFalse();
    }

    /// A queue does not tell whether a message arrives: an end is refused there, and is as before.
    @Test
    void anEndDoesNotTravelThroughAQueue() throws Exception {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        SharedQueue<Object> queue = space.queue("q", Codec.serializable(Object.class), 1);
        assertThatThrownBy(() -> queue.put(second))
                .hasStackTraceContaining("pipe 'p': an end travels to a child of JavaProcess or in a task of a pool");
        assertThat(queue).isEmpty();
        second.send("still here");
        assertThat(first.receive()).isEqualTo("still here");
    }

    /// An encoding that goes on after its message was given up withdraws the end that it reserves.
    @Test
    void anEndThatIsSentTooLateIsAnEndOfStream() {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        KeptObjects kept = new KeptObjects();
        kept.collect(() -> {
            kept.close();
            return written(second);
        });
        assertThat(kept.isEmpty()).isTrue();
        assertThatThrownBy(first::receive).isExactlyInstanceOf(EOFException.class);
    }

    /// An end in which a thread waits cannot be sent, and is not lost by the attempt.
    @Test
    void anEndInUseIsNotSent() throws Exception {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        Connection<String> second = pipe.second();
        Reply<String> waits = threads.<String>start(desk -> {
            desk.tellWhenWaiting();
            return second.receive();
        }).awaitWaiting();
        KeptObjects kept = new KeptObjects();
        assertThatThrownBy(() -> kept.collect(() -> written(second))).isInstanceOf(IllegalStateException.class)
                .hasMessage("pipe 'p': a thread receives through this end; send the end when it is done");
        first.send("x");
        assertThat(waits.get()).isEqualTo("x");
        second.send("y");
        assertThat(first.receive()).isEqualTo("y");
    }

    /// A handle travels; the end is taken where it arrives.
    @Test
    void aHandleTravels() throws IOException, InterruptedException {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        sandbox.peer().call(desk -> {
            pipe.second().send("from there");
            return null;
        });
        assertThat(first.receive()).isEqualTo("from there");
        pipe.close();
        pipe.close();
        assertThatThrownBy(pipe::second)
                .isInstanceOf(ClosedException.class).hasMessage("pipe 'p': this handle was closed");
        assertThat(pipe).hasToString("SharedPipe[p, duplex, String, closed]");
    }
}
