package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two gateways in two network namespaces, with a link between them that is cut, delayed, and loses packets. Where the
/// namespaces are not permitted, or iproute2 is missing, the tests are skipped and say why.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkTest {
    private static final int MOST = 200;
    private static final List<String> IMPATIENT = List.of(
            "-Daeron.image.liveness.timeout=600ms", "-Daeron.publication.connection.timeout=600ms");

    private final long id = ProcessHandle.current().pid();
    private final String near = "sluice-near-" + id;
    private final String far = "sluice-far-" + id;
    private final String nearLink = "sln" + id;
    private final String farLink = "slf" + id;

    @BeforeEach
    void connectTwoNamespaces() throws Exception {
        String refused = run("ip", "netns", "add", near);
        assumeTrue(refused.isEmpty(), "no network namespace can be made here: " + refused);
        assertThat(run("ip", "netns", "add", far)).isEmpty();
        assertThat(run("ip", "link", "add", nearLink, "netns", near, "type", "veth", "peer", "name", farLink, "netns",
                far)).isEmpty();
        connect(near, nearLink, "10.77.0.1/24");
        connect(far, farLink, "10.77.0.2/24");
    }

    private static void connect(String namespace, String link, String address) throws Exception {
        assertThat(in(namespace, "ip", "addr", "add", address, "dev", link)).isEmpty();
        assertThat(in(namespace, "ip", "link", "set", "lo", "up")).isEmpty();
        assertThat(in(namespace, "ip", "link", "set", link, "up")).isEmpty();
    }

    @AfterEach
    void removeNamespaces() throws Exception {
        run("ip", "netns", "del", near);
        run("ip", "netns", "del", far);
    }

    /// The link is cut for longer than Aeron's time-outs, which are short here: both ends notice, and go on afterwards.
    @Test
    void aCutLinkLosesNothing() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            SharedRing from = here.ring("numbers", RingOptions.oneToOne(1024));
            SharedRing to = there.ring("numbers", RingOptions.oneToOne(1024));
            Host.Child sender = host.process(List.of("ip", "netns", "exec", near), IMPATIENT,
                    "--publish numbers --to 10.77.0.2:40456 --space here");
            host.process(List.of("ip", "netns", "exec", far), IMPATIENT,
                    "--subscribe numbers --from 10.77.0.2:40456 --space there");
            try (Traffic traffic = Traffic.ofRings(from, to.consumer(), MOST)) {
                traffic.awaitMore(5_000);
                assertThat(in(far, "ip", "link", "set", farLink, "down")).isEmpty();
                sender.awaitText("the other end is gone");
                assertThat(in(far, "ip", "link", "set", farLink, "up")).isEmpty();
                traffic.awaitMore(5_000);
                assertThat(traffic.finish()).isPositive();
            }
        }
    }

    /// A link as long as an ocean, which loses every fiftieth packet.
    @Test
    void delayAndLossLoseNothing() throws Exception {
        String refused = in(
                near, "tc", "qdisc", "add", "dev", nearLink, "root", "netem", "delay", "20ms", "loss", "2%");
        assumeTrue(refused.isEmpty(), "no netem in this kernel: " + refused);
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            SharedRing from = here.ring("numbers", RingOptions.oneToOne(4096));
            SharedRing to = there.ring("numbers", RingOptions.oneToOne(4096));
            host.process(List.of("ip", "netns", "exec", near), List.of(),
                    "--publish numbers --to 10.77.0.2:40456 --space here");
            host.process(List.of("ip", "netns", "exec", far), List.of(),
                    "--subscribe numbers --from 10.77.0.2:40456 --space there");
            try (Traffic traffic = Traffic.ofRings(from, to.consumer(), MOST)) {
                traffic.awaitMore(5_000);
                assertThat(traffic.finish()).isPositive();
            }
        }
    }

    /// A recording is replayed over the link, which is cut in the middle; the subscriber comes when all was recorded.
    @Test
    void aReplayGoesOnBehindACut() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            SharedRing from = here.ring("numbers", RingOptions.oneToOne(1024));
            SharedRing to = there.ring("numbers", RingOptions.oneToOne(64));
            host.process(List.of("ip", "netns", "exec", near), IMPATIENT,
                    "--publish numbers --to 10.77.0.2:40456 --space here --archive "
                            + host.root().resolve(".recording"));
            RecordingTest.put(from, 0, 50_000, MOST);
            RingConsumer consumer = to.consumer();
            Host.Child receiver = host.process(List.of("ip", "netns", "exec", far), IMPATIENT,
                    "--subscribe numbers --from 10.77.0.2:40456 --space there --replay --report 1");
            receiver.awaitText("goes on behind message 0");
            long next = RecordingTest.take(consumer, 0, 64, MOST);
            assertThat(in(far, "ip", "link", "set", farLink, "down")).isEmpty();
            while (!receiver.text().contains(": not connected, delivered")) {     // until what was there is taken
                next += Numbers.read(consumer, next, MOST);
            }
            assertThat(in(far, "ip", "link", "set", farLink, "up")).isEmpty();
            RecordingTest.take(consumer, next, 50_000, MOST);
        }
    }

    private static String in(String namespace, String... command) throws IOException, InterruptedException {
        String[] whole = new String[command.length + 4];
        System.arraycopy(new String[] {"ip", "netns", "exec", namespace}, 0, whole, 0, 4);
        System.arraycopy(command, 0, whole, 4, command.length);
        return run(whole);
    }

    /// Runs a command. @return empty if it succeeded; otherwise what it said
    static String run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? "" : "%s: %s".formatted(String.join(" ", command), said);
        } catch (IOException missing) {
            return missing.getMessage();
        }
    }
}
