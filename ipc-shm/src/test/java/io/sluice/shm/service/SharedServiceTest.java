package io.sluice.shm.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.idle.Waits;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.service.SharedService.Client;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls and answers between processes and threads, and every way in which a call ends without an answer.
public class SharedServiceTest extends HandleTest {
    private static final int LARGE = 100_000;

    private static SharedService<Integer, Integer> numbers(SharedSpace space) {
        return space.service("numbers", Codec.ints(), Codec.ints());
    }

    private static SharedService<byte[], byte[]> bytes(SharedSpace space, int capacity) {
        return space.service("bytes", Codec.bytes(), Codec.bytes(), ServiceOptions.defaults().withCapacity(capacity));
    }

    /// A request goes to the server of the other kind, and its answer comes back.
    @ParameterizedTest
    @EnumSource(Other.class)
    void aCallReturnsWhatTheHandlerReturned(Other other) throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        String home = root;
        Reply<Object> server = party(other).start(desk -> {
            numbers(desk.space(home)).serve((number, client) -> number + 1);
            return null;
        });
        for (int number = 0; number < 1000; number++) {
            assertThat(service.call(number)).isEqualTo(number + 1);
        }
        assertThat(service.call(41, 1, TimeUnit.MINUTES)).isEqualTo(42);
        assertThat(service.callAsync(7).get()).isEqualTo(8);
        assertThat(service.open()).isZero();
        service.shutdown();
        server.get();
    }

    /// A waiter of each kind is woken by the other side.
    @ParameterizedTest
    @EnumSource(WaitStrategy.class)
    void bothSidesWaitAsTheirDoorSays(WaitStrategy waiting) throws Exception {
        SharedService<Integer, Integer> service = numbers(space.with(waiting));
        Reply<Object> server = threads().start(desk -> {
            service.serve((number, client) -> -number);
            return null;
        });
        for (int number = 0; number < 100; number++) {
            assertThat(service.call(number)).isEqualTo(-number);
        }
        service.shutdown();
        server.get();
    }

    /// A call that no client has made cannot be answered: the client whose request was damaged learns it at once.
    @Test
    void aRequestWithADamagedNumberIsRefusedAtOnce() throws Exception {
        SharedService<String, String> service = space.service("texts", Codec.strings(), Codec.strings());
        Reply<Object> first = threads().start(desk -> service.call("first"));
        until(() -> service.open() == 1 && service.poll((text, client) -> text));
        assertThat(first.get()).isEqualTo("first");
        CompletableFuture<String> damaged = service.callAsync("the damaged request");
        CompletableFuture<String> sound = service.callAsync("a sound one");
        damage(space.path().resolve("texts"), "the damaged request");
        assertThatThrownBy(() -> service.poll((text, client) -> text)).isInstanceOf(CorruptObjectException.class)
                .hasMessageContaining("service 'texts': the request at position").hasMessageContaining("not been made");
        assertThatThrownBy(damaged::get).cause().isInstanceOf(HandlerException.class)
                .hasMessageContaining("something else has written into the memory");
        assertThat(service.poll((text, client) -> text)).isTrue();
        assertThat(sound.get()).isEqualTo("a sound one");
        assertThat(service.open()).isZero();
        Reply<Object> last = threads().start(desk -> service.call("last"));
        until(() -> service.open() == 1 && service.poll((text, client) -> text));
        assertThat(last.get()).as("cells and ring are as before").isEqualTo("last");
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(100_000);
        }
    }

    /// Flips a bit in the number of a call: it stands before the request in the ring.
    private static void damage(Path object, String request) throws IOException {
        try (FileChannel file = FileChannel.open(object, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer memory = file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
            byte[] all = new byte[memory.capacity()];
            memory.get(all);
            int at = new String(all, StandardCharsets.ISO_8859_1).indexOf(request) - Long.BYTES;
            memory.put(at + 3, (byte) (memory.get(at + 3) ^ 1));         // bit 24 of call << 10 | client
        }
    }

    /// Requests and answers of every size arrive as they were, and leave no file.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 41, 80, 112, 113, 4096, LARGE})
    void requestsAndAnswersHaveAnyLength(int length) throws Exception {
        SharedService<byte[], byte[]> service = bytes(space, 2);
        Reply<Object> server = threads().start(desk -> {
            service.serve((request, client) -> {
                for (int i = 0; i < request.length; i++) {
                    request[i]++;
                }
                return request;
            });
            return null;
        });
        byte[] request = new byte[length];
        for (int i = 0; i < 3; i++) {
            byte[] answer = service.call(request);
            assertThat(answer).hasSize(length);
            for (byte one : answer) {
                assertThat(one).isEqualTo((byte) (request.length == 0 ? 0 : 1));
            }
        }
        assertThat(sandbox.files()).containsExactly("bytes");
        service.shutdown();
        server.get();
    }

    /// One exception carries what the handler threw, and the server goes on; a long trace travels through a file.
    @Test
    void whatAHandlerThrowsArrivesAsTexts() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        String home = root;
        Reply<Object> server = peer().start(desk -> {
            numbers(desk.space(home)).serve((number, client) -> switch (number) {
                case 0 -> throw new IllegalStateException("not " + number, new CodecException("the cause"));
                case 1 -> throw new AssertionError();
                case 2 -> throw new InterruptedIoException();
                case 3 -> throw new HostileException();
                case 4 -> null;
                case 5 -> endless(number);
                default -> number;
            });
            return null;
        });
        assertThatThrownBy(() -> service.call(0)).isInstanceOf(HandlerException.class)
                .hasMessage("service 'numbers': java.lang.IllegalStateException: not 0")
                .satisfies(failed -> {
                    HandlerException thrown = (HandlerException) failed;
                    assertThat(thrown.remoteClass()).isEqualTo("java.lang.IllegalStateException");
                    assertThat(thrown.remoteMessage()).isEqualTo("not 0");
                    assertThat(thrown.remoteTrace()).contains(
                            "IllegalStateException: not 0", "SharedServiceTest", "CodecException: the cause");
                    assertThat(thrown.getCause().getMessage()).isEqualTo(thrown.remoteTrace());
                });
        assertThatThrownBy(() -> service.call(1)).isInstanceOf(HandlerException.class)
                .hasMessage("service 'numbers': java.lang.AssertionError");
        assertThatThrownBy(() -> service.call(2)).hasMessageContaining("InterruptedIoException: by a signal");
        assertThatThrownBy(() -> service.call(3)).isInstanceOf(HandlerException.class)
                .hasMessage("service 'numbers': " + HostileException.class.getName());
        assertThatThrownBy(() -> service.call(4))
                .hasMessageContaining("service 'numbers': the handler returned null");
        assertThatThrownBy(() -> service.callAsync(1).get()).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(HandlerException.class);
        assertThatThrownBy(() -> service.call(5)).hasMessageContaining("java.lang.StackOverflowError");
        assertThat(service.call(6)).isEqualTo(6);
        assertThat(service.open()).isZero();
        assertThat(sandbox.files()).containsExactly("numbers");
        service.shutdown();
        server.get();
    }

    @SuppressWarnings("InfiniteRecursion")   // the mistake that is shown
    private static int endless(int number) {
        return 1 + endless(number + 1);
    }

    /// A checked exception.
    static final class InterruptedIoException extends Exception {
        private static final long serialVersionUID = 1L;

        InterruptedIoException() {
            super("by a signal");
        }
    }

    /// Its texts cannot be had.
    static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no text");
        }
    }

    /// A request that was given up before a server took it is dropped: its handler does not run.
    @Test
    void aTimedOutRequestIsDropped() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        assertThatThrownBy(() -> service.call(1, 0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class)
                .hasMessage("service 'numbers': no answer has come within the time-out of the call");
        assertThatThrownBy(() -> service.call(2, 1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> service.call(3)).isInstanceOf(InterruptedException.class);
        Reply<Integer> interrupted = threads().start(desk -> {
            desk.tellWhenWaiting();
            return service.call(4);
        });
        interrupted.awaitWaiting().interrupt();
        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        assertThat(service.open()).isZero();
        assertThat(service.callAsync(5)).satisfies(cancelled -> cancelled.cancel(false));
        CompletableFuture<Integer> wanted = service.callAsync(6);
        List<Integer> handled = new ArrayList<>();
        while (!wanted.isDone()) {
            service.poll((number, client) -> {
                handled.add(number);
                return number;
            });
        }
        assertThat(handled).contains(6).isSubsetOf(5, 6);      // the cancel may have come too late
        assertThat(wanted.get()).isEqualTo(6);
    }

    /// The late answer of a call that was given up is dropped, large or small, and no later call gets it. Its cell is
    /// free only then.
    @ParameterizedTest
    @ValueSource(ints = {1, LARGE})
    void aLateAnswerReachesNoOtherCall(int length) throws Exception {
        SharedService<byte[], byte[]> service = bytes(space, 2);
        CountDownLatch goOn = new CountDownLatch(1);
        BlockingQueue<Byte> taken = new LinkedBlockingQueue<>();
        Threads threads = threads();
        Reply<Object> slow = threads.start(desk -> {
            service.serve((request, client) -> {
                taken.add(request[0]);
                if (request[0] == 1) {
                    goOn.await();
                }
                return request;
            });
            return null;
        });
        byte[] first = new byte[length];
        first[0] = 1;
        CompletableFuture<byte[]> given = service.callAsync(first);
        assertThat(taken.take()).isEqualTo((byte) 1);
        given.cancel(true);
        assertThatThrownBy(given::get).isInstanceOf(CancellationException.class);
        Reply<Object> quick = threads.start(desk -> {
            service.serve((request, client) -> request);
            return null;
        });
        byte[] second = new byte[length];
        second[0] = 2;
        for (int i = 0; i < 10; i++) {
            assertThat(service.call(second)[0]).isEqualTo((byte) 2);
        }
        assertThat(service.open()).isEqualTo(1);
        goOn.countDown();
        Reply<Object> both = threads.start(desk -> {        // needs both cells at once
            CompletableFuture<byte[]> one = service.callAsync(second);
            assertThat(service.call(second)[0]).isEqualTo((byte) 2);
            assertThat(one.get()[0]).isEqualTo((byte) 2);
            return null;
        });
        both.get();
        while (service.open() != 0) {
            assertThat(service.call(second)[0]).isEqualTo((byte) 2);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(service.call(second)[0]).isEqualTo((byte) 2);
        }
        service.shutdown();
        slow.get();
        quick.get();
        service.close();
        assertThat(sandbox.files()).containsExactly("bytes");
    }

    /// With all cells taken, a call waits for one, no longer than its time-out.
    @Test
    void aCallWaitsForACell() throws Exception {
        SharedService<byte[], byte[]> service = bytes(space, 1);
        CompletableFuture<byte[]> first = service.callAsync(new byte[] {1});
        assertThat(service.open()).isEqualTo(1);
        assertThatThrownBy(() -> service.call(new byte[] {2}, 1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("service 'bytes': no cell was free, since 1 calls are open within the time-out of the"
                        + " call");
        Reply<byte[]> waiting = threads().start(desk -> {
            desk.tellWhenWaiting();
            return service.call(new byte[] {3});
        });
        waiting.awaitWaiting();
        CompletableFuture<byte[]> later = service.callAsync(new byte[] {4});
        while (!waiting.isDone() || !later.isDone()) {
            service.poll((request, client) -> request);
        }
        assertThat(first.get()).containsExactly(1);
        assertThat(waiting.get()).containsExactly(3);
        assertThat(later.get()).containsExactly(4);
    }

    /// Requests whose calls were given up fill the ring; a call waits for room, and a server makes it.
    @Test
    void aCallWaitsForRoomInTheRing() throws Exception {
        SharedService<byte[], byte[]> service = bytes(space, 1);
        assertThatThrownBy(() -> service.call(new byte[] {1}, 0, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> service.call(new byte[] {2}, 1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("service 'bytes': no server has made room for the request within the time-out of the call");
        CompletableFuture<byte[]> wanted = service.callAsync(new byte[] {3});
        while (!wanted.isDone()) {
            service.poll((request, client) -> request);
        }
        assertThat(wanted.get()).containsExactly(3);
        assertThat(service.open()).isZero();
    }

    /// Many clients, many servers, in two processes: each call gets its own answer.
    @Test
    void manyClientsCallManyServers() throws Exception {
        int calls = 2000;
        String home = root;
        SharedService<Integer, Integer> service = numbers(space);
        List<Reply<Object>> servers = new ArrayList<>();
        List<Reply<Integer>> clients = new ArrayList<>();
        Threads threads = threads();
        for (int i = 0; i < 2; i++) {
            servers.add(peer().start(desk -> {
                numbers(desk.space(home)).serve((number, client) -> number * 2);
                return null;
            }));
            servers.add(threads.start(desk -> {
                service.serve((number, client) -> number * 2);
                return null;
            }));
        }
        for (int i = 0; i < 3; i++) {
            int base = i * calls;
            clients.add(peer().start(desk -> wrong(numbers(desk.space(home)), base, calls)));
            clients.add(threads.start(desk -> wrong(service, base, calls)));
        }
        for (Reply<Integer> client : clients) {
            assertThat(client.get()).isZero();
        }
        assertThat(service.open()).isZero();
        service.shutdown();
        servers.forEach(Reply::get);
    }

    private static int wrong(SharedService<Integer, Integer> service, int base, int calls) throws InterruptedException {
        int wrong = 0;
        for (int number = base; number < base + calls; number++) {
            if (service.call(number) != number * 2) {
                wrong++;
            }
        }
        return wrong;
    }

    /// Async calls of a thread reach a server in their order, and stages run in no thread that another call needs.
    @Test
    void asyncCallsKeepTheirOrderAndTheirStagesDisturbNone() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            answers.add(service.callAsync(number));
        }
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> stage = answers.getFirst().thenApply(_ -> {
            boolean virtual = Thread.currentThread().isVirtual();
            try {
                release.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return virtual;
        });
        List<Integer> handled = new ArrayList<>();
        while (handled.size() < 100) {
            service.poll((number, client) -> {
                handled.add(number);
                return -number;
            });
        }
        for (int number = 1; number < 100; number++) {
            assertThat(answers.get(number).get()).isEqualTo(-number);
            assertThat(handled.get(number)).isEqualTo(number);
        }
        assertThat(stage).isNotDone();
        release.countDown();
        assertThat(stage.get()).isTrue();
        CompletableFuture<Integer> late = service.callAsync(1).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(late::get).hasCauseInstanceOf(TimeoutException.class);
        while (service.open() != 0) {
            Thread.onSpinWait();     // its thread drops the call
        }
    }

    /// Open calls fail, servers end, later calls are refused, in all processes; large requests leave no file.
    @Test
    void aShutdownEndsEverything() throws Exception {
        SharedService<byte[], byte[]> service = bytes(space, 4);
        String home = root;
        Peer peer = peer();
        Reply<Object> idle = threads().start(desk -> {
            service.serve((request, client) -> request);
            return null;
        });
        assertThat(service.call(new byte[] {1})).containsExactly(1);
        service.shutdown();
        idle.get();
        service.unlink();
        service.close();

        SharedService<byte[], byte[]> next = bytes(space, 4);
        Reply<Object> there = peer.start(desk -> {
            desk.tellWhenWaiting();
            return bytes(desk.space(home), 4).call(new byte[LARGE]);
        });
        there.awaitWaiting();
        CompletableFuture<byte[]> here = next.callAsync(new byte[LARGE]);
        assertThat(next.isShutdown()).isFalse();
        next.shutdown();
        next.shutdown();
        assertThat(next.isShutdown()).isTrue();
        assertThat(there.failure()).isInstanceOf(ShutdownException.class)
                .hasMessage("service 'bytes' was shut down; no call is answered any more");
        assertThatThrownBy(here::get).hasCauseInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> next.call(new byte[1])).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> next.callAsync(new byte[1])).isInstanceOf(ShutdownException.class);
        next.serve((request, client) -> request);
        assertThat(next.poll((request, client) -> request)).isFalse();
        assertThat(next.open()).isZero();
        assertThat(sandbox.files()).containsExactly("bytes");
    }

    /// A close ends the calls and the loop of its own handle, and nothing else.
    @Test
    void aCloseEndsItsOwnCallsAndLoop() throws Exception {
        SharedService<Integer, Integer> kept = numbers(space);
        SharedService<Integer, Integer> client = numbers(space);
        SharedService<Integer, Integer> server = numbers(space);
        Threads threads = threads();
        Reply<Integer> call = threads.start(desk -> {
            desk.tellWhenWaiting();
            return client.call(1);
        });
        call.awaitWaiting();
        CompletableFuture<Integer> async = client.callAsync(2);
        client.close();
        client.close();
        assertThat(client.isClosed()).isTrue();
        assertThat(call.failure()).isInstanceOf(ClosedException.class)
                .hasMessage("service 'numbers': this handle was closed");
        assertThatThrownBy(async::get).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> client.call(1)).isInstanceOf(ClosedException.class);
        assertThat(client).hasToString("SharedService[numbers, closed]");
        while (kept.open() != 0) {
            Thread.onSpinWait();     // the threads of the two calls leave their cells
        }
        Reply<Object> loop = threads.start(desk -> {
            desk.tellWhenWaiting();
            server.serve((number, _) -> {
                throw new AssertionError("a dropped request was handled");
            });
            return null;
        });
        loop.awaitWaiting();
        server.close();
        assertThat(loop.failure()).isInstanceOf(ClosedException.class)
                .hasMessage("service 'numbers': this handle was closed");
        CompletableFuture<Integer> answer = kept.callAsync(3);
        SharedService<Integer, Integer> last = numbers(space);
        while (!answer.isDone()) {
            if (!last.isClosed()) {
                last.poll((number, _) -> {
                    last.close();    // its answer travels, since the process has the service open
                    return number;
                });
            }
        }
        assertThat(answer.get()).isEqualTo(3);
    }

    /// A process that closes the service in the middle of a call fails that call, as its death would.
    @Test
    void theCloseOfTheLastHandleFailsTheCallsOfItsServer() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        String home = root;
        peer().start(desk -> {
            SharedService<Integer, Integer> server = numbers(desk.space(home));
            server.poll((number, client) -> number);        // nothing is there
            desk.keep("server", server);
            return null;
        }).get();
        Reply<Object> serving = peer().start(desk -> {
            SharedService<?, ?> server = desk.kept("server", SharedService.class);
            try {
                numbers(desk.space(home)).serve((number, client) -> {
                    desk.close();    // the space, with both handles
                    return number;
                });
            } catch (ClosedException expected) {
                return server.isClosed();
            }
            return false;
        });
        assertThatThrownBy(() -> service.call(1)).isInstanceOf(ServerDiedException.class)
                .hasMessage("service 'numbers': the server that had the request died, or closed the service, before it"
                        + " answered; whether it has executed the request is not known");
        assertThat(serving.get()).isEqualTo(true);
        assertThat(service.open()).isZero();
    }

    /// A server learns which process calls, and whether that lives.
    @Test
    void aServerKnowsItsClients() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        String home = root;
        List<Client> clients = new ArrayList<>();
        SharedService.Handler<Integer, Integer> handler = (number, client) -> {
            clients.add(client);
            return number;
        };
        Peer mortal = sandbox.peer();
        for (int i = 0; i < 2; i++) {
            Reply<Integer> theirs = mortal.start(desk -> numbers(desk.space(home)).call(1));
            while (!theirs.isDone()) {
                service.poll(handler);
            }
            CompletableFuture<Integer> ours = service.callAsync(1);
            while (!ours.isDone()) {
                service.poll(handler);
            }
        }
        assertThat(clients).hasSize(4);
        assertThat(clients.get(0)).isEqualTo(clients.get(2)).isNotEqualTo(clients.get(1));
        assertThat(clients.get(1)).isSameAs(clients.get(3));
        assertThat(clients.get(0).pid()).isEqualTo(mortal.pid());
        assertThat(clients.get(1).pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(service.isAlive(clients.get(0))).isTrue();
        assertThat(service.isAlive(clients.get(1))).isTrue();
        mortal.close();
        while (service.isAlive(clients.get(0))) {
            Thread.onSpinWait();
        }
        assertThat(service.isAlive(clients.get(1))).isTrue();
        Peer other = sandbox.peer();
        Reply<Integer> theirs = other.start(desk -> numbers(desk.space(home)).call(1));
        while (!theirs.isDone()) {
            service.poll(handler);
        }
        assertThat(clients.getLast()).isNotEqualTo(clients.getFirst());
        assertThat(service.isAlive(clients.getFirst())).isFalse();
    }

    /// A handler may call, also its own service through another server.
    @Test
    void aHandlerMayCall() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        Threads threads = threads();
        List<Reply<Object>> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            servers.add(threads.start(desk -> {
                service.serve((number, client) -> number == 0 ? 0 : number + service.call(number - 1));
                return null;
            }));
        }
        assertThat(service.call(2)).isEqualTo(3);
        service.shutdown();
        servers.forEach(Reply::get);
    }

    /// An interrupted server has answered, and ends.
    @Test
    void anInterruptEndsTheLoopOfAServer() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        Threads threads = threads();
        Reply<Object> waiting = threads.start(desk -> {
            desk.tellWhenWaiting();
            service.serve((number, client) -> number);
            return null;
        });
        waiting.awaitWaiting().interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        Reply<Object> busy = threads.start(desk -> {
            service.serve((number, client) -> {
                Thread.currentThread().interrupt();
                return new CountDownLatch(1).await(1, TimeUnit.MINUTES) ? 1 : 2;
            });
            return null;
        });
        assertThatThrownBy(() -> service.call(1)).isInstanceOf(HandlerException.class)
                .hasMessageContaining("java.lang.InterruptedException");
        assertThat(busy.failure()).isInstanceOf(InterruptedException.class);
    }

    /// A request is ready for a server, and is not taken by the wait.
    @Test
    void aServerWaitsForTheFirstOfSeveral() throws Exception {
        SharedService<Integer, Integer> service = numbers(space);
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        assertThat(service.awaitReady(0, TimeUnit.SECONDS)).isFalse();
        CompletableFuture<Integer> answer = service.callAsync(1);
        assertThat(Waits.any(List.of(queue, service), Duration.ofMinutes(1))).containsExactly(service);
        AtomicInteger handled = new AtomicInteger();
        assertThat(service.poll((number, client) -> handled.addAndGet(number))).isTrue();
        assertThat(answer.get()).isEqualTo(1);
        assertThat(service.poll((number, client) -> handled.addAndGet(number))).isFalse();
    }

    /// Codecs and options are compared; wrong numbers are refused when the options are made.
    @Test
    void anotherServiceOfTheNameIsRefused() {
        try (SharedService<Integer, Integer> service = numbers(space)) {
            assertThat(service.capacity()).isEqualTo(256);
            assertThat(service.name()).isEqualTo("numbers");
            assertThat(service).hasToString("SharedService[numbers, 0 open of 256, %s -> %s]".formatted(
                    Codec.ints().identity(), Codec.ints().identity()));
            assertThatThrownBy(() -> service.call(null)).isInstanceOf(NullPointerException.class)
                    .hasMessage("service 'numbers' takes no null");
            assertThatThrownBy(() -> space.service("numbers", Codec.ints(), Codec.longs()))
                    .isInstanceOf(MismatchException.class);
            assertThatThrownBy(() -> space.service("numbers", Codec.ints(), Codec.ints(),
                    ServiceOptions.defaults().withRetries(1))).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("retries");
            assertThatThrownBy(() -> space.queue("numbers", Codec.ints(), 4)).isInstanceOf(MismatchException.class)
                    .hasMessageContaining("SERVICE");
        }
        assertThatThrownBy(() -> ServiceOptions.defaults().withCapacity(65_537))
                .hasMessage("service: capacity of 65,537 open calls is not between 1 and 65,536");
        assertThatThrownBy(() -> ServiceOptions.defaults().withAnswerBytes(-1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("answers of -1 bytes");
        assertThatThrownBy(() -> ServiceOptions.defaults().withRequestBytes(1 << 20))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("requests of 1,048,576 bytes");
        assertThatThrownBy(() -> ServiceOptions.defaults().withRetries(-1))
                .hasMessage("service: -1 retries; a number is not negative");
    }

    /// A captured handle leads another process to a nameless service.
    @Test
    void aHandleTravels() throws Exception {
        SharedService<String, Integer> service = space.service(Codec.strings(), Codec.ints());
        Reply<Integer> theirs = peer().start(desk -> service.call("four"));
        while (!theirs.isDone()) {
            service.poll((text, client) -> text.length());
        }
        assertThat(theirs.get()).isEqualTo(4);
        assertThat(travelled(service).name()).isEqualTo(service.name());
        assertThat(service.isLinked()).isTrue();
        assertThat(service.unlink()).isTrue();
        assertThat(service.isLinked()).isFalse();
    }
}
