package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a connection promises, over both kinds of sockets and through shared memory.
@Timeout(120)
class ConnectionContractTest {
    private static final int BEYOND_ALL_BUFFERS = 32 << 20;

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    @ParameterizedTest
    @EnumSource
    void objectsTravelBothWaysInOrder(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        for (int i = 0; i < 100; i++) {
            pair.client().send("a" + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(pair.server().receive()).isEqualTo("a" + i);
            pair.server().send("b" + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(pair.client().receive()).isEqualTo("b" + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfAllLengthsTravel(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        for (int length : new int[] {0, 1, 4, 5, 16_378, 16_379, 16_380, 16_384, 100_000, 5_000_000}) {
            byte[] sent = new byte[length];
            Arrays.fill(sent, (byte) length);
            var sending = scene.run(() -> {
                pair.client().sendBytes(sent);
                return null;
            });
            assertThat(pair.server().receiveBytes()).isEqualTo(sent);
            sending.get();
        }
        pair.client().sendBytes(new byte[] {1, 2, 3, 4}, 1, 2);
        assertThat(pair.server().receiveBytes()).containsExactly(2, 3);
        assertThatThrownBy(() -> pair.client().sendBytes(new byte[4], 3, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOfTheWrongKindOrSizeStays(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        pair.client().send("text");
        pair.client().sendBytes(new byte[] {1, 2, 3});
        assertThatThrownBy(pair.server()::receiveBytes).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not consumed, call receive()");
        assertThat(pair.server().receive()).isEqualTo("text");
        assertThatThrownBy(pair.server()::receive).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not consumed, call receiveBytes()");
        assertThatThrownBy(() -> pair.server().receiveInto(ByteBuffer.allocate(2)))
                .isInstanceOf(BufferOverflowException.class)
                .rootCause().hasMessageContaining("message of 3 bytes, room for 2; it was not consumed");
        ByteBuffer target = ByteBuffer.allocate(4).position(1);
        assertThat(pair.server().receiveInto(target)).isEqualTo(3);
        assertThat(target.array()).containsExactly(0, 1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void pollConsumesNothingAndIsTrueAtTheEnd(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        assertThat(pair.server().poll(0, TimeUnit.SECONDS)).isFalse();
        assertThat(pair.server().poll(-1, TimeUnit.SECONDS)).isFalse();
        long start = System.nanoTime();
        assertThat(pair.server().poll(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        pair.client().send("");
        assertThat(pair.server().poll(1, TimeUnit.MINUTES)).isTrue();
        assertThat(pair.server().poll(0, TimeUnit.SECONDS)).isTrue();
        assertThat(pair.server().receive()).isEmpty();
        pair.client().close();
        assertThat(pair.server().poll(1, TimeUnit.MINUTES)).isTrue();
        assertThatThrownBy(pair.server()::receive).isInstanceOf(EOFException.class);
    }

    /// Also when all buffers are full at the time of the close.
    @ParameterizedTest
    @EnumSource
    void everythingSentBeforeACloseIsReceivedAndThenTheEnd(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        byte[] message = new byte[10_000];
        var sending = scene.run(() -> {
            for (int i = 0; i < 1000; i++) {
                pair.client().sendBytes(message);
            }
            pair.client().close();
            return null;
        });
        for (int i = 0; i < 1000; i++) {
            assertThat(pair.server().receiveBytes()).hasSize(10_000);
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(pair.server()::receive).isInstanceOf(EOFException.class)
                    .isNotInstanceOf(PeerDiedException.class)
                    .hasMessageMatching(".*'(unix|tcp):[^']+'.*").hasMessageContaining("closed its end");
        }
        sending.get();
    }

    @ParameterizedTest
    @EnumSource
    void aSendToAClosedSideIsRefused(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        pair.server().close();
        assertThatThrownBy(() -> {
            while (true) {
                pair.client().send("to nowhere");        // the system notices late
            }
        }).isInstanceOf(BrokenPipeException.class).hasMessageContaining("no process will read what is sent");
        assertThatThrownBy(() -> pair.client().send("again")).isInstanceOf(BrokenPipeException.class);
        assertThatThrownBy(pair.client()::receive).isInstanceOf(EOFException.class)
                .isNotInstanceOf(PeerDiedException.class);
        assertThatThrownBy(() -> pair.client().send("after the end")).isInstanceOf(BrokenPipeException.class)
                .hasMessageContaining("has closed its end;");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aSenderThatWaitsForRoomLearnsOfTheClose(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var sending = scene.run(() -> {
            pair.client().sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        sending.awaitBlocked();
        pair.server().close();
        assertThat(sending.failure()).isInstanceOf(BrokenPipeException.class);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aCloseEndsTheWaitsOfItsOwnSide(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var receiving = scene.run(pair.client()::receive);
        var queueing = scene.run(pair.client()::receive);
        var sending = scene.run(() -> {
            pair.client().sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        receiving.awaitBlocked();
        queueing.awaitBlocked();
        sending.awaitBlocked();
        pair.client().close();
        pair.client().close();
        for (var waiting : List.of(receiving, queueing, sending)) {
            assertThat(waiting.failure()).isInstanceOf(ClosedException.class)
                    .hasMessageMatching(".*this (side|end) was closed.*");
        }
        assertThat(pair.client().isClosed()).isTrue();
        assertThatThrownBy(() -> pair.client().send("")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(pair.client()::receive).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> pair.client().poll(0, TimeUnit.SECONDS)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(pair.server()::receiveBytes).isInstanceOf(PeerDiedException.class)
                .hasMessageContaining("within a message, which is lost");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anInterruptEndsAReceiveAndLosesNothing(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        var raw = scene.authenticated(listener.address(), Codec.strings().identity());
        var server = scene.accept(listener);
        Scene.write(raw, Scene.frame(6, Frame.BYTES, new byte[] {1, 2, 3}));
        var receiving = scene.run(server::receiveBytes);
        receiving.awaitBlocked();
        receiving.thread().interrupt();
        assertThat(receiving.failure()).isInstanceOf(InterruptedException.class);
        assertThat(server.poll(0, TimeUnit.SECONDS)).isFalse();
        Scene.write(raw, new byte[] {4, 5, 6});
        assertThat(server.receiveBytes()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @EnumSource
    void aPendingInterruptEndsEveryCallAtOnce(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        pair.client().send("kept");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pair.server().send("")).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(pair.server()::receive).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pair.server().poll(1, TimeUnit.MINUTES)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(pair.server().receive()).isEqualTo("kept");
        Thread.currentThread().interrupt();
        pair.server().close();
        assertThat(Thread.interrupted()).as("a close keeps the interrupt").isTrue();
        assertThatThrownBy(pair.client()::receive).isInstanceOf(EOFException.class)
                .isNotInstanceOf(PeerDiedException.class);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anInterruptWithinASendClosesTheConnection(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var sending = scene.run(() -> {
            try {
                pair.client().sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            } catch (ClosedByInterruptException e) {
                assertThat(Thread.interrupted()).as("the status is set").isTrue();
                throw e;
            }
            return null;
        });
        sending.awaitBlocked();
        var queueing = scene.run(() -> {
            pair.client().send("behind it");
            return null;
        });
        queueing.awaitBlocked();
        sending.thread().interrupt();
        assertThat(sending.failure()).isInstanceOf(ClosedByInterruptException.class);
        assertThat(queueing.failure()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> pair.client().send("later")).isInstanceOf(ClosedException.class)
                .hasMessageContaining("interrupted within its message");
        assertThatThrownBy(pair.server()::receiveBytes).isInstanceOf(PeerDiedException.class);
    }

    /// The one that waits behind another one has written nothing.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anInterruptBeforeTheFirstByteOfASendLeavesTheConnectionUsable(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var sending = scene.run(() -> {
            pair.client().sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        sending.awaitBlocked();
        var queueing = scene.run(() -> {
            pair.client().send("never sent");
            return null;
        });
        queueing.awaitBlocked();
        queueing.thread().interrupt();
        assertThat(queueing.failure()).isInstanceOf(InterruptedException.class);
        assertThat(pair.server().receiveBytes()).hasSize(BEYOND_ALL_BUFFERS);
        sending.get();
        pair.client().send("next");
        assertThat(pair.server().receive()).isEqualTo("next");
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfManySendersDoNotMixAndReachManyReceivers(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        int senders = 4;
        int each = 300;
        for (int i = 0; i < senders; i++) {
            String text = Character.toString('a' + i).repeat(3000 + i);
            scene.run(() -> {
                for (int k = 0; k < each; k++) {
                    pair.client().send(text + ":" + k);
                }
                return null;
            });
        }
        var first = scene.run(() -> receive(pair.server(), senders * each / 2));
        var second = scene.run(() -> receive(pair.server(), senders * each / 2));
        Set<String> all = new HashSet<>(first.get());
        all.addAll(second.get());
        assertThat(all).hasSize(senders * each).allMatch(text -> text.matches("(a+|b+|c+|d+):[0-9]+"));
    }

    private static Set<String> receive(Connection<String> from, int count) throws Exception {
        Set<String> received = new HashSet<>();
        for (int i = 0; i < count; i++) {
            received.add(from.receive());
        }
        return received;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void virtualThreadsAreInterruptedAndEndedByACloseToo(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var receiving = scene.runVirtual(pair.server()::receive);
        receiving.awaitBlocked();
        receiving.thread().interrupt();
        assertThat(receiving.failure()).isInstanceOf(InterruptedException.class);
        pair.client().send("kept");
        assertThat(pair.server().receive()).isEqualTo("kept");
        var polling = scene.runVirtual(() -> pair.server().poll(1, TimeUnit.HOURS));
        var sending = scene.runVirtual(() -> {
            pair.server().sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        polling.awaitBlocked();
        sending.awaitBlocked();
        pair.server().close();
        assertThat(polling.failure()).isInstanceOf(ClosedException.class);
        assertThat(sending.failure()).isInstanceOf(ClosedException.class);
    }

    /// A socket of Unix takes a small message whole or not at all, so the interrupted send has sent nothing.
    @Test
    void aCloseWaitsForRoomForTheFarewellAndNotWithoutEnd() throws Exception {
        var pair = scene.pair(Kind.UNIX);
        AtomicInteger sent = new AtomicInteger();
        var sending = scene.run(() -> {
            while (true) {
                pair.client().sendBytes(new byte[1000]);
                sent.incrementAndGet();
            }
        });
        sending.awaitBlocked();
        sending.thread().interrupt();
        assertThat(sending.failure()).isInstanceOf(InterruptedException.class);
        long start = System.nanoTime();
        pair.client().close();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
        for (int i = 0; i < sent.get(); i++) {
            assertThat(pair.server().receiveBytes()).hasSize(1000);
        }
        assertThatThrownBy(pair.server()::receive).as("it had no farewell").isInstanceOf(PeerDiedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void channelsCarryAStreamWithoutBorders(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        byte[] all = new byte[100_000];
        new Random(1).nextBytes(all);
        scene.run(() -> {
            try (var sink = pair.client().writable()) {
                assertThat(sink.isOpen()).isTrue();
                assertThat(sink.write(ByteBuffer.wrap(all))).isEqualTo(all.length);
                assertThat(sink.write(ByteBuffer.allocate(0))).isZero();
            }
            return null;
        });
        var source = pair.server().readable();
        assertThat(source.read(ByteBuffer.allocate(0))).isZero();
        assertThat(Channels.newInputStream(source).readAllBytes()).isEqualTo(all);
        assertThat(source.read(ByteBuffer.allocate(1))).as("the end stays").isEqualTo(-1);
        source.close();
        assertThat(pair.server().isClosed()).isTrue();
        assertThat(source.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedChannelIsClosedAsThoseOfTheJdk(Kind kind) throws Exception {
        var pair = scene.pair(kind);
        var reading = scene.run(() -> {
            try {
                return pair.server().readable().read(ByteBuffer.allocate(1));
            } catch (ClosedByInterruptException e) {
                assertThat(Thread.interrupted()).isTrue();
                throw e;
            }
        });
        reading.awaitBlocked();
        reading.thread().interrupt();
        assertThat(reading.failure()).isInstanceOf(ClosedByInterruptException.class);
        assertThat(pair.server().isClosed()).isTrue();
    }

    /// A codec that uses its own connection while it decodes would wait for itself.
    @Test
    void aReceiveWithinADecodingIsRefused() throws Exception {
        AtomicReference<Connection<String>> within = new AtomicReference<>();
        Codec<String> codec = new Recursive(within);
        var listener = scene.keep(Listener.open(scene.address(Kind.UNIX), scene.key, codec));
        var client = scene.keep(Client.connect(listener.address(), scene.key, codec));
        within.set(scene.accept(listener));
        client.send("x");
        assertThatThrownBy(within.get()::receive).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is being decoded; receive the next one after it");
        client.send("y");
        assertThat(within.get().poll(1, TimeUnit.MINUTES)).as("the first one was dropped").isTrue();
    }

    private record Recursive(AtomicReference<Connection<String>> within) implements Codec<String> {
        @Override
        public int encode(String value, MutableDirectBuffer buffer, int offset) {
            return Codec.strings().encode(value, buffer, offset);
        }

        @Override
        public String decode(DirectBuffer buffer, int offset, int length) {
            try {
                return within.get().receive();
            } catch (Exception e) {
                throw e instanceof RuntimeException unchecked ? unchecked : new IllegalArgumentException(e);
            }
        }

        @Override
        public String identity() {
            return "recursive";
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyVirtualThreadsWaitInConnectionsAtTheSameTime(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        int count = 60;
        for (int i = 0; i < count; i++) {
            var pair = scene.pair(listener, ConnectionOptions.defaults());
            var _ = Thread.startVirtualThread(() -> {
                try {
                    pair.server().send(pair.server().receive() + "!");
                } catch (Exception e) {
                    pair.server().close();
                }
            });
            scene.keep(() -> {
                pair.client().send("x");
                assertThat(pair.client().receive()).isEqualTo("x!");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesUpToTheLimitTravelAndLongerOnesAreRefusedBeforeTheyAreSent(Kind kind) throws Exception {
        ConnectionOptions options = ConnectionOptions.defaults().withMaxFrameBytes(1000);
        var pair = scene.pair(scene.listener(kind, options), options);
        pair.client().sendBytes(new byte[1000]);
        assertThatThrownBy(() -> pair.client().sendBytes(new byte[1001])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("message of 1,001 bytes exceeds the limit of 1,000; split it");
        assertThat(pair.server().receiveBytes()).hasSize(1000);
    }

    @ParameterizedTest
    @EnumSource
    void clientsAreAcceptedInTheOrderInWhichTheyConnected(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        for (int i = 0; i < 20; i++) {
            scene.keep(Client.connect(listener.address(), scene.key, Codec.strings())).send("client " + i);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(scene.accept(listener).receive()).isEqualTo("client " + i);
        }
        assertThat(listener.accept(0, TimeUnit.SECONDS)).isNull();
        assertThat(listener.accept(5, TimeUnit.MILLISECONDS)).isNull();
        assertThat(listener.refused()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedListenerEndsItsWaitsAndKeepsWhatWasAccepted(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        var pair = scene.pair(listener, ConnectionOptions.defaults());
        var left = scene.keep(Client.connect(listener.address(), scene.key, Codec.strings()));
        assertThat(Scene.threadDump()).as("the check at the end sees it").contains("sluice-listener");
        Listener<String> empty = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        var accepting = scene.run(empty::accept);
        accepting.awaitBlocked();
        empty.close();
        empty.close();
        assertThat(accepting.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("was closed");
        listener.close();
        assertThatThrownBy(listener::accept).isInstanceOf(ClosedException.class);
        assertThatThrownBy(left::receive).as("was not accepted").isInstanceOf(EOFException.class);
        pair.client().send("still here");
        assertThat(pair.server().receive()).isEqualTo("still here");
        var interrupted = scene.run(scene.keep(Listener.open(Address.unix(), scene.key))::accept);
        interrupted.awaitBlocked();
        interrupted.thread().interrupt();
        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
    }
}
