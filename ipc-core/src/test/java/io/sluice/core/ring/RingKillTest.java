package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.ADAPTIVE;
import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.ThreadParking;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A real process that uses a ring in a shared file, killed by the kernel in the middle of an operation: with the
/// handlers and the `finally` blocks that the scripted deaths leave out.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingKillTest {
    private static final RingOptions OPTIONS = RingOptions.manyToMany(16);
    private static final int VICTIM = 2;
    private static final int KILLED = 128 + 9;

    /// The victim's work until it is killed: offers, aborts, reads with a handler that sometimes throws.
    static final class Victim {
        private Victim() {}

        /// Runs until killed.
        ///
        /// @param args the file
        public static void main(String[] args) throws IOException {
            try (Arena arena = Arena.ofShared()) {
                Ring ring = open(Path.of(args[0]), arena, VICTIM);
                RingProducer producer = ring.producer(ADAPTIVE);
                RingConsumer consumer = ring.consumer(ADAPTIVE);
                for (int i = 0; i < 1000; i++) {
                    Messages.send(producer, 1, i * 31 % 200);
                    try (Claim claim = new Claim()) {
                        producer.tryClaim(claim, 2, i % 100);
                    }
                    int attempt = i;
                    try {
                        consumer.read((type, buffer, index, length) -> {
                            if (attempt % 3 == 0) {
                                throw new IllegalArgumentException();
                            }
                        }, 2);
                    } catch (IllegalArgumentException expected) {
                        // The message that failed comes again.
                    }
                }
            }
        }
    }

    static Ring open(Path file, Arena arena, int owner) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long address = channel.map(MapMode.READ_WRITE, 0, OPTIONS.bytes(), arena).address();
            return new Ring("shared", address, OPTIONS.bytes(), new ThreadParking(true), new Liveness() {
                @Override
                public int self() {
                    return owner;
                }

                @Override
                public void sweep() {
                    // The test is the sweeper.
                }
            });
        }
    }

    /// Killed at each point of a ring with many users: the other messages are whole, in order, and all slots come back.
    @ParameterizedTest
    @EnumSource(names = {
        "CLAIM_WORD_SET", "CLAIM_HELD", "COMMIT_WORD_SET", "ABORT_WORD_SET", "TAKE_WORD_SET", "TAKE_HELD",
        "RELEASE_DONE_SET", "RELEASE_HALF_STAMPED", "RELEASE_WORD_SET", "GIVE_BACK_WORD_SET", "BIAS_FOUND",
        "BIAS_STANDS"})
    void survivorsOfAKilledProcessGoOn(CrashPoint point) throws Exception {
        survivorsGoOn(point, 7, false);
    }

    /// Killed at each point of the revocation of a bias, that of claims and that of takes.
    @ParameterizedTest
    @EnumSource(names = {"BIAS_GRANTED", "BIAS_REVOKED", "BIAS_DECIDED", "BIAS_MARKED"})
    void survivorsOfAKilledRevokerGoOn(CrashPoint point) throws Exception {
        for (int nth = 1; nth <= 2; nth++) {
            survivorsGoOn(point, nth, point != CrashPoint.BIAS_GRANTED);
        }
    }

    /// @param biased whether the survivor has the bias before the victim comes
    private static void survivorsGoOn(CrashPoint point, int nth, boolean biased) throws Exception {
        Path file = Files.createTempFile(Path.of("/dev/shm"), "sluice-ring-test", "");
        try (Arena arena = Arena.ofShared()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                Ring.format(channel.map(MapMode.READ_WRITE, 0, OPTIONS.bytes(), arena).address(), OPTIONS);
            }
            Ring ring = open(file, arena, 1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = ring.consumer(PARK);
            Messages messages = new Messages();
            if (biased) {
                assertThat(Messages.send(producer, 1, 1)).isTrue();
                assertThat(consumer.read(messages, 1)).isEqualTo(1);
            }
            assertThat(kill(file, point, nth)).isEqualTo(KILLED);
            RingRecovery.recover(ring.address, OPTIONS.bytes(), VICTIM, new AwakeParking());
            consumer.drain(messages);
            assertThat(messages.received()).allMatch(type -> type == 1);
            assertThat(ring.browser().isAllReleased()).isTrue();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < OPTIONS.capacity(); i++) {
                    assertThat(Messages.send(producer, i, 1)).isTrue();
                }
                assertThat(Messages.send(producer, 0, 1)).isFalse();
                assertThat(consumer.drain(messages)).isEqualTo(OPTIONS.capacity());
                assertThat(messages.received()).isSorted();
            }
        } finally {
            Files.delete(file);
        }
    }

    private static int kill(Path file, CrashPoint point, int nth) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"),
                "-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + nth,
                Victim.class.getName(), file.toString()));
        Process victim = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return victim.exitValue();
        } finally {
            victim.destroyForcibly();
        }
    }
}
