package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.ring.SharedRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A gateway that records, and subscribers that come later: each gets exactly the sequence that was sent.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingTest {
    private static final int MOST = 3000;
    private static final int SHORT = 100;
    private static final RingOptions RING = RingOptions.oneToOne(1024);

    private final Host host = new Host();
    private final SharedSpace here = host.space("here");
    private final SharedSpace there = host.space("there");
    private final Path directory = host.root().resolve(".recording");
    private final String endpoint = "aeron:udp?control=127.0.0.1:%d|control-mode=dynamic".formatted(Host.freePort());
    private final String publish = publish("numbers", directory);

    @AfterEach
    void closeEverything() {
        there.close();
        here.close();
        host.close();
    }

    private String publish(String name, Path recording) {
        return "--publish %s --to %s --space here --archive %s".formatted(name, endpoint, recording);
    }

    private String subscribe(String space) {
        return "--subscribe numbers --from %s --space %s --replay".formatted(endpoint, space);
    }

    /// Puts numbers into the local ring, as fast as the gateway takes them.
    static void put(SharedRing ring, long from, long until, int most) throws InterruptedException {
        Claim claim = new Claim();
        try (RingProducer producer = ring.producer()) {
            for (long number = from; number < until; ) {
                number += Numbers.offer(producer, claim, number, most) ? 1 : 0;
            }
        }
    }

    /// Takes numbers from a ring, and checks that each is there once and in order. @return the next one
    static long take(RingConsumer consumer, long from, long until, int most) throws InterruptedException {
        long next = from;
        while (next < until) {
            next += Numbers.read(consumer, next, most);
        }
        return next;
    }

    private void awaitMoreRecorded(long count, Host.Child sender) {
        SharedLongArray board = here.longArray("numbers.gateway-out-1", Board.HEADER);
        long goal = board.get(5) + count;
        Host.await(() -> board.get(5) >= goal, sender::text);
    }

    /// A subscriber that comes now gets each message once, and none is left in the object.
    private void awaitAll(long sent) throws InterruptedException {
        RingConsumer consumer = there.ring("numbers", RING).consumer();
        host.gateway(subscribe("there"));
        take(consumer, 0, sent, SHORT);
        awaitRecorded(sent);
    }

    private void awaitRecorded(long count) {
        SharedLongArray board = here.longArray("numbers.gateway-out-1", Board.HEADER);
        Host.await(() -> board.get(5) == count, () -> "%d of %d recorded".formatted(board.get(5), count));
    }

    /// One subscriber from the beginning, one that comes when all is over, and one that wants the rest only. The end of
    /// the ring arrives behind the last message.
    @Test
    void aSubscriberThatComesLaterGetsWhatPassedBefore() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        SharedRing to = there.ring("numbers", RING);
        Host.Local sender = host.gateway(publish);
        sender.awaitText("records in");
        Host.Run receiver = host.gateway(subscribe("there"));
        long sent;
        RingConsumer consumer = to.consumer();
        try (Traffic traffic = Traffic.ofRings(from, consumer, MOST)) {
            traffic.awaitMore(5_000);
            sent = traffic.finish();
        } catch (AssertionError failed) {
            failed.addSuppressed(new AssertionError(host.texts()));
            throw failed;
        }
        from.shutdown();
        assertThat(receiver.await()).as(receiver.text()).isZero();
        assertThat(consumer.read((_, _, _, _) -> { }, 1, TimeUnit.SECONDS.toNanos(60))).isEqualTo(RingConsumer.END);
        try (SharedSpace late = host.space("late"); SharedSpace rest = host.space("rest")) {
            RingConsumer all = late.ring("numbers", RING).consumer();
            RingConsumer some = rest.ring("numbers", RING).consumer();
            host.gateway(subscribe("late"));
            host.gateway(subscribe("rest") + " --from-sequence " + (sent - 1_000));
            take(all, 0, sent, MOST);
            take(some, sent - 1_001, sent, MOST);
        }
        sender.stop();
    }

    /// The gateway that records is killed at random and when it ends a message, and started again, while the producer
    /// goes on. There is no subscriber meanwhile.
    @Test
    void aKilledRecorderLosesAndDoublesNothing() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        try (Producing producing = new Producing(from)) {
            for (int round = 0; round < 3; round++) {
                Host.Child sender = host.process(List.of(), List.of(), publish);
                awaitMoreRecorded(3_000, sender);
                sender.kill();
            }
            Host.Child victim = host.process(List.of(),
                    List.of("-Dsluice.crash.at=RELEASE_WORD_SET", "-Dsluice.crash.nth=2000"), publish);
            assertThat(victim.await()).as(victim.text()).isEqualTo(137);
            host.gateway(publish);
            awaitAll(producing.finish());
        }
    }

    /// Subscribers are killed in the middle of a replay, one of them when a message was committed and its ledger does
    /// not say so. The last one gets the rest.
    @Test
    void aKilledSubscriberGoesOnWhereItWas() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        SharedRing to = there.ring("numbers", RING);
        host.gateway(publish).awaitText("records in");
        put(from, 0, 20_000, SHORT);
        awaitRecorded(20_000);
        RingConsumer consumer = to.consumer();
        Host.Child killed = host.process(List.of(), List.of(), subscribe("there"));
        long next = take(consumer, 0, 1, SHORT);
        killed.kill();
        Host.Child victim = host.process(List.of(),
                List.of("-Dsluice.crash.at=COMMIT_WORD_SET", "-Dsluice.crash.nth=2000"), subscribe("there"));
        while (victim.isAlive()) {
            next += Numbers.read(consumer, next, SHORT);
        }
        assertThat(victim.await()).as(victim.text()).isEqualTo(137);
        host.gateway(subscribe("there") + " --from-sequence 1");         // what was delivered does not come again
        take(consumer, next, 20_000, SHORT);
    }

    /// A subscriber leaves out what it does not want, behind what it has, and the next one goes on behind that.
    @Test
    void aSubscriberLeavesOutWhatItDoesNotWant() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        RingConsumer consumer = there.ring("numbers", RING).consumer();
        host.gateway(publish).awaitText("records in");
        put(from, 0, 400, SHORT);
        awaitRecorded(400);
        Host.Local receiver = host.gateway(subscribe("there"));
        take(consumer, 0, 400, SHORT);
        receiver.stop();
        put(from, 400, 700, SHORT);
        awaitRecorded(700);
        receiver = host.gateway(subscribe("there") + " --from-sequence 601");
        take(consumer, 600, 700, SHORT);
        receiver.stop();
        put(from, 700, 800, SHORT);
        host.gateway(subscribe("there"));
        take(consumer, 700, 800, SHORT);
    }

    /// A subscriber dies while its ledger, which has messages of another stream, notes the recording. The next one gets
    /// the recording from its begin.
    @Test
    void aRecordingThatIsHalfNotedIsNotKnown() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        RingConsumer consumer = there.ring("numbers", RING).consumer();
        Host.Local sender = host.gateway("--publish numbers --to %s --space here".formatted(endpoint));
        Host.Local receiver = host.gateway("--subscribe numbers --from %s --space there".formatted(endpoint));
        put(from, 0, 300, SHORT);
        take(consumer, 0, 300, SHORT);
        awaitRecorded(300);                          // acknowledged: the recording has the next ones
        receiver.stop();
        sender.stop();
        host.gateway(publish).awaitText("records in");
        put(from, 300, 800, SHORT);
        awaitRecorded(500);
        Host.Child victim = host.process(
                List.of(), List.of("-Dsluice.crash.at=GATEWAY_SOURCE_NOTED"), subscribe("there"));
        assertThat(victim.await()).as(victim.text()).isEqualTo(137);
        host.gateway(subscribe("there"));
        take(consumer, 300, 800, SHORT);
    }

    /// The process stands still for longer than its own Aeron client allows: it starts driver and archive again, and
    /// goes on with the messages that it holds.
    @Test
    void aRecorderThatWasStoppedStartsItsDriverAgain() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        Host.Child sender = host.process(List.of(),
                List.of("-Daeron.timer.interval=100ms", "-Daeron.client.liveness.timeout=1s"), publish);
        sender.awaitText("records in");
        try (Producing producing = new Producing(from)) {
            while (!sender.text().contains("connected to a media driver again")) {
                sender.signal("STOP");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
                sender.signal("CONT");
                awaitMoreRecorded(2_000, sender);
            }
            awaitAll(producing.finish());
        }
    }

    /// The driver is lost when messages are on their way to the files: they are offered again, and the later ones come
    /// behind them. The test turns the gateway itself, so that none is recorded before.
    @Test
    void whatWasOnItsWayIsOfferedAgain() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        Endpoint channels = Endpoint.parse(endpoint);
        try (LocalObject local = LocalObject.open("here", "numbers")) {
            Board board = Board.open(local, "out", 1, Board.HEADER);
            Recorder recorder = new Recorder(new Source(local.outgoing(false)), board,
                    RecordingMark.open(directory, local), Long.MAX_VALUE, new Report(System.out, System.err), "numbers",
                    channels.there(), channels.backIn(), 1);
            Media media = Media.embedded(host.root().resolve(".first"), 10_000);
            try (recorder) {
                recorder.attach(media.aeron());
                put(from, 0, 100, SHORT);
                int _ = recorder.work(System.nanoTime());
                recorder.publishCounters();
                assertThat(board.get(Board.Counter.LAG)).isEqualTo(100);
                media.close();
                media = Media.embedded(host.root().resolve(".second"), 10_000);
                recorder.attach(media.aeron());
                put(from, 100, 200, SHORT);
                RingConsumer consumer = there.ring("numbers", RING).consumer();
                host.gateway(subscribe("there"));
                for (long next = 0; next < 200; next += Numbers.read(consumer, next, SHORT)) {
                    for (int turns = 0; turns < 100; turns++) {
                        int _ = media.work() + recorder.work(System.nanoTime());
                    }
                }
                recorder.publishCounters();
                assertThat(board.get(Board.Counter.ACKNOWLEDGED)).isEqualTo(200);
            } finally {
                media.close();
            }
        }
    }

    /// A kill in the middle of a write leaves a frame whose last page is empty: it is cut off. This test takes more
    /// than a kill can, messages that a subscriber has, as a power cut does: the subscriber does not go on with others.
    @Test
    void aTornEndIsCutOffAndASubscriberThatHasMoreIsTold() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        RingConsumer consumer = there.ring("numbers", RING).consumer();
        Host.Child sender = host.process(List.of(), List.of(), publish);
        Host.Local receiver = host.gateway(subscribe("there"));
        put(from, 0, 500, 500);
        take(consumer, 0, 500, 500);
        receiver.stop();
        sender.kill();
        int kept = tear(directory.resolve("0-0.rec"));

        Host.Local next = host.gateway(publish);
        next.awaitText("behind message %d".formatted(kept));
        Host.Run refused = host.gateway(subscribe("there"));
        assertThat(refused.await()).isEqualTo(1);
        assertThat(refused.text()).contains(("the recording has the messages 1 to %d, and 501 is asked for, behind what"
                + " was delivered").formatted(kept));
        put(from, kept, 1_000, 500);
        awaitRecorded(1_000);
        refused = host.gateway(subscribe("there"));
        assertThat(refused.await()).isEqualTo(1);
        assertThat(refused.text()).contains("message 500 of the recording is not the one that was delivered");
        try (SharedSpace late = host.space("late")) {
            RingConsumer all = late.ring("numbers", RING).consumer();
            host.gateway(subscribe("late"));
            take(all, 0, 1_000, 500);
        }
    }

    /// Empties a file from a page boundary in one of its frames on. @return how many messages lie before
    private static int tear(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        int count = 0;
        for (int at = 0; ; count++) {
            int next = at + (bytes.getInt(at) + 31) / 32 * 32;
            int page = (next - 1) / 4096 * 4096;
            if (count > 300 && page > at) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(page);
                    channel.write(ByteBuffer.allocate(1), bytes.limit() - 1);
                }
                return count;
            }
            at = next;
        }
    }

    /// Makes a recording of short messages, and ends it in order.
    private void record(int messages) throws Exception {
        SharedRing from = here.ring("numbers", RING);
        Host.Local sender = host.gateway(publish);
        sender.awaitText("records in");
        put(from, 0, messages, SHORT);
        awaitRecorded(messages);
        sender.stop();
    }

    /// The last frame loses all but its header.
    @Test
    void aFrameWithoutARecordIsDamage() throws Exception {
        record(10);
        Path file = directory.resolve("0-0.rec");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        int last = 0;
        for (int at = 0; bytes.getInt(at) > 0; at += (bytes.getInt(at) + 31) / 32 * 32) {
            last = at;
        }
        bytes.putInt(last, 32);
        Files.write(file, bytes.array());
        Host.Run refused = host.gateway(publish);
        assertThat(refused.await()).isEqualTo(1);
        assertThat(refused.text()).contains("damaged, a record of 0 bytes ends behind message 9; restore the directory");
    }

    /// A page that a power cut has emptied, and lengths that are wrong, where the catalog has messages. A recording that
    /// goes on before these has some sequences twice.
    @Test
    void damageNearTheEndIsRefused() throws Exception {
        record(500);
        Path file = directory.resolve("0-0.rec");
        ByteBuffer bytes = ByteBuffer.allocate(128 << 10).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                assertThat(channel.read(bytes, bytes.position())).isPositive();
            }
        }
        int middle = 0;
        for (int i = 0; i < 300; i++) {
            middle += (bytes.getInt(middle) + 31) / 32 * 32;
        }
        int last = middle;
        for (int at = middle; bytes.getInt(at) > 0; at += (bytes.getInt(at) + 31) / 32 * 32) {
            last = at;
        }
        int[] wrong = {bytes.getInt(middle) + 32, 1 << 20, 1 << 25, Integer.MAX_VALUE, Integer.MIN_VALUE};
        refusesDamage(file, middle / 4096 * 4096, new byte[4096], "damaged, no frame follows message");
        for (int length : wrong) {
            refusesDamage(file, middle, word(length), "damaged, no frame follows message 30");
        }
        refusesDamage(file, last, word(bytes.getInt(last) + 32), "damaged, no frame follows message 499");
        refusesDamage(file, last, word(0), "damaged, no frame follows message 499");
        Host.Child killed = host.process(List.of(), List.of(), publish);
        killed.awaitText("behind message 500");
        killed.kill();                               // the catalog has no end any more
        for (int length : wrong) {
            refusesDamage(file, middle, word(length), "damaged, what lies at position ");
        }
        host.gateway(publish).awaitText("behind message 500");
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    private void refusesDamage(Path file, int at, byte[] damage, String expected) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer before = ByteBuffer.allocate(damage.length);
            assertThat(channel.read(before, at)).isEqualTo(damage.length);
            channel.write(ByteBuffer.wrap(damage), at);
            Host.Run refused = host.gateway(publish);
            assertThat(refused.await()).isEqualTo(1);
            assertThat(refused.text()).contains(expected).contains("restore the directory");
            assertThat(refused.text().lines()).as(refused.text()).hasSize(1);
            assertThat(channel.size()).as("stays as it is").isEqualTo(Segments.SEGMENT_BYTES);
            channel.write(before.flip(), at);
        }
    }

    /// A changed byte: what comes before it arrives, and the gateway that records says where it is.
    @Test
    void damageIsNoticedAtTheReplay() throws Exception {
        SharedRing from = here.ring("numbers", RING);
        RingConsumer consumer = there.ring("numbers", RING).consumer();
        Host.Local sender = host.gateway(publish);
        sender.awaitText("records in");
        put(from, 0, 50_000, 500);
        awaitRecorded(50_000);
        try (FileChannel file = FileChannel.open(directory.resolve("0-0.rec"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {-1, -2, -3, -4}), 10 << 20);
        }
        host.gateway(subscribe("there"));
        long next = 0;
        while (!sender.text().contains("Aeron Archive: ")) {
            next += Numbers.read(consumer, next, 500);
        }
        assertThat(sender.text()).contains("CRC checksum mismatch");
        assertThat(next).isLessThan(50_000);
    }

    /// What is older than the limit goes, in whole files. A subscriber that needs it is told, and another one begins
    /// with what is there.
    @Test
    void oldFilesGo() throws Exception {
        SharedRing from = here.ring("numbers", RING.withSlotBytes(16 << 10));
        Host.Local sender = host.gateway(publish + " --archive-keep 64m");
        sender.awaitText("records in");
        put(from, 0, 30_000, 15_000);
        awaitRecorded(30_000);
        assertThat(directory.resolve("0-0.rec")).doesNotExist();
        SharedRing to = there.ring("numbers", RING.withSlotBytes(16 << 10));
        Host.Run refused = host.gateway(subscribe("there") + " --from-sequence 1");
        assertThat(refused.await()).isEqualTo(1);
        assertThat(refused.text()).contains("to 30000, and 1 is asked for; name one that is there");
        Host.Run receiver = host.gateway(subscribe("there"));
        receiver.awaitText("goes on behind message");
        SharedLongArray ledger = there.longArray("numbers.gateway-in-1", Ledger.ELEMENTS);
        long begin = ledger.get(38);                 // of the first delivered message, what the sequence is more
        assertThat(begin).isPositive();
        take(to.consumer(), begin, 30_000, 15_000);
        sender.stop();
    }

    /// The program of a subscriber reads no more: its replay keeps no old files, and it is told.
    @Test
    void aSubscriberThatStandsStillKeepsNoOldFiles() throws Exception {
        SharedRing from = here.ring("numbers", RING.withSlotBytes(16 << 10));
        SharedRing to = there.ring("numbers", RingOptions.oneToOne(16).withSlotBytes(16 << 10));
        RingConsumer consumer = to.consumer();
        Host.Local sender = host.gateway(publish + " --archive-keep 64m");
        sender.awaitText("records in");
        Host.Local receiver = host.gateway(subscribe("there"));
        sender.awaitText("gets what is behind message 0");
        put(from, 0, 30_000, 15_000);
        awaitRecorded(30_000);
        Host.await(() -> Files.notExists(directory.resolve("0-0.rec")), sender::text);
        assertThat(sender.text()).contains("the oldest that is kept; its replay ends");
        long next = 0;
        while (!receiver.text().contains("is asked for")) {
            next += Numbers.read(consumer, next, 15_000);
        }
        assertThat(receiver.await()).isEqualTo(1);
        assertThat(receiver.text()).contains("is asked for, behind what was delivered");
        sender.stop();
    }

    /// A disk that is nearly full ends the gateway before it is full. The messages wait in the ring.
    @Test
    void aFullDiskEndsTheGatewayAndLosesNothing() throws Exception {
        Files.createDirectories(directory);
        long mib = (Recorder.LEAST_FREE_BYTES >> 20) + 40;
        String refused = NetworkTest.run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mib), "tmpfs",
                directory.toString());
        assumeTrue(refused.isEmpty(), "no file system can be mounted here: " + refused);
        try {
            SharedRing from = here.ring("numbers", RING);
            Host.Run sender;
            long sent;
            try (Producing producing = new Producing(from)) {
                sender = host.gateway(publish);
                assertThat(sender.await()).as(sender.text()).isEqualTo(1);
                assertThat(sender.text()).contains("bytes of the disk are free, and a gateway leaves");
                assertThat(NetworkTest.run("mount", "-o", "remount,size=%dm".formatted(2 * mib), directory.toString()))
                        .isEmpty();
                sender = host.gateway(publish);
                sent = producing.finish();
            }
            RingConsumer consumer = there.ring("numbers", RING).consumer();
            host.gateway(subscribe("there"));
            take(consumer, 0, sent, SHORT);
            ((Host.Local) sender).stop();
        } finally {
            assertThat(NetworkTest.run("umount", "-l", directory.toString())).isEmpty();
        }
    }

    private record Case(Host.Run run, int code, String expected) {}

    /// What cannot work is said in one line, with exit code 1, and changes nothing in the directory.
    @Test
    void eachMistakeIsOneLine() throws Exception {
        here.ring("numbers", RING);
        here.queue("texts", Codec.strings(), 16);
        Host.Local sender = host.gateway(publish);
        sender.awaitText("records in");
        here.ring("second", RING);
        Host.Run busy = host.gateway(publish("second", directory));
        assertThat(busy.await()).isEqualTo(1);
        sender.stop();
        Path foreign = Files.createDirectory(host.root().resolve(".foreign"));
        Files.writeString(foreign.resolve("notes"), "mine");
        List<Case> cases = new ArrayList<>(List.of(
                new Case(busy, 1, "another gateway records there"),
                new Case(host.gateway(publish("texts", directory)), 1,
                        "it is of a ring with the codec '', and 'texts' is a queue with 'String'"),
                new Case(host.gateway(publish("second", foreign)), 1,
                        "the directory is not empty, and not a recording of a gateway"),
                new Case(host.gateway(publish("second", Path.of("/dev/null/x"))), 1, "the directory cannot be used"),
                new Case(host.gateway(publish + " --archive-keep 1m"), 2, "--archive-keep 64m"),
                new Case(host.gateway(publish + " --archive-keep much"), 2, "much is no size"),
                new Case(host.gateway(publish + " --policy drop"), 2, "go without --policy drop"),
                new Case(host.gateway(publish + " --aeron-dir /x"), 2, "--archive goes without --aeron-dir"),
                new Case(host.gateway(subscribe("there") + " --from-sequence -1"), 2, "--from-sequence is at least 1"),
                new Case(host.gateway("--subscribe numbers --from %s --from-sequence 1".formatted(endpoint)), 2,
                        "--replay goes with --subscribe")));
        damaged(cases, "version", "sluice-recording.properties", "version=1", "version=2",
                "written by another release (version 2, this one has 1)");
        damaged(cases, "id", "sluice-recording.properties", "recording=", "recording=x",
                "sluice-recording.properties is damaged");
        damaged(cases, "gone", "archive.catalog", null, null, "archive.catalog is missing");
        damaged(cases, "changed", "archive.catalog", "", "", "Aeron Archive refuses it");
        for (Case each : cases) {
            assertThat(each.run.await()).as(each.run.text()).isEqualTo(each.code);
            assertThat(each.run.text()).contains(each.expected);
            if (each.code == 1) {
                assertThat(each.run.text().lines()).as(each.run.text()).hasSize(1);
            }
        }
        assertThat(foreign.toFile().list()).containsExactly("notes");
    }

    /// Adds a gateway that meets a copy of the recording with one file changed; without a text, the file is removed,
    /// with an empty one, it gets the header of another release.
    private void damaged(List<Case> cases, String name, String file, String text, String other, String expected)
            throws IOException {
        Path copy = Files.createDirectory(host.root().resolve("." + name));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName()));
            }
        }
        Path changed = copy.resolve(file);
        if (text == null) {
            Files.delete(changed);
        } else if (text.isEmpty()) {
            try (FileChannel channel = FileChannel.open(changed, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9, 9, 9, 9}), 0);
            }
        } else {
            Files.writeString(changed, Files.readString(changed).replace(text, other));
        }
        String object = "damaged-" + name;
        here.ring(object, RING);
        cases.add(new Case(host.gateway("--publish %s --to 127.0.0.1:%d --space here --archive %s".formatted(
                object, Host.freePort(), copy)), 1, expected));
    }

    /// Each end says what the other one lacks.
    @Test
    void aPlainEndAndARecordingOneRefuseEachOther() {
        here.ring("numbers", RING);
        there.ring("numbers", RING);
        host.gateway(publish).awaitText("records in");
        Host.Run plain = host.gateway(subscribe("there").replace(" --replay", ""));
        assertThat(plain.await()).isEqualTo(1);
        assertThat(plain.text()).contains("it records what it sends; start the receiving end with --replay");
        here.ring("live", RING);
        there.ring("live", RING);
        String other = "127.0.0.1:" + Host.freePort();
        Host.Run sender = host.gateway("--publish live --to %s --space here".formatted(other));
        Host.Run receiver = host.gateway("--subscribe live --from %s --space there --replay".formatted(other));
        assertThat(receiver.await()).isEqualTo(1);
        assertThat(receiver.text()).contains("it does not record; start it with --archive, or leave --replay out");
        assertThat(sender.await()).isEqualTo(1);
        assertThat(sender.text()).contains("the other end refuses: it does not record");
    }

    /// A queue whose long elements lie in files, and a broadcast into a ring for many.
    @Test
    void otherKindsAreRecordedAsWell() throws Exception {
        SharedQueue<byte[]> from = here.queue("numbers", Codec.bytes(), QueueOptions.of(64).withSlotBytes(128));
        SharedQueue<byte[]> to = there.queue("numbers", Codec.bytes(), QueueOptions.of(64).withSlotBytes(256));
        Host.Local sender = host.gateway(publish);
        for (int i = 0; i < 500; i++) {
            from.put(Numbers.bytes(i, MOST));
        }
        host.gateway(subscribe("there"));
        for (int i = 0; i < 500; i++) {
            assertThat(to.take()).isEqualTo(Numbers.bytes(i, MOST));
        }
        sender.stop();
        SharedRing quotes = here.ring("quotes", RingOptions.broadcast(256));
        RingConsumer consumer = there.ring("quotes", RingOptions.manyToMany(256)).consumer();
        host.gateway(publish("quotes", host.root().resolve(".quotes"))).awaitText("records in");
        host.gateway("--subscribe quotes --from %s --space there --replay".formatted(endpoint));
        try (Traffic traffic = Traffic.ofRings(quotes, consumer, SHORT)) {
            traffic.awaitMore(1_000);
            traffic.finish();
        }
    }

    /// Puts numbers in a thread, until it is told to end.
    private static final class Producing implements AutoCloseable {
        private final Thread thread;
        private volatile boolean stopping;
        private volatile long sent;

        Producing(SharedRing ring) {
            thread = Thread.ofPlatform().start(() -> {
                Claim claim = new Claim();
                try (RingProducer producer = ring.producer()) {
                    for (long number = 0; !stopping; ) {
                        number += Numbers.offer(producer, claim, number, SHORT) ? 1 : 0;
                        sent = number;
                    }
                } catch (InterruptedException _) {
                    // the test has failed
                }
            });
        }

        long finish() throws InterruptedException {
            stopping = true;
            assertThat(thread.join(Duration.ofSeconds(Host.WATCHDOG_SECONDS))).isTrue();
            return sent;
        }

        @Override
        public void close() {
            stopping = true;
            thread.interrupt();
        }
    }
}
