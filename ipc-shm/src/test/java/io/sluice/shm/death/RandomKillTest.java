package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.shm.Journal;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Processes that put and take at full speed are killed at random instants, one after the other, beside survivors that
/// go on all the time.
@Tag(Campaign.TAG)
class RandomKillTest {
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// No message is lost but those that a plain queue had handed to a victim, none arrives twice, and nothing is left.
    @ParameterizedTest
    @EnumSource(names = {"QUEUE", "LONG_RING"})
    void randomKillsLoseAndDoubleNothing(Road road) {
        Campaign campaign = Campaign.begin("sluice.road.kills", 5, 100);
        Random random = campaign.random();
        String root = sandbox.root();
        SharedSpace space = sandbox.open();
        Threads threads = sandbox.with(Threads.platform());
        Journal phase = new Journal(root, Traffic.PHASE, 8);
        Reply<Object> producer = threads.start(desk -> {
            Traffic.produce(desk, root, road, "p0", 0, false);
            return null;
        });
        Reply<Object> consumer = threads.start(desk -> {
            Traffic.consume(desk, root, road, "c0", false);
            return null;
        });
        producer.told();
        consumer.told();
        List<String> producers = new ArrayList<>(List.of("p0"));
        List<String> consumers = new ArrayList<>(List.of("c0"));
        List<Long> kills = new ArrayList<>();
        List<Long> deaths = new ArrayList<>();
        int count = 0;
        while (campaign.goesOn(count)) {
            count++;
            int number = count;
            Peer victim = sandbox.peer();
            List<Reply<Object>> work = List.of(
                    victim.start(desk -> {
                        Traffic.produce(desk, root, road, "p" + number, number, false);
                        return null;
                    }),
                    victim.start(desk -> {
                        Traffic.consume(desk, root, road, "c" + number, false);
                        return null;
                    }));
            work.forEach(Reply::told);
            producers.add("p" + number);
            consumers.add("c" + number);
            LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant, not a wait for anything
            kills.add(victim.kill());
            victim.awaitDeath();
            deaths.add(System.nanoTime());
        }
        phase.add(1);
        producer.get();
        phase.add(2);
        consumer.get();

        Ledger ledger = new Ledger(root, producers, consumers);
        assertThat(ledger.invented()).isEmpty();
        if (road == Road.QUEUE) {
            assertThat(ledger.doubled()).isEmpty();
            assertThat(ledger.lost()).hasSizeLessThanOrEqualTo(count);   // acknowledged, on their way to the victim
        } else {
            assertThat(ledger.lost()).isEmpty();
            assertThat(ledger.doubled()).hasSizeLessThanOrEqualTo(count);   // written down, and not yet acknowledged
        }
        space.sweep();
        assertThat(sandbox.files()).containsExactly(road.file());
        List<Long> blocked = new ArrayList<>();
        List<Long> afterDeath = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (String survivor : List.of("p0", "c0")) {
                long pause = ledger.blockedAt(survivor, kills.get(i));
                blocked.add(pause);
                afterDeath.add(Math.max(0, kills.get(i) + pause - deaths.get(i)));
            }
        }
        Deaths.print("survivors of random kills on " + road + ", the pause in which a kill fell", blocked);
        Deaths.print("... its rest after the kernel had reported the death", afterDeath);
        assertThat(blocked).allMatch(nanos -> nanos < WATCHDOG_NANOS);
        sandbox.leaveNothing();
    }
}
