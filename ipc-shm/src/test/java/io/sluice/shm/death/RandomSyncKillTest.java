package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Processes that lock, wait, signal, read, write and move permits at full speed are killed at random instants, beside
/// survivors that go on all the time.
@Tag(Campaign.TAG)
class RandomSyncKillTest {
    private static final int TASKS_OF_A_VICTIM = 4;
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// A task that one thread repeats.
    enum Task {
        LOCK, SOLE, PERMITS, READ, WRITE, PUT, TAKE, VALUE_WRITE, VALUE_READ;

        void once(SyncThings things, long me, Random random) throws InterruptedException {
            switch (this) {
                case LOCK -> things.lockOnce(me);
                case SOLE -> things.soleOnce(me);
                case PERMITS -> things.permitsOnce(1 + random.nextInt(SyncThings.PERMITS));
                case READ -> things.readOnce();
                case WRITE -> things.writeOnce(me);
                case PUT -> things.tokenOnce(true);
                case TAKE -> things.tokenOnce(false);
                case VALUE_WRITE -> things.valueOnce(true, random.nextLong());
                case VALUE_READ -> things.valueOnce(false, 0);
            }
        }
    }

    /// Exclusion holds, every half-done change is reported, nothing is missing at the end, and no survivor was blocked
    /// for long.
    @Test
    void randomKillsBreakNothing() throws InterruptedException {
        Campaign campaign = Campaign.begin("sluice.kills", 15, 2000);
        Random random = campaign.random();
        SharedSpace space = sandbox.open();
        SyncThings things = new SyncThings(space);
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong longestPause = new AtomicLong();
        AtomicLong operations = new AtomicLong();
        Threads threads = sandbox.with(Threads.platform());
        List<Reply<Object>> survivors = new ArrayList<>();
        for (Task task : Task.values()) {
            long taskSeed = random.nextLong();
            survivors.add(threads.start(desk -> {
                Random own = new Random(taskSeed);
                while (!over.get()) {
                    long start = System.nanoTime();
                    task.once(things, Thread.currentThread().threadId(), own);
                    longestPause.accumulateAndGet(System.nanoTime() - start, Math::max);
                    operations.incrementAndGet();
                    LockSupport.parkNanos(PAUSE_NANOS);    // leaves the cores to the victims
                }
                return null;
            }));
        }
        try {
            killAll(campaign, random, survivors);
        } finally {
            over.set(true);
        }
        survivors.forEach(Reply::get);
        space.sweep();
        things.useAll(1);
        things.checkNothingIsMissing();
        System.out.printf("... survivors did %,d operations, the longest took %.1f ms; a holder died %d times%n",
                operations.get(), longestPause.get() / 1e6, things.lock.ownerDeaths());
        assertThat(longestPause.get()).isLessThan(WATCHDOG_NANOS);
        sandbox.leaveNothing();
    }

    private void killAll(Campaign campaign, Random random, List<Reply<Object>> survivors) {
        for (int killed = 0; campaign.goesOn(killed); killed++) {
            Peer victim = sandbox.peer();
            Reply<Object> work = work(victim, random);
            LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant, not a wait for anything
            victim.kill();
            victim.awaitDeath();
            assertThat(work.failure()).isInstanceOf(Peer.PeerGoneException.class);
            for (Reply<Object> survivor : survivors) {
                if (survivor.isDone()) {
                    survivor.get();            // throws what it met
                    throw new AssertionError("a survivor ended");
                }
            }
        }
    }

    /// Lets a victim do some of the tasks at full speed, each in a thread of its own; the job ends with the first one
    /// that finds something wrong.
    private Reply<Object> work(Peer victim, Random random) {
        String home = sandbox.root();
        long seed = random.nextLong();
        Reply<Object> reply = victim.start(desk -> {
            SyncThings things = new SyncThings(desk.space(home));
            List<Task> tasks = new ArrayList<>(List.of(Task.values()));
            Collections.shuffle(tasks, new Random(seed));
            BlockingQueue<Throwable> wrong = new LinkedBlockingQueue<>();
            for (Task task : tasks.subList(0, TASKS_OF_A_VICTIM)) {
                Thread.ofPlatform().daemon().start(() -> {
                    Random own = new Random(seed);
                    long me = ProcessHandle.current().pid() << Integer.SIZE | Thread.currentThread().threadId();
                    try {
                        for (;;) {
                            task.once(things, me, own);
                        }
                    } catch (Throwable thrown) {
                        wrong.add(thrown);
                    }
                });
            }
            desk.tell("ready");
            throw new IllegalStateException(wrong.take());
        });
        reply.told();
        return reply;
    }
}
