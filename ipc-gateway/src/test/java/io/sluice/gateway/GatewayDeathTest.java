package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.ring.SharedRing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Gateways of either side die, at each step of a delivery and at random, under traffic: exactly the sequence that was
/// sent arrives.
@Tag(Campaign.TAG)
@Timeout(value = 3, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayDeathTest {
    private static final int MOST = 100;
    private static final int HITS = 300;
    private static final long LONGEST_LIFE_MILLIS = 300;

    private final String endpoint = "127.0.0.1:" + Host.freePort();
    private final String publish = "--publish numbers --to %s --space here".formatted(endpoint);
    private final String subscribe = "--subscribe numbers --from %s --space there".formatted(endpoint);

    /// The receiver dies when a message was committed, in the middle of the commit, before it, and before others can
    /// see anything of the message; the sender when it ends a message. The short form has the first.
    @Test
    void aDeathAtAnyStepOfARingLosesAndDoublesNothing() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingOptions options = RingOptions.oneToOne(1024);
            SharedRing from = here.ring("numbers", options);
            SharedRing to = there.ring("numbers", options);
            try (Traffic traffic = Traffic.ofRings(from, to.consumer(), MOST)) {
                dieAtEachStep(host, traffic, List.of(
                        "COMMIT_WORD_SET", "COMMIT_ANNOUNCED", "GATEWAY_MESSAGE_INTENDED", "CLAIM_HELD"),
                        List.of("RELEASE_WORD_SET"));
            }
        }
    }

    /// The same with queues, whose long elements lie in files: the slots of a dead producer may be used again before
    /// its successor looks.
    @Test
    void aDeathAtAnyStepOfAQueueLosesAndDoublesNothing() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            QueueOptions options = QueueOptions.of(256).withSlotBytes(64);
            try (Traffic traffic = Traffic.ofQueues(here.queue("numbers", Codec.bytes(), options),
                    there.queue("numbers", Codec.bytes(), options), MOST)) {
                dieAtEachStep(host, traffic, List.of("COMMIT_WORD_SET", "GATEWAY_MESSAGE_INTENDED", "CLAIM_WORD_SET"),
                        List.of("TAKE_WORD_SET"));
            }
        }
    }

    private void dieAtEachStep(Host host, Traffic traffic, List<String> ofReceiver, List<String> ofSender)
            throws Exception {
        Host.Child sender = start(host, publish);
        boolean isLong = Boolean.getBoolean("sluice.campaign");
        for (String point : isLong ? ofReceiver : ofReceiver.subList(0, 1)) {
            Host.Child victim = host.process(List.of(), dyingAt(point), subscribe);
            assertThat(victim.await()).as("%s: %s", point, victim.text()).isEqualTo(137);
        }
        start(host, subscribe);
        traffic.awaitMore(HITS);
        sender.kill();
        for (String point : ofSender) {
            Host.Child victim = host.process(List.of(), dyingAt(point), publish);
            assertThat(victim.await()).as("%s: %s", point, victim.text()).isEqualTo(137);
        }
        start(host, publish);
        traffic.awaitMore(HITS);
        assertThat(traffic.finish()).isGreaterThan(HITS);
    }

    private static Host.Child start(Host host, String arguments) {
        return host.process(List.of(), List.of(), arguments);
    }

    private static List<String> dyingAt(String point) {
        return List.of("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + HITS);
    }

    /// Either gateway is killed at a random instant of its life, and another one is started.
    @Test
    void randomKillsLoseAndDoubleNothing() throws Exception {
        Campaign campaign = Campaign.begin("sluice.gateway.kills", 2, 300);
        Random random = campaign.random();
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingOptions options = RingOptions.manyToMany(4096);
            SharedRing from = here.ring("numbers", options);
            SharedRing to = there.ring("numbers", options);
            List<String> commands = List.of(publish, subscribe);
            List<Host.Child> runs = new ArrayList<>(List.of(start(host, publish), start(host, subscribe)));
            try (Traffic traffic = Traffic.ofRings(from, to.consumer(), MOST)) {
                for (int round = 0; campaign.goesOn(round); round++) {
                    traffic.awaitMore(100);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(LONGEST_LIFE_MILLIS)));
                    int victim = random.nextInt(commands.size());     // the instant is random, and waits for nothing
                    runs.get(victim).kill();
                    runs.set(victim, start(host, commands.get(victim)));
                }
                traffic.awaitMore(100);
                System.out.printf("%,d numbers%n", traffic.finish());
            } catch (AssertionError failed) {
                runs.forEach(run -> System.out.println(run.text()));
                throw failed;
            }
        }
    }
}
