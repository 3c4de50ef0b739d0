package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.Publication;
import io.aeron.Subscription;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot work is said in one line, with exit code 1.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadInputTest {
    private record Case(Host.Run run, int code, String expected) {}

    @Test
    void eachMistakeIsOneLine() {
        try (Host host = new Host(); SharedSpace here = host.space("here"); SharedSpace there = host.space("there")) {
            RingConsumer taken = here.ring("taken", RingOptions.oneToOne(16)).consumer();
            here.ring("ring", RingOptions.manyToMany(16));
            here.semaphore("gate", 1);
            here.pipe("talk");
            String longName = "n".repeat(60);
            here.ring(longName, RingOptions.manyToMany(16));
            here.queue("numbers-1", Codec.longs(), 16);
            here.queue("numbers-2", Codec.longs(), 16);
            there.queue("queue", Codec.strings(), 16);
            there.ring("other", RingOptions.manyToMany(16));
            List<Case> cases = new ArrayList<>();
            cases.add(new Case(host.gateway("--publish ring --to nowhere --space here"), 1,
                    "sluice: endpoint 'nowhere' is neither host:port nor a channel of Aeron"));
            cases.add(new Case(host.gateway("--publish ring --to no.such.host.invalid:4000 --space here"), 1,
                    "unknown host no.such.host.invalid"));
            cases.add(new Case(host.gateway("--publish none --to 127.0.0.1:4000 --space here"), 1,
                    "sluice: no object 'none' in space 'here'"));
            cases.add(new Case(host.gateway("--publish ring --to 127.0.0.1:4000 --space nospace"), 1, "nospace"));
            cases.add(new Case(host.gateway("--publish gate --to 127.0.0.1:4000 --space here"), 1,
                    "'gate' is of the kind SEMAPHORE; a gateway carries rings"));
            cases.add(new Case(host.gateway("--publish %s --to 127.0.0.1:4000 --space here".formatted(longName)), 1,
                    "its name has 60 characters, and the array of the gateway's counters, '" + longName));
            cases.add(new Case(host.gateway("--publish talk --to 127.0.0.1:4000 --space here"), 1,
                    "'talk' is a pipe; a pipe, and nothing else, goes with --pipe"));
            cases.add(new Case(host.gateway("--publish taken --to 127.0.0.1:4000 --space here"), 1,
                    "sluice: ring 'taken' has one consumer"));
            cases.add(new Case(host.gateway("--publish ring --to 127.0.0.1:4000 --space here --aeron-dir "
                    + host.root().resolve("nodriver")), 1, "sluice: no media driver runs in"));
            cases.add(new Case(host.gateway("--publish ring --from 127.0.0.1:4000 --space here"), 2,
                    "--publish goes with --to"));
            cases.add(new Case(host.start(List.of(), List.of(), GatewayCommand.class.getName(),
                    "--publish ring --to 127.0.0.1:4000 --space here"), 1, JvmFlags.NEEDED));
            refusal(host, cases, "numbers-1", "queue", "it sends elements of the codec");
            refusal(host, cases, "numbers-2", "other", "it sends the messages of a queue");
            for (Case each : cases) {
                assertThat(each.run.await()).as(each.run.text()).isEqualTo(each.code);
                assertThat(each.run.text()).contains(each.expected);
                if (each.code == 1) {
                    assertThat(each.run.text().lines()).as(each.run.text()).hasSize(1);
                }
            }
            taken.close();
        }
    }

    /// Both ends say why they do not fit.
    private static void refusal(Host host, List<Case> cases, String from, String to, String reason) {
        String endpoint = "127.0.0.1:" + Host.freePort();
        cases.add(new Case(host.gateway("--subscribe %s --from %s --space there".formatted(to, endpoint)), 1,
                "refused the other end: " + reason));
        cases.add(new Case(host.gateway("--publish %s --to %s --space here".formatted(from, endpoint)), 1,
                "the other end refuses: " + reason));
    }

    /// A frame of another version, the one before or a later one: the receiving end names both, and tells the other.
    @ParameterizedTest
    @ValueSource(ints = {Wire.VERSION - 1, Wire.VERSION + 1})
    void anotherVersionIsRefused(int version) {
        try (Host host = new Host(); SharedSpace there = host.space("there")) {
            there.ring("ring", RingOptions.manyToMany(16));
            Endpoint endpoint = Endpoint.parse("127.0.0.1:" + Host.freePort());
            Host.Run receiver = host.gateway("--subscribe ring --from %s --space there".formatted(endpoint.text()));
            ExpandableMemoryBuffer hello = new ExpandableMemoryBuffer();
            int length = new Wire.Hello(0, 7, 1, 0, 0, 1, 2, 1, "").write(hello);
            hello.putByte(2, (byte) version);
            try (Media media = Media.embedded(host.root().resolve(".later"), 10_000);
                    Publication data = media.aeron().addExclusivePublication(endpoint.there(), 1);
                    Subscription status = media.aeron().addSubscription(endpoint.backIn(), -1)) {
                String[] reason = new String[1];
                Host.await(() -> {
                    media.work();
                    data.offer(hello, 0, length);
                    status.poll((buffer, offset, size, _) -> reason[0] = Wire.reason(buffer, offset, size), 1);
                    return reason[0] != null;
                }, receiver::text);
                assertThat(reason[0]).contains("version " + version, "this end speaks " + Wire.VERSION);
            }
            assertThat(receiver.await()).isEqualTo(1);
            assertThat(receiver.text()).contains("version " + version).contains("run the same release");
        }
    }

    /// The driver of one gateway never deletes the files of another one: names may have dots.
    @Test
    void eachEndHasAFolderOfItsOwn() {
        assertThat(GatewayCommand.driverFolder("a.b", "c", true, 1))
                .isNotEqualTo(GatewayCommand.driverFolder("a", "b.c", true, 1));
    }
}
