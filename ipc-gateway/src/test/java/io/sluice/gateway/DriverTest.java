package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.ring.SharedRing;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One media driver for several gateways, over a network that loses every twentieth packet; and its death.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DriverTest {
    private static final int MOST = 200;
    private static final List<String> LOSSY = List.of(
            "--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-Daeron.ReceiveChannelEndpoint.supplier=io.aeron.driver.ext.DebugReceiveChannelEndpointSupplier",
            "-Daeron.debug.receive.data.loss.rate=0.05", "-Daeron.debug.receive.data.loss.seed=7");

    /// Two publishers and three subscribers share the driver: two rings, one of them for two subscribers that both
    /// acknowledge. The driver is killed, and another one started: everything arrives.
    @Test
    void everythingArrivesThroughALossyDriverThatIsKilled() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there");
                SharedSpace elsewhere = host.space("elsewhere")) {
            Path directory = host.root().resolve(".driver");
            Host.Child driver = host.start(List.of(), LOSSY, DriverMain.class.getName(), directory.toString());
            driver.awaitText("driving");
            RingOptions options = RingOptions.oneToOne(1024);
            SharedRing first = here.ring("first", options);
            SharedRing both = here.ring("both", options);
            SharedRing firstThere = there.ring("first", options);     // before the gateways that look for them
            SharedRing bothThere = there.ring("both", options);
            SharedRing copy = elsewhere.ring("both", options);
            String unicast = "127.0.0.1:" + Host.freePort();
            String several = "aeron:udp?control=127.0.0.1:%d|control-mode=dynamic".formatted(Host.freePort());
            Host.Run sender = start(host, directory, "--publish first --to %s --space here".formatted(unicast));
            start(host, directory, "--subscribe first --from %s --space there".formatted(unicast));
            start(host, directory, "--publish both --to %s --space here --stream 2 --receivers 2".formatted(several));
            start(host, directory, "--subscribe both --from %s --space there --stream 2".formatted(several));
            start(host, directory, "--subscribe both --from %s --space elsewhere --stream 2".formatted(several));
            try (Traffic one = Traffic.ofRings(first, firstThere.consumer(), MOST);
                    Traffic two = Traffic.ofRings(both, bothThere.consumer(), MOST);
                    Traffic.Copy three = two.copy(copy.consumer(), MOST)) {
                one.awaitMore(2_000);
                two.awaitMore(2_000);
                driver.kill();
                sender.awaitText("the media driver is gone");
                driver = host.start(List.of(), LOSSY, DriverMain.class.getName(), directory.toString());
                driver.awaitText("driving");
                one.awaitMore(2_000);
                two.awaitMore(2_000);
                assertThat(one.finish()).isPositive();
                three.await(two.finish());
            } catch (AssertionError failed) {
                failed.addSuppressed(new AssertionError(host.texts()));
                throw failed;
            }
        }
    }

    /// The driver is killed, and another program takes its port: the gateway says once why it cannot go on, and goes on
    /// when the port is free.
    @Test
    void aGatewayThatCannotConnectAgainSaysWhyOnce() throws Exception {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there");
                SharedRing _ = here.ring("first", RingOptions.oneToOne(1024));
                SharedRing _ = there.ring("first", RingOptions.oneToOne(1024))) {
            Path directory = host.root().resolve(".driver");
            Host.Child driver = host.start(List.of(), LOSSY, DriverMain.class.getName(), directory.toString());
            driver.awaitText("driving");
            int port = Host.freePort();
            String endpoint = "127.0.0.1:" + port;
            Host.Run sender = start(host, directory, "--publish first --to %s --space here".formatted(endpoint));
            Host.Run receiver = start(host, directory, "--subscribe first --from %s --space there".formatted(endpoint));
            sender.awaitText(" is there");
            driver.kill();
            receiver.awaitText("the media driver is gone");
            try (DatagramSocket _ = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                driver = host.start(List.of(), LOSSY, DriverMain.class.getName(), directory.toString());
                driver.awaitText("driving");
                receiver.awaitText("not connected yet (");
            }
            receiver.awaitText("connected to a media driver again");
            assertThat(receiver.text().lines().filter(line -> line.contains("trying again"))).doesNotHaveDuplicates();
        }
    }

    private static Host.Run start(Host host, Path directory, String arguments) {
        return host.gateway(arguments + " --driver-timeout 3 --aeron-dir " + directory);
    }
}
