package io.sluice.shm.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.codec.Codec;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Processes that call and answer at full speed are killed at random instants, beside clients and a server that go on.
@Tag(Campaign.TAG)
@Timeout(600)
class RandomServiceKillTest {
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final int[] LENGTHS = {8, 8, 100, 10_000};

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static SharedService<byte[], byte[]> service(SharedSpace space) {
        return space.service("service", Codec.bytes(), Codec.bytes(), ServiceOptions.defaults().withCapacity(4));
    }

    /// Each answer is that of its call, and a call without one was in the hands of a victim: no call hangs, and in the
    /// end each cell is free and no file is left.
    @Test
    void randomKillsHangNoCallAndMixUpNoAnswers() {
        Campaign campaign = Campaign.begin("sluice.service.kills", 5, 200);
        Random random = campaign.random();
        String root = sandbox.root();
        SharedSpace space = sandbox.open();
        SharedService<byte[], byte[]> service = service(space);
        Threads threads = sandbox.with(Threads.platform());
        AtomicBoolean over = new AtomicBoolean();
        Reply<Object> server = threads.start(desk -> {
            service.serve((request, client) -> answer(request));
            return null;
        });
        Reply<long[]> patient = threads.start(desk -> calls(service, 1L << 40, over, 0));
        Reply<long[]> hasty = threads.start(desk -> calls(service, 1L << 41, over, 20_000));
        int count = 0;
        for (; campaign.goesOn(count); count++) {
            long base = count * 1_000_000L;
            Peer victim = sandbox.peer();
            Reply<Object> serving = victim.start(desk -> {
                SharedService<byte[], byte[]> own = service(desk.space(root));
                desk.tell("there");
                own.serve((request, client) -> answer(request));
                return null;
            });
            Reply<Object> calling = victim.start(desk -> {
                SharedService<byte[], byte[]> own = service(desk.space(root));
                desk.tell("there");
                return calls(own, base, new AtomicBoolean(), 0);
            });
            serving.told();
            calling.told();
            LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant, not a wait for anything
            victim.close();
        }
        over.set(true);
        for (Reply<long[]> client : List.of(patient, hasty)) {
            long[] results = client.get();
            assertThat(results[WRONG]).isZero();
            assertThat(results[LOST]).isLessThanOrEqualTo(count);
            assertThat(results[ANSWERED]).isPositive();
        }
        assertThat(patient.get()[LATE]).isZero();
        space.sweep();
        while (service.open() != 0) {
            Thread.onSpinWait();     // the server still has a request whose client has given up
        }
        service.shutdown();
        server.get();
        assertThat(sandbox.files()).containsExactly("service");
        sandbox.leaveNothing();
    }

    private static final int ANSWERED = 0;
    private static final int LOST = 1;
    private static final int LATE = 2;
    private static final int WRONG = 3;

    private static byte[] answer(byte[] request) {
        byte[] answer = new byte[request.length];
        for (int i = 0; i < request.length; i++) {
            answer[i] = (byte) ~request[i];
        }
        return answer;
    }

    private static long[] calls(SharedService<byte[], byte[]> service, long base, AtomicBoolean over, long timeoutNanos)
            throws InterruptedException {
        long[] results = new long[4];
        for (long number = base; !over.get(); number++) {
            byte[] request = new byte[LENGTHS[(int) number % LENGTHS.length]];
            for (int i = 0; i < request.length; i++) {
                request[i] = (byte) (number >>> (i % Long.BYTES * Byte.SIZE));
            }
            try {
                byte[] found = timeoutNanos == 0 ? service.call(request)
                        : service.call(request, timeoutNanos, TimeUnit.NANOSECONDS);
                results[Arrays.equals(found, answer(request)) ? ANSWERED : WRONG]++;
            } catch (ServerDiedException itWasAVictim) {
                results[LOST]++;
            } catch (TimeoutException late) {
                results[LATE]++;
            }
        }
        return results;
    }
}
