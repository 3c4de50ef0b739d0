package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A process is killed while another one waits for it: the time from the kernel's word that it has ended to the outcome
/// that the waiter gets. A build asserts the outcome. A campaign, which has enough rounds for a median, asserts that
/// half of the outcomes come within 50 ms. `-Dsluice.prompt.ends` sets the rounds.
@Tag(Campaign.TAG)
@Timeout(600)
class PromptEndTest {
    private static final long PROMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int ROUNDS_FOR_A_MEDIAN = 9;

    private final List<Long> delays = new ArrayList<>();

    /// Kills a process while a thread waits, and notes how long after its end the wait has ended.
    private <T extends Throwable> void kill(JavaProcess process, Class<T> outcome, Wait wait) throws Exception {
        FutureTask<Long> waiter = new FutureTask<>(() -> {
            try {
                wait.run();
            } catch (Throwable failure) {
                long now = System.nanoTime();
                assertThat(failure).isInstanceOf(outcome);
                return now;
            }
            throw new AssertionError("the wait ended without " + outcome);
        });
        CompletableFuture<Long> word = process.onExit().thenApply(exit -> System.nanoTime());
        Thread thread = Thread.ofVirtual().start(waiter);
        while (!waiter.isDone() && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
        process.kill();
        var _ = process.join();
        delays.add(Math.max(0, waiter.get() - word.get()));
    }

    private interface Wait {
        void run() throws Exception;
    }

    private void assertPrompt(String what) {
        Collections.sort(delays);
        long median = delays.get(delays.size() / 2);
        System.out.printf("PromptEndTest: %s: median %,d us, longest %,d us of %d%n",
                what, median / 1000, delays.getLast() / 1000, delays.size());
        if (delays.size() >= ROUNDS_FOR_A_MEDIAN) {
            assertThat(median).isLessThanOrEqualTo(PROMPT_NANOS);
        }
    }

    private static JavaProcess child(Action task) {
        return JavaProcess.builder(task).stdout(Redirect.DISCARD).start();
    }

    @Test
    void aCallOfADeadServerEndsPromptly() throws Exception {
        Campaign campaign = Campaign.begin("sluice.prompt.ends", 1, 30);
        for (int round = 0; campaign.goesOn(round); round++) {
            try (Manager manager = Manager.start()) {
                BlockingDeque<Integer> deque = manager.deque();
                kill(((ServerProcess) manager.server()).process(), ManagerEndedException.class, deque::take);
            }
        }
        assertPrompt("the call of a server that was killed");
    }

    @Test
    void aConnectionInSharedMemoryEndsPromptly() throws Exception {
        ends(true, PeerDiedException.class);
    }

    @Test
    void aConnectionOnItsSocketEndsPromptly() throws Exception {
        ends(false, EOFException.class);
    }

    private void ends(boolean moves, Class<? extends Exception> outcome) throws Exception {
        Campaign campaign = Campaign.begin("sluice.prompt.ends", 1, 30);
        AuthKey key = AuthKey.generate();
        ConnectionOptions options = ConnectionOptions.defaults().withSharedMemory(moves);
        try (Listener<Object> listener = Listener.open(Address.unix(), key, options)) {
            Address address = listener.address();
            for (int round = 0; campaign.goesOn(round); round++) {
                try (JavaProcess child = child(() -> {
                    try (Connection<Object> connection = Client.connect(address, key)) {
                        var _ = connection.receive();
                    }
                })) {
                    try (Connection<Object> connection = listener.accept()) {
                        kill(child, outcome, connection::receive);
                    }
                }
            }
        }
        assertPrompt(moves ? "a connection in shared memory" : "a connection on its socket");
    }

    /// The holder counts as one on another host: its lock is held by the server for it.
    @Test
    void aLockOfADeadClientIsGivenBackPromptly() throws Exception {
        Campaign campaign = Campaign.begin("sluice.prompt.ends", 1, 30);
        Options options = Options.defaults().withAddress(Address.tcp("127.0.0.1", 0))
                .withConnection(Manager.USUAL.withSharedMemory(false));
        try (Manager manager = Manager.serve(options)) {
            for (int round = 0; campaign.goesOn(round); round++) {
                String name = "lock-" + round;
                BlockingDeque<Integer> held = manager.deque();
                try (SharedLock lock = manager.lock(name); JavaProcess child = child(() -> {
                    manager.lock(name).lock();
                    held.put(1);
                    while (true) {
                        LockSupport.park();
                    }
                })) {
                    assertThat(held.take()).isEqualTo(1);
                    kill(child, LockPoisonedException.class, lock::lock);
                }
            }
        }
        assertPrompt("the lock of a client that was killed");
    }
}
