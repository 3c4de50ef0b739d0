package io.sluice.shm.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Desk;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client, a server, or a cleaner of a service dies at each named step: every call ends, the survivors go on with
/// each cell and each slot, and nothing is left.
@Timeout(120)
public class ServiceDeathTest {
    private static final int CAPACITY = 2;
    private static final int LARGE = 100_000;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final Threads threads = sandbox.with(Threads.platform());

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static SharedService<byte[], byte[]> service(SharedSpace space, int retries) {
        return space.service("service", Codec.bytes(), Codec.bytes(),
                ServiceOptions.defaults().withCapacity(CAPACITY).withRetries(retries));
    }

    private Peer victim(int retries) {
        Peer victim = sandbox.peer();
        String home = root;
        victim.call(desk -> {
            desk.keep("service", service(desk.space(home), retries));
            return null;
        });
        return victim;
    }

    private static void startServing(Peer victim) {
        victim.start(desk -> {
            kept(desk).serve((request, client) -> request);
            return null;
        });
    }

    @SuppressWarnings("unchecked")   // what was kept
    private static SharedService<byte[], byte[]> kept(Desk desk) {
        return (SharedService<byte[], byte[]>) desk.kept("service", SharedService.class);
    }

    private static byte[] request(int first, int bytes) {
        byte[] request = new byte[bytes];
        request[0] = (byte) first;
        return request;
    }

    /// Each slot and each cell serves, at once and again, and nothing is left of the victims.
    private void checkWhole(SharedService<byte[], byte[]> service) throws Exception {
        space.sweep();
        assertThat(service.open()).isZero();
        for (int round = 0; round < 2; round++) {
            CompletableFuture<byte[]> first = service.callAsync(request(1, LARGE));
            CompletableFuture<byte[]> second = service.callAsync(request(2, 1));
            while (!first.isDone() || !second.isDone()) {
                service.poll((request, client) -> request);
            }
            assertThat(first.get()[0]).isEqualTo((byte) 1);
            assertThat(second.get()[0]).isEqualTo((byte) 2);
        }
        while (service.open() != 0) {
            Thread.onSpinWait();     // the virtual threads leave their cells behind the completion
        }
        assertThat(space.list().getFirst().dead()).isZero();
        assertThat(sandbox.files()).containsExactly("service");
        sandbox.leaveNothing();
    }

    /// A server that dies before it has leased the call leaves the request to the next one; one that dies after it fails
    /// the call, unless the answer is there. The other call is not touched.
    @ParameterizedTest
    @Share
    @CsvSource({
        "TAKE_WORD_SET, 1, answered", "TAKE_HELD, 100000, answered", "CALL_LEASED, 1, failed",
        "RELEASE_WORD_SET, 1, failed", "LARGE_RELEASED, 100000, failed", "CALL_REQUEST_RELEASED, 1, failed",
        "CALL_ANSWER_WRITTEN, 100000, failed", "CALL_ENDED, 100000, ended"
    })
    void aServerThatDiesFailsExactlyItsOpenCalls(CrashPoint point, int bytes, String outcome) throws Exception {
        SharedService<byte[], byte[]> service = service(space, 0);
        Peer victim = victim(0);
        victim.dieAt(point, 1);
        CompletableFuture<byte[]> call = service.callAsync(request(1, bytes));
        CompletableFuture<byte[]> other = service.callAsync(request(2, 1));
        startServing(victim);
        victim.awaitSelfKill();
        if (outcome.equals("failed")) {
            assertThatThrownBy(() -> call.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(ServerDiedException.class);
        } else if (outcome.equals("ended")) {
            assertThat(call.get(1, TimeUnit.MINUTES)[0]).isEqualTo((byte) 1);
        }
        assertThat(other).isNotDone();
        while (!call.isDone() || !other.isDone()) {
            service.poll((request, client) -> request);
        }
        if (outcome.equals("answered")) {
            assertThat(call.get()[0]).isEqualTo((byte) 1);
        }
        assertThat(other.get()[0]).isEqualTo((byte) 2);
        checkWhole(service);
    }

    /// A request that is declared idempotent goes to as many more servers as the options say.
    @Test
    void anIdempotentRequestGoesToAnotherServer() throws Exception {
        SharedService<byte[], byte[]> service = service(space, 1);
        Peer first = victim(1);
        first.dieAt(CrashPoint.CALL_ANSWER_WRITTEN, 1);
        Reply<byte[]> answer = threads.start(desk -> service.call(request(1, LARGE)));
        startServing(first);
        first.awaitSelfKill();
        Peer second = victim(1);
        startServing(second);
        assertThat(answer.get()[0]).isEqualTo((byte) 1);
        second.dieAt(CrashPoint.CALL_LEASED, 1);
        Reply<byte[]> failing = threads.start(desk -> service.call(request(2, 1)));
        second.awaitSelfKill();
        Peer third = victim(1);
        third.dieAt(CrashPoint.CALL_REQUEST_RELEASED, 1);
        startServing(third);
        third.awaitSelfKill();
        assertThat(failing.failure()).isInstanceOf(ServerDiedException.class);
        checkWhole(service);
    }

    /// The request of a client that dies is dropped, or its answer is, and its cell comes back. It dies in a call that a
    /// server answers, or in one that times out.
    @ParameterizedTest
    @Share
    @ValueSource(strings = {
        "CALL_CELL_CLAIMED 1", "CLAIM_HELD 1", "LARGE_WRITTEN 100000", "COMMIT_WORD_SET 100000", "CALL_TAKEN_BACK 1",
        "CALL_CELL_LEFT 100000", "WAIT_ANNOUNCED 100000"
    })
    void theCallOfAClientThatDiesIsDropped(String pointAndBytes) throws Exception {
        CrashPoint point = CrashPoint.valueOf(pointAndBytes.substring(0, pointAndBytes.indexOf(' ')));
        int bytes = Integer.parseInt(pointAndBytes.substring(point.name().length() + 1));
        boolean answered = point == CrashPoint.CALL_CELL_LEFT;
        SharedService<byte[], byte[]> service = service(space, 0);
        Peer victim = victim(0);
        victim.dieAt(point, 1);
        long timeout = point == CrashPoint.CALL_TAKEN_BACK ? 0 : Long.MAX_VALUE;
        victim.start(desk -> kept(desk).call(
                request(1, bytes), timeout, TimeUnit.NANOSECONDS));
        if (answered) {
            while (!service.poll((request, client) -> request)) {
                Thread.onSpinWait();
            }
        }
        victim.awaitSelfKill();
        space.sweep();
        assertThat(service.open()).isZero();
        service.poll((request, client) -> {
            throw new AssertionError("a dropped request was handled");
        });
        checkWhole(service);
    }

    /// A client dies while a server works on its request: the answer is dropped, large or small, and the cell comes back
    /// behind it.
    @ParameterizedTest
    @ValueSource(ints = {1, LARGE})
    void theAnswerToADeadClientIsDropped(int bytes) throws Exception {
        SharedService<byte[], byte[]> service = service(space, 0);
        Peer victim = victim(0);
        victim.start(desk -> kept(desk).call(request(1, 1)));
        boolean[] handled = new boolean[1];
        while (!handled[0]) {
            service.poll((request, client) -> {
                victim.close();
                while (service.isAlive(client)) {
                    Thread.onSpinWait();
                }
                space.sweep();
                assertThat(service.open()).isEqualTo(1);
                handled[0] = true;
                return request(1, bytes);
            });
        }
        assertThat(service.open()).isZero();
        checkWhole(service);
    }

    /// A service is shut down by a process that dies before it has woken any waiter: all sleepers notice.
    @Test
    void aShutdownIsCompleteThoughItsCallerDies() {
        SharedService<byte[], byte[]> service = service(space, 0);
        Peer victim = victim(0);
        Reply<byte[]> call = threads.start(desk -> {
            desk.tellWhenWaiting();
            return service.call(request(1, LARGE));
        });
        call.awaitWaiting();
        assertThatThrownBy(() -> service.call(request(1, 1), 0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        victim.dieAt(CrashPoint.SHUTDOWN_FLAG_SET, 1);
        victim.start(desk -> {
            kept(desk).shutdown();
            return null;
        });
        victim.awaitSelfKill();
        assertThat(call.failure()).isInstanceOf(ShutdownException.class);
        assertThat(service.isShutdown()).isTrue();
        service.shutdown();              // removes what the dead process has not
        assertThat(sandbox.files()).containsExactly("service");
        sandbox.leaveNothing();
    }

    /// A server dies, and so does the process that cleans up after it, in the middle: the next one finishes.
    @Test
    void aCleanerThatDiesIsCleanedUpAfterToo() throws Exception {
        SharedService<byte[], byte[]> service = service(space, 0);
        Peer victim = victim(0);
        Peer cleaner = victim(0);
        cleaner.dieAt(CrashPoint.RECOVER_CALL_ENDED, 1);
        Reply<Object> stuck = victim.start(desk -> {
            kept(desk).serve((request, client) -> {
                desk.tell("there");
                for (;;) {
                    LockSupport.park();
                }
            });
            return null;
        });
        Reply<Object> calling = cleaner.start(desk ->    // it waits, and so it cleans up
                kept(desk).call(request(1, LARGE)));
        assertThat(stuck.told()).isEqualTo("there");
        victim.close();
        cleaner.awaitSelfKill();
        assertThat(calling.failure()).isInstanceOf(Peer.PeerGoneException.class);
        checkWhole(service);
    }
}
