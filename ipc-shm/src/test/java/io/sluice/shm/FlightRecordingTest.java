package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.shm.queue.SharedQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Flight Recorder is told of slow paths.
class FlightRecordingTest {
    private static final List<String> WAITS = List.of("BlockedPut", "BlockedTake", "LockWait", "SyncWait");
    private static final long WAIT_MILLIS = 5;

    private final Sandbox sandbox = new Sandbox();
    @TempDir
    Path folder;

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static Recording begin() {
        Recording recording = new Recording();
        WAITS.forEach(name -> recording.enable("io.sluice." + name).withoutThreshold());
        for (String name : List.of("QueueFull", "OwnerDied", "Recovered", "Swept")) {
            recording.enable("io.sluice." + name);
        }
        recording.start();
        return recording;
    }

    private List<RecordedEvent> end(Recording recording) throws IOException {
        try (recording) {
            recording.stop();
            Path file = Files.createTempFile(folder, "recording", ".jfr");
            recording.dump(file);
            return RecordingFile.readAllEvents(file);
        }
    }

    private static List<String> texts(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("io.sluice." + name))
                .map(event -> event.getString("object") + (event.hasField("what") ? " " + event.getString("what") : "")
                        + (event.hasField("met") ? event.getBoolean("met") ? " met" : " missed" : ""))
                .toList();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("io.sluice." + name)).toList();
    }

    /// Waits that end by a time-out, each with its object.
    @Test
    void eachWaitTellsItsObject() throws Exception {
        SharedSpace space = sandbox.open();
        SharedQueue<String> queue = space.queue("queue", Codec.strings(), 1);
        var lock = space.lock("lock");
        var readWrite = space.readWriteLock("rw");
        var permits = space.semaphore("permits", 0);
        var event = space.event("event");
        var latch = space.countDownLatch("latch", 1);
        lock.lock();
        readWrite.readLock().lock();
        Party other = sandbox.with(Threads.platform());
        String root = sandbox.root();

        Recording recording = begin();
        assertThat(queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNull();
        queue.put("element");
        assertThat(queue.offer("another")).isFalse();
        assertThat(queue.offer("another", WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(permits.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(event.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(latch.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(other.<Boolean>call(desk -> desk.space(root).lock("lock")
                .tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS))).isFalse();
        assertThat(other.<Boolean>call(desk -> desk.space(root).readWriteLock("rw").writeLock()
                .tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS))).isFalse();
        List<RecordedEvent> events = end(recording);

        assertThat(texts(events, "BlockedTake")).containsExactly("s/queue missed");
        assertThat(texts(events, "BlockedPut")).containsExactly("s/queue missed");
        assertThat(texts(events, "QueueFull")).isNotEmpty().containsOnly("s/queue");
        assertThat(texts(events, "LockWait")).contains("s/lock missed", "s/rw missed");
        assertThat(texts(events, "SyncWait"))
                .containsExactly("s/permits PERMIT missed", "s/event EVENT missed", "s/latch LATCH missed");
        assertThat(of(events, "BlockedTake").getFirst()).satisfies(wait -> {
            assertThat(wait.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(WAIT_MILLIS).dividedBy(2));
            assertThat(wait.getThread().getJavaThreadId()).isEqualTo(Thread.currentThread().threadId());
            assertThat(wait.getStackTrace().getFrames()).anySatisfy(frame ->
                    assertThat(frame.getMethod().getName()).isEqualTo("eachWaitTellsItsObject"));
        });
    }

    /// A wait that is met; the one before the recording is not told.
    @Test
    void aWaitThatIsMetSaysSo() throws Exception {
        SharedQueue<String> queue = sandbox.open().queue("queue", Codec.strings(), 1);
        Party other = sandbox.with(Threads.platform());
        String root = sandbox.root();
        assertThat(queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNull();

        Recording recording = begin();
        Reply<String> taken = other.start(desk -> {
            var own = desk.space(root).queue("queue", Codec.strings(), 1);
            desk.tellWhenWaiting();
            return own.take();
        });
        taken.awaitWaiting();
        queue.put("element");
        assertThat(taken.get()).isEqualTo("element");
        assertThat(texts(end(recording), "BlockedTake")).containsExactly("s/queue met");
    }

    /// A process that is killed with a lock: one event of its death, one of the object's recovery.
    @Test
    void aDeathAndItsRecoveryAreTold() throws Exception {
        SharedSpace space = sandbox.open();
        space.lock("lock");
        Peer peer = sandbox.peer();
        String root = sandbox.root();
        peer.call(desk -> {
            desk.space(root).lock("lock").lock();
            return null;
        });

        Recording recording = begin();
        peer.kill();
        assertThat(peer.awaitDeath()).isEqualTo(137);
        int _ = space.sweep();
        List<RecordedEvent> events = end(recording);

        assertThat(of(events, "OwnerDied")).singleElement().satisfies(death -> {
            assertThat(death.getLong("pid")).isEqualTo(peer.pid());
            assertThat(death.getString("space")).isEqualTo(root + "/s");
            assertThat(death.getInt("slot")).isEqualTo(2);
        });
        assertThat(of(events, "Recovered")).singleElement().satisfies(recovery -> {
            assertThat(recovery.getString("object")).isEqualTo("s/lock");
            assertThat(recovery.getLong("pid")).isEqualTo(peer.pid());
            assertThat(recovery.getString("failure")).isNull();
        });
        assertThat(new SpaceRoot(Path.of(root)).errors(Sandbox.SPACE)).singleElement().satisfies(error -> {
            assertThat(error.text()).startsWith("a process ended without closing the space: io.sluice.shm.PeerMain");
            assertThat(error.pid()).isEqualTo(peer.pid());
            assertThat(error.count()).isEqualTo(1);
        });
        assertThat(of(events, "Swept")).singleElement().satisfies(sweep ->
                assertThat(sweep.getInt("freed")).isEqualTo(1));
    }
}
