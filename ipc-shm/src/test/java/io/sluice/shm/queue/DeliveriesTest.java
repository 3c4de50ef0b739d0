package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.Job;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.Space;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Elements of a task queue that are not acknowledged: deliveries are counted, too many of them end
/// among the dead letters, and a lease may have a longest duration.
@Timeout(120)
public class DeliveriesTest {
    private static final int CAPACITY = 8;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final Threads threads = sandbox.with(Threads.platform());

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static SharedTaskQueue<byte[]> tasks(SharedSpace space) {
        return space.taskQueue("t", Codec.bytes(), CAPACITY);
    }

    private static SharedQueue<byte[]> dead(SharedSpace space, int capacity) {
        return space.queue("dead", Codec.bytes(), capacity);
    }

    private static byte[] element(int first, int bytes) {
        byte[] element = new byte[bytes];
        element[0] = (byte) first;
        return element;
    }

    /// Each take counts, in any process and however its lease ends: by hand, by the end of a handle, by a kill.
    @Test
    void deliveriesAreCountedOverAllProcesses() throws InterruptedException {
        SharedTaskQueue<byte[]> tasks = tasks(space);
        assertThatThrownBy(tasks::deliveries).isInstanceOf(IllegalStateException.class)
                .hasMessage("task queue 't': nothing is leased through this handle");
        tasks.put(element(1, 1));
        tasks.put(element(2, 100_000));
        for (int delivery = 1; delivery <= 300; delivery++) {      // more than a byte holds
            assertThat(tasks.take()).hasSize(1);
            assertThat(tasks.deliveries()).isEqualTo(delivery);
            tasks.giveBack();
        }
        String home = root;
        Peer victim = sandbox.peer();
        List<Integer> there = victim.call(desk -> {
            SharedTaskQueue<byte[]> theirs = tasks(desk.space(home));
            theirs.take();
            int first = theirs.deliveries();
            theirs.close();
            SharedTaskQueue<byte[]> again = tasks(desk.space(home));
            again.take();
            int second = again.deliveries();
            again.take();                                          // the large one
            return List.of(first, second, again.deliveries());     // of the oldest
        });
        assertThat(there).containsExactly(301, 302, 302);
        victim.close();
        assertThat(tasks.take()).containsExactly(1);
        assertThat(tasks.deliveries()).isEqualTo(303);
        tasks.taskDone();
        assertThat(tasks.take()).hasSize(100_000);
        assertThat(tasks.deliveries()).isEqualTo(2);
        tasks.taskDone();
        tasks.put(element(3, 1));                                  // the next turn of a slot begins anew
        for (int i = 0; i < 2 * CAPACITY; i++) {
            assertThat(tasks.take()).hasSize(1);
            assertThat(tasks.deliveries()).isEqualTo(1);
            tasks.put(element(3, 1));
            tasks.taskDone();
        }
    }

    /// A death before the count does not count the take, in which no user code has run; a later one counts it once.
    @ParameterizedTest
    @ValueSource(strings = {"TAKE_WORD_SET 1", "TAKE_HELD 1", "TASK_COUNTED 2"})
    void aDeathLeavesTheCountRight(String pointAndCount) throws InterruptedException {
        CrashPoint point = CrashPoint.valueOf(pointAndCount.substring(0, pointAndCount.indexOf(' ')));
        SharedTaskQueue<byte[]> tasks = tasks(space);
        tasks.put(element(1, 1));
        String home = root;
        Peer victim = sandbox.peer();
        victim.call(desk -> {
            desk.keep("tasks", tasks(desk.space(home)));
            return null;
        });
        victim.dieAt(point, 1);
        victim.start(desk -> desk.kept("tasks", SharedTaskQueue.class).take());
        victim.awaitSelfKill();
        assertThat(tasks.take()).containsExactly(1);
        assertThat(tasks.deliveries()).isEqualTo(Integer.parseInt(pointAndCount.substring(point.name().length() + 1)));
        tasks.taskDone();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
    }

    /// The third taker gets the element behind the one that killed two takers; that one is among the dead letters, and
    /// has its side file there, and none in the task queue.
    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void anElementThatKillsItsTakersGoesToTheDeadLetters(int bytes) throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 2);
        SharedTaskQueue<byte[]> tasks = tasks(space).maxDeliveries(2, dead);
        tasks.put(element(1, bytes));
        tasks.put(element(2, 1));
        SharedTaskQueue<byte[]> captured = tasks;
        Peer victim = sandbox.peer();
        assertThat(victim.<Integer>call(desk -> captured.take().length)).isEqualTo(bytes);
        victim.close();
        assertThat(space.sweep()).isEqualTo(1);                // the death is noticed before the next element is there
        assertThat(tasks.take()).hasSize(bytes);
        assertThat(tasks.deliveries()).isEqualTo(2);
        tasks.giveBack();
        assertThat(sandbox.peer().<Integer>call(desk -> {      // the rule travels with the handle
            int first = captured.take()[0];
            captured.taskDone();
            captured.close();
            return first;
        })).isEqualTo(2);
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(dead.take()).isEqualTo(element(1, bytes));
        assertThat(dead).isEmpty();
        assertThat(sandbox.files()).containsExactlyInAnyOrder("dead", "t");
        sandbox.leaveNothing();
    }

    /// Memory runs out each time the element is decoded: it is offered twice, and moved as it is, without the codec.
    @Test
    void deadLettersAreNotDecoded() throws InterruptedException {
        Codec<byte[]> codec = new Unreadable();
        SharedQueue<byte[]> dead = space.queue("unread", codec, 2);
        SharedTaskQueue<byte[]> tasks = space.taskQueue("u", codec, CAPACITY).maxDeliveries(2, dead);
        tasks.put(element(1, 1));
        assertThatThrownBy(tasks::take).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> tasks.poll(1, TimeUnit.DAYS)).isInstanceOf(OutOfMemoryError.class);
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.poll(0, TimeUnit.DAYS)).isNull();
        assertThat(dead.size()).isEqualTo(1);
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
    }

    private static final class Unreadable implements Codec<byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public int encode(byte[] value, MutableDirectBuffer buffer, int offset) {
            return 0;
        }

        @Override
        public byte[] decode(DirectBuffer buffer, int offset, int length) {
            throw new OutOfMemoryError("thrown by a test");
        }

        @Override
        public String identity() {
            return "unreadable";
        }
    }

    /// Without room among the dead letters the element stays, and is not handed out; the others go on. It moves
    /// when there is room, also while the taker waits.
    @Test
    void withoutRoomADeadLetterStaysAndBlocksNoTaker() throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 1);
        dead.put(element(9, 1));
        SharedTaskQueue<byte[]> tasks = tasks(space).maxDeliveries(1, dead);
        tasks.put(element(1, 1));
        tasks.put(element(2, 1));
        tasks.take();
        tasks.giveBack();
        assertThat(tasks.take()).containsExactly(2);
        tasks.taskDone();
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.leased()).isZero();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isFalse();
        Reply<byte[]> waiting = threads.start(desk -> tasks.take());
        assertThat(dead.take()).containsExactly(9);
        tasks.join();
        assertThat(dead.take()).containsExactly(1);
        tasks.put(element(3, 1));
        assertThat(waiting.get()).containsExactly(3);
    }

    /// Another thread moves the last kept element while a take waits: that one goes on to wait, and ends with an
    /// element or with the close of the handle.
    @Test
    void aTakeWaitsOnWhenAnotherThreadMovesWhatWasKept() throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 1);
        dead.put(element(9, 1));
        SharedTaskQueue<byte[]> tasks = tasks(space).maxDeliveries(1, dead);
        tasks.put(element(1, 1));
        tasks.take();
        tasks.giveBack();
        assertThat(tasks.poll()).isNull();
        Job<byte[]> take = desk -> {
            desk.tellWhenWaiting();
            return tasks.take();
        };
        Job<byte[]> poll = desk -> {
            desk.tellWhenWaiting();
            return tasks.poll(1, TimeUnit.HOURS);
        };
        Reply<byte[]> taking = threads.start(take).awaitWaiting();
        Reply<byte[]> polling = threads.start(poll).awaitWaiting();
        assertThat(dead.take()).containsExactly(9);
        assertThat(tasks.poll()).isNull();
        assertThat(dead.take()).containsExactly(1);
        assertThat(tasks.poll(100, TimeUnit.MILLISECONDS)).isNull();       // both takers check again meanwhile
        tasks.put(element(2, 1));
        tasks.put(element(3, 1));
        assertThat(taking.get()[0] + polling.get()[0]).isEqualTo(5);
        Reply<byte[]> closed = threads.start(take).awaitWaiting();
        tasks.close();
        assertThat(closed.failure()).isInstanceOf(ClosedException.class);
    }

    /// The same after a shutdown of the dead letters; the close of the handle offers the element again.
    @Test
    void withoutAcceptanceADeadLetterStays() throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 1);
        SharedTaskQueue<byte[]> tasks = tasks(space);
        SharedTaskQueue<byte[]> ruled = tasks(space).maxDeliveries(1, dead);
        dead.shutdown();
        dead.close();
        tasks.put(element(1, 1));
        tasks.put(element(2, 1));
        ruled.take();
        ruled.giveBack();
        assertThat(ruled.take()).containsExactly(2);
        assertThat(tasks.poll()).isNull();
        ruled.taskDone();
        ruled.close();
        assertThat(tasks.take()).containsExactly(1);
        assertThat(tasks.deliveries()).isEqualTo(2);
    }

    /// A put among the dead letters fails, here since a directory has the name of its file: the element stays, the
    /// others go on, and it moves when the reason is gone.
    @Test
    void aDeadLetterThatCannotBePutBlocksNoTaker() throws Exception {
        SharedQueue<byte[]> dead = dead(space, 2);
        dead.put(element(9, 100_000));
        String first = sandbox.files().stream().filter(file -> !file.equals("dead")).findFirst().orElseThrow();
        dead.take();
        Path second = Files.createDirectory(space.path().resolve(first.substring(0, first.length() - 1) + "1"));
        SharedTaskQueue<byte[]> tasks = space.taskQueue("many", Codec.bytes(), 32).maxDeliveries(1, dead);
        for (int i = 1; i <= 20; i++) {
            tasks.put(element(i, 100_000));
            assertThat(tasks.take()[0]).isEqualTo((byte) i);
            tasks.giveBack();
        }
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.toString()).endsWith(" failures]");
        tasks.put(element(21, 1));
        assertThat(tasks.take()).containsExactly(21);
        tasks.taskDone();
        Files.delete(second);
        for (int i = 1; i <= 20; i++) {
            assertThat(tasks.poll()).isNull();
            assertThat(dead.take()[0]).isEqualTo((byte) i);
        }
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
    }

    /// The process that moves an element dies when it is among the dead letters and still in its queue: it is moved
    /// twice, and nothing is lost or kept.
    @ParameterizedTest
    @ValueSource(strings = "TASK_BURIED")
    void aMoverThatDiesLeavesTheElementInBothQueues(CrashPoint point) throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 4);
        SharedTaskQueue<byte[]> tasks = tasks(space).maxDeliveries(1, dead);
        tasks.put(element(1, 100_000));
        tasks.put(element(2, 1));
        tasks.take();
        tasks.giveBack();
        SharedTaskQueue<byte[]> captured = tasks;
        Peer victim = sandbox.peer();
        victim.dieAt(point, 1);
        victim.start(desk -> captured.take());
        victim.awaitSelfKill();
        assertThat(space.sweep()).isEqualTo(1);
        assertThat(tasks.take()).containsExactly(2);
        tasks.taskDone();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(dead.poll()).hasSize(100_000);
        assertThat(dead.poll()).hasSize(100_000);
        assertThat(dead.poll()).isNull();
        assertThat(sandbox.files()).containsExactlyInAnyOrder("dead", "t");
    }

    /// A rule keeps no space open: handles that the space does not know any more end with the space all the same.
    @Test
    void theDeadLettersKeepNoSpaceOpen() {
        SharedQueue<byte[]> dead = dead(space, 1);
        tasks(space).close();
        Space below = dead.elements().object().space();
        dead.close();
        SharedTaskQueue<byte[]> unknown = new SharedTaskQueue<>(
                new Opening(below.attach("t", Kind.TASK_QUEUE), WaitStrategy.PARK), Codec.bytes());
        unknown.maxDeliveries(1, new SharedQueue<>(
                new Opening(below.attach("dead", Kind.QUEUE), WaitStrategy.PARK), Codec.bytes()));
        assertThat(unknown.poll()).isNull();
        space.close();
        assertThatThrownBy(unknown::poll).isInstanceOf(ClosedException.class);
    }

    /// Invalid rules are refused, with the way out.
    @Test
    void wrongRulesAreRefused() {
        SharedTaskQueue<byte[]> tasks = tasks(space);
        SharedQueue<byte[]> dead = dead(space, 1);
        assertThatThrownBy(() -> tasks.maxDeliveries(0, dead)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task queue 't': 0 deliveries is not between 1 and 16,777,215");
        SharedQueue<byte[]> other = space.queue("unread", new Unreadable(), 2);
        assertThatThrownBy(() -> tasks.maxDeliveries(1, other)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'t'").hasMessageContaining("'unread'").hasMessageContaining("the same codec");
        tasks.maxDeliveries(1, dead);
        assertThatThrownBy(() -> tasks.maxDeliveries(1, dead)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open another handle");
        assertThatThrownBy(() -> tasks.leaseTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task queue 't': a lease of PT0S is not positive");
        tasks.leaseTimeout(Duration.ofSeconds(Long.MAX_VALUE));
        assertThatThrownBy(() -> tasks.leaseTimeout(Duration.ofDays(1))).isInstanceOf(IllegalStateException.class);
    }

    /// A taker hangs: another one gets the element. The first one gets an exception when it goes on, and its late
    /// acknowledgement ends neither the other's lease nor the next one of its own process.
    @Test
    void whatATakerThatHangsHasLeasedIsOfferedAgain() throws InterruptedException {
        SharedTaskQueue<byte[]> hanging = tasks(space).leaseTimeout(Duration.ofMillis(20));
        SharedTaskQueue<byte[]> other = tasks(sandbox.open());
        hanging.put(element(1, 1));
        hanging.put(element(2, 1));
        hanging.take();
        assertThat(other.take()).containsExactly(2);
        other.taskDone();
        assertThat(other.take()).containsExactly(1);           // waits until the lease has run out
        assertThat(other.deliveries()).isEqualTo(2);
        assertThat(hanging.leased()).isZero();
        hanging.put(element(3, 1));
        Job<Integer> takeAnother = desk -> (int) hanging.take()[0];
        assertThat(threads.<Integer>call(takeAnother)).isEqualTo(3);
        assertThatThrownBy(hanging::taskDone).isInstanceOf(LeaseExpiredException.class)
                .hasMessage("task queue 't': the lease ran out after PT0.02S, and the element was offered again; let"
                        + " leases last longer than the work, or make the work safe to do twice");
        assertThat(other.take()).containsExactly(3);           // its lease was not acknowledged
        other.taskDone();
        other.taskDone();
        other.join();
        assertThatThrownBy(hanging::taskDone).isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(LeaseExpiredException.class); // the lease that ran out is another thread's
        hanging.put(element(4, 1));
        assertThat(hanging.take()).containsExactly(4);
        assertThat(other.take()).containsExactly(4);
        hanging.giveBack();                                    // no effect: the lease ran out
        assertThat(other.givenBack()).isEqualTo(3);
    }

    /// A give-back that fails is counted, and keeps no other lease from its end.
    @Test
    void aGiveBackThatFailsKeepsNoOtherLease() throws InterruptedException {
        BlockingQueue<Long> given = new LinkedBlockingQueue<>();
        Leases leases = new Leases("t", position -> {
            if (position == 1) {
                throw new IllegalStateException("thrown by a test");
            }
            given.add(position);
        });
        assertThat(leases.setTimeout(1)).isTrue();
        leases.add(1, 1);
        leases.add(2, 1);
        assertThat(given.take()).isEqualTo(2);
        assertThat(leases.failures()).isEqualTo(1);
        assertThat(leases.size()).isZero();
    }

    /// Both rules together: an element on which its takers hang is among the dead letters in the end, while a take
    /// waits. A lease that has time is acknowledged as ever.
    @Test
    void anElementOnWhichTakersHangBecomesADeadLetter() throws InterruptedException {
        SharedQueue<byte[]> dead = dead(space, 1);
        SharedTaskQueue<byte[]> tasks = tasks(space).maxDeliveries(2, dead).leaseTimeout(Duration.ofMillis(10));
        tasks.put(element(1, 1));
        tasks.take();
        tasks.take();
        Reply<byte[]> waiting = threads.start(desk -> tasks.take());
        assertThat(dead.take()).containsExactly(1);
        tasks.put(element(2, 1));
        assertThat(waiting.get()).containsExactly(2);
        tasks.close();
        SharedTaskQueue<byte[]> patient = tasks(space).leaseTimeout(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(patient.take()).containsExactly(2);
        patient.taskDone();
        assertThat(patient.join(0, TimeUnit.SECONDS)).isTrue();
    }
}
