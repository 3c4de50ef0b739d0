package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.shm.Desk;
import io.sluice.shm.Journal;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.death.RandomSyncKillTest.Task;
import io.sluice.shm.pipe.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Processes that use every kind of object at once are killed at random instants, alone and several together, running
/// and stopped, beside survivors that use the same objects all the time.
@Tag(Campaign.TAG)
class MixedCampaignTest {
    private static final int KILLS_PER_ROUND = 60;
    private static final int MOST_AT_ONCE = 3;
    private static final int SYNC_TASKS = 3;
    private static final List<Road> ROADS = List.of(Road.QUEUE, Road.LARGE_QUEUE, Road.TASKS, Road.LONG_RING);
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long LONGEST_STOP_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// For any processes that are killed together or stopped meanwhile: nothing is lost, doubled, torn, held or left
    /// behind, and the survivors go on.
    @Test
    void killsAndStopsOverAllPrimitivesBreakNothing() throws InterruptedException {
        Campaign campaign = Campaign.begin("sluice.mixed.kills", 6, 1_500);
        Random random = campaign.random();
        for (int killed = 0; campaign.goesOn(killed); ) {
            try (Sandbox sandbox = new Sandbox()) {
                killed += new Round(sandbox, random, campaign, killed).play();
            }
        }
    }

    /// Survivors in a space of their own, and the victims among them.
    private static final class Round {
        private final Sandbox sandbox;
        private final String root;
        private final Random random;
        private final Campaign campaign;
        private final int killedBefore;
        private final SharedSpace space;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Threads threads;
        private final List<Reply<Object>> survivors = new ArrayList<>();
        private final List<Reply<Integer>> callers = new ArrayList<>();
        private final List<String> drivers = new ArrayList<>(List.of("0"));
        private int victims;

        Round(Sandbox sandbox, Random random, Campaign campaign, int killedBefore) {
            this.sandbox = sandbox;
            this.root = sandbox.root();
            this.random = random;
            this.campaign = campaign;
            this.killedBefore = killedBefore;
            this.space = sandbox.open();
            this.threads = sandbox.with(Threads.platform());
        }

        /// Kills until the round or the campaign is over.
        ///
        /// @return how many were killed
        int play() throws InterruptedException {
            Journal phase = new Journal(root, Traffic.PHASE, 8);
            SyncThings things = new SyncThings(space);
            MixedThings mixed = new MixedThings(space);
            startSurvivors(things, mixed);
            List<Reply<Object>> producers = ROADS.stream().map(road -> drive(road, true)).toList();
            List<Reply<Object>> consumers = ROADS.stream().map(road -> drive(road, false)).toList();
            while (victims < KILLS_PER_ROUND && campaign.goesOn(killedBefore + victims)) {
                killTogether(1 + random.nextInt(MOST_AT_ONCE), mixed);
                checkSurvivors(producers, consumers);
            }
            callers.forEach(Reply::get);
            phase.add(1);
            producers.forEach(Reply::get);
            phase.add(2);
            consumers.forEach(Reply::get);
            over.set(true);
            survivors.forEach(Reply::get);
            space.sweep();
            things.useAll(1);
            things.checkNothingIsMissing();
            ROADS.forEach(this::checkJournals);
            assertThat(sandbox.files()).noneMatch(name -> name.startsWith("."));
            sandbox.leaveNothing();
            return victims;
        }

        private void startSurvivors(SyncThings things, MixedThings mixed) {
            for (Task task : Task.values()) {
                long seed = random.nextLong();
                survive(() -> {
                    Random own = new Random(seed);
                    while (!over.get()) {
                        task.once(things, Thread.currentThread().threadId(), own);
                        LockSupport.parkNanos(PAUSE_NANOS);    // leaves the cores to the victims
                    }
                });
            }
            long seed = random.nextLong();
            survive(() -> mixed.meet(over::get));
            survive(() -> mixed.meet(over::get));
            survive(() -> mixed.record(over::get, new Random(seed)));
            survive(() -> mixed.publish(over::get));
            survive(() -> mixed.subscribe(over::get));
        }

        private interface Work {
            void run() throws Exception;
        }

        private void survive(Work work) {
            survivors.add(threads.start(desk -> {
                work.run();
                return null;
            }));
        }

        private Reply<Object> drive(Road road, boolean produces) {
            Reply<Object> driver = threads.start(desk -> {
                work(desk, root, road, produces, 0);
                return null;
            });
            driver.told();
            return driver;
        }

        /// Starts some victims, lets them work, and ends them; one of several may be stopped before.
        private void killTogether(int count, MixedThings mixed) {
            List<Peer> group = new ArrayList<>();
            List<Reply<Object>> works = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                group.add(sandbox.peer());
                works.add(startVictim(group.getLast(), mixed));
            }
            LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant, not a wait for anything
            Peer stopped = random.nextBoolean() ? group.getFirst() : null;
            if (stopped != null) {
                stopped.stop();
                LockSupport.parkNanos(random.nextLong(LONGEST_STOP_NANOS));
            }
            group.forEach(victim -> {
                if (victim != stopped) {
                    victim.kill();
                }
            });
            if (stopped != null) {
                LockSupport.parkNanos(random.nextLong(LONGEST_STOP_NANOS));
                if (random.nextBoolean()) {
                    stopped.resume();
                    LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));
                }
                stopped.kill();
            }
            group.forEach(Peer::awaitDeath);
            works.forEach(work -> assertThat(work.failure()).isInstanceOf(Peer.PeerGoneException.class));
        }

        private Reply<Object> startVictim(Peer victim, MixedThings mixed) {
            int number = ++victims;
            drivers.add(Integer.toString(number));
            String home = root;
            long seed = random.nextLong();
            String pipe = "pipe-" + number;
            Reply<Object> work = victim.start(desk -> {
                beVictim(desk, home, number, seed, pipe);
                return null;
            });
            work.told();
            callers.add(threads.start(desk -> mixed.callUntilDeath(pipe)));
            return work;
        }

        private void checkSurvivors(List<Reply<Object>> producers, List<Reply<Object>> consumers) {
            for (List<Reply<Object>> group : List.of(survivors, producers, consumers)) {
                for (Reply<Object> survivor : group) {
                    if (survivor.isDone()) {
                        survivor.get();            // throws what it met
                        throw new AssertionError("a survivor ended");
                    }
                }
            }
        }

        private void checkJournals(Road road) {
            Ledger ledger = new Ledger(root,
                    drivers.stream().map(number -> driver(road, true, number)).toList(),
                    drivers.stream().map(number -> driver(road, false, number)).toList());
            assertThat(ledger.invented()).as("%s", road).isEmpty();
            if (road == Road.QUEUE || road == Road.LARGE_QUEUE) {
                assertThat(ledger.doubled()).as("%s", road).isEmpty();
                assertThat(ledger.lost()).as("%s", road).hasSizeLessThanOrEqualTo(victims);  // on their way to a victim
            } else {
                assertThat(ledger.lost()).as("%s", road).isEmpty();
                assertThat(ledger.doubled()).as("%s", road).hasSizeLessThanOrEqualTo(victims);   // not acknowledged
            }
        }
    }

    private static String driver(Road road, boolean produces, String number) {
        return "%s-%s%s".formatted(road.file(), produces ? "p" : "c", number);
    }

    private static void work(Desk desk, String root, Road road, boolean produces, int number)
            throws InterruptedException {
        String name = driver(road, produces, Integer.toString(number));
        if (produces) {
            Traffic.produce(desk, root, road, name, number, false);
        } else {
            Traffic.consume(desk, root, road, name, false);
        }
    }

    /// The job of a victim: it uses each kind of object, in a thread of its own, until it is killed. The first thread
    /// that finds a violation ends the job.
    private static void beVictim(Desk desk, String root, int number, long seed, String pipe)
            throws InterruptedException {
        Random random = new Random(seed);
        SyncThings things = new SyncThings(desk.space(root));
        MixedThings mixed = new MixedThings(desk.space(root));
        Connection<byte[]> end = mixed.echoEnd(pipe);     // before the caller waits for an answer from it
        Road road = ROADS.get(random.nextInt(ROADS.size()));
        List<Task> tasks = new ArrayList<>(List.of(Task.values()));
        Collections.shuffle(tasks, random);
        BlockingQueue<Throwable> wrong = new LinkedBlockingQueue<>();
        List<Round.Work> works = new ArrayList<>(List.of(
                () -> work(desk, root, road, true, number),
                () -> work(desk, root, road, false, number),
                () -> MixedThings.echo(end),
                () -> mixed.subscribe(() -> false),
                () -> mixed.record(() -> false, new Random(seed))));
        if (random.nextBoolean()) {
            works.add(() -> mixed.meet(() -> false));
        }
        for (Task task : tasks.subList(0, SYNC_TASKS)) {
            works.add(() -> {
                long me = ProcessHandle.current().pid() << Integer.SIZE | Thread.currentThread().threadId();
                for (Random own = new Random(seed);;) {
                    task.once(things, me, own);
                }
            });
        }
        for (Round.Work work : works) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    work.run();
                } catch (Throwable thrown) {
                    wrong.add(thrown);
                }
            });
        }
        desk.tell("ready");
        throw new IllegalStateException(wrong.take());
    }
}
