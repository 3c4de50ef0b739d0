package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two processes meet at one end of a ring for many: the first has the bias, the second revokes it. Each is stopped at
/// each of its steps while the other one goes on, and then goes on itself, or dies there.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BiasTest {
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int OTHER = 3;
    private static final int LAST = 4;
    private static final long WATCHDOG_SECONDS = 30;
    private static final RingOptions OPTIONS = RingOptions.manyToMany(8);

    private static final class Death extends Error {
        private static final long serialVersionUID = 1;

        Death() {
            super(null, null, false, false);
        }
    }

    /// A process of one thread, which stops at its n-th step until the test says how it goes on.
    private static final class Actor {
        private final int stopsAt;
        private final Semaphore stopped = new Semaphore(0);
        private final Semaphore goesOn = new Semaphore(0);
        private final Thread thread;
        private final Tally tally = new Tally();
        private volatile boolean isDead;
        private volatile boolean isOver;
        private volatile CrashPoint stoppedAt;
        private int steps;

        Actor(String name, int stopsAt, Consumer<Actor> program) {
            this.stopsAt = stopsAt;
            this.thread = Thread.ofPlatform().name(name).unstarted(() -> {
                try {
                    program.accept(this);
                } catch (Death expected) {
                    // The rest of the program does not happen.
                } finally {
                    isOver = true;
                    stopped.release();
                }
            });
        }

        /// Runs up to the stop, or to the end.
        ///
        /// @return whether it has stopped
        boolean run() {
            thread.start();
            await(stopped);
            return stoppedAt != null;
        }

        void resume() {
            goesOn.release();
            await(stopped);
        }

        private static void await(Semaphore what) {
            try {
                assertThat(what.tryAcquire(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }

        void at(CrashPoint point) {
            tally.at(point);
            if (++steps == stopsAt) {
                stoppedAt = point;
                stopped.release();
                goesOn.acquireUninterruptibly();
                if (isDead) {
                    throw new Death();
                }
            }
        }
    }

    /// Which end of the ring the two share.
    enum End {
        CLAIMS,
        TAKES,
        BRIEF_TAKES
    }

    /// One meeting of the two.
    private static final class Meeting implements AutoCloseable {
        private final End end;
        private final RingMemory memory = new RingMemory(OPTIONS);
        private final RingProducer otherProducer = memory.view(OTHER).producer(PARK);
        private final RingConsumer lastConsumer = memory.view(LAST).consumer(PARK);
        private final Messages messages = new Messages();
        private final List<Integer> received = new ArrayList<>();
        private final Actor first;
        private final Actor second;
        private int number;

        Meeting(End end, int firstStopsAt, int secondStopsAt) {
            this.end = end;
            this.first = new Actor("first", firstStopsAt, actor -> act(actor, memory.view(FIRST), 10));
            this.second = new Actor("second", secondStopsAt, actor -> act(actor, memory.view(SECOND), 20));
            if (end != End.CLAIMS) {
                for (int i = 1; i <= 6; i++) {
                    assertThat(Messages.send(otherProducer, i, i == 3 ? 60 : 8)).isTrue();
                }
            }
            CrashHook.script(point -> {
                if (Thread.currentThread().equals(first.thread)) {
                    first.at(point);
                } else if (Thread.currentThread().equals(second.thread)) {
                    second.at(point);
                }
            });
        }

        private void act(Actor actor, Ring ring, int from) {
            switch (end) {
                case CLAIMS -> {
                    RingProducer producer = ring.producer(PARK);
                    for (int i = 1; i <= 2; i++) {
                        actor.tally.sending = from + i;
                        assertThat(Messages.send(producer, from + i, 8)).isTrue();
                    }
                }
                case TAKES -> {
                    RingConsumer consumer = ring.consumer(PARK);
                    for (int i = 1; i <= 2; i++) {
                        consumer.read((type, buffer, index, length) -> actor.tally.reading = type, 1);
                    }
                }
                case BRIEF_TAKES -> {
                    ManyConsumer taker = ring.taker(PARK);
                    for (int i = 1; i <= 3; i++) {
                        long position = taker.takeBriefly();
                        if (position == Ring.NONE) {
                            break;
                        }
                        if (i == 2) {
                            taker.giveBack(position);
                        } else {
                            actor.tally.reading = taker.type(position);
                            taker.acknowledge(position);
                        }
                    }
                }
            }
        }

        private void drain() {
            lastConsumer.drain(messages);
            received.addAll(messages.received());
        }

        /// The stopped process goes on, or dies and is cleaned up after.
        private void end(Actor actor, int owner, boolean dies) {
            if (dies) {
                actor.isDead = true;
                byte[] scene = memory.snapshot();
                actor.resume();
                memory.restore(scene);           // without what its `finally` blocks have done
                memory.recover(owner);
            } else {
                actor.resume();
            }
        }

        void check(String story) {
            drain();
            TreeSet<Integer> expected = new TreeSet<>(first.tally.committed);
            expected.addAll(second.tally.committed);
            if (end != End.CLAIMS) {
                expected.addAll(List.of(1, 2, 3, 4, 5, 6));
            }
            List<Integer> all = new ArrayList<>(received);
            all.addAll(first.tally.consumed);
            all.addAll(second.tally.consumed);
            assertThat(all).as(story).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(memory.view(OTHER).browser().isAllReleased()).as(story).isTrue();
            for (int round = 0; round < 3; round++) {
                int before = number;
                while (Messages.send(otherProducer, 100 + number, 8)) {
                    number++;
                }
                assertThat(number - before).as(story).isEqualTo(OPTIONS.capacity());
                received.clear();
                drain();
                assertThat(received).as(story).hasSize(OPTIONS.capacity()).isSorted();
            }
        }

        @Override
        public void close() {
            CrashHook.script(null);
            for (Actor actor : List.of(first, second)) {
                actor.isDead = true;
                if (actor.stoppedAt != null && !actor.isOver) {
                    actor.resume();
                }
            }
            memory.close();
        }
    }

    @AfterEach
    void unscript() {
        CrashHook.script(null);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void noMessageIsLostOrDoubledWhereverTheTwoStop(End end) {
        TreeSet<CrashPoint> seen = new TreeSet<>();
        boolean firstStops = true;
        for (int i = 1; firstStops; i++) {
            boolean secondStops = true;
            for (int j = 1; secondStops; j++) {
                for (int variant = 0; variant < 8; variant++) {
                    try (Meeting meeting = new Meeting(end, i, j)) {
                        firstStops = meeting.first.run();
                        secondStops = meeting.second.run();
                        String story = "%s: first stops at %d %s, second at %d %s, variant %d".formatted(
                                end, i, meeting.first.stoppedAt, j, meeting.second.stoppedAt, variant);
                        if ((variant & 4) != 0 && end != End.CLAIMS) {
                            meeting.drain();             // what the two hold up, or not, is theirs alone
                            assertThat(meeting.received).as(story).hasSizeGreaterThanOrEqualTo(2);
                        }
                        if (firstStops) {
                            seen.add(meeting.first.stoppedAt);
                            meeting.end(meeting.first, FIRST, (variant & 1) != 0);
                        }
                        if (secondStops) {
                            seen.add(meeting.second.stoppedAt);
                            meeting.end(meeting.second, SECOND, (variant & 2) != 0);
                        }
                        meeting.check(story);
                    }
                }
            }
        }
        assertThat(seen).contains(CrashPoint.BIAS_GRANTED, CrashPoint.BIAS_FOUND, CrashPoint.BIAS_STANDS, CrashPoint.BIAS_REVOKED,
                CrashPoint.BIAS_DECIDED, CrashPoint.BIAS_MARKED);
    }

    /// A handler that takes from the same ring gets the next message, and not its own once more.
    @Test
    void aHandlerThatReadsGetsTheNextMessage() {
        try (RingMemory memory = new RingMemory(OPTIONS)) {
            Ring ring = memory.view(FIRST);
            RingProducer producer = ring.producer(PARK);
            ManyConsumer consumer = (ManyConsumer) ring.consumer(PARK);
            for (int i = 1; i <= 3; i++) {
                assertThat(Messages.send(producer, i, 8)).isTrue();
            }
            List<Integer> order = new ArrayList<>();
            consumer.read((type, buffer, index, length) -> {
                order.add(type);
                long next = consumer.takeBriefly();
                order.add(consumer.type(next));
                consumer.acknowledge(next);
            }, 1);
            consumer.read((type, buffer, index, length) -> order.add(type), 9);
            assertThat(order).containsExactly(1, 2, 3);
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }

    /// A handler cannot remove its own message a second time.
    @Test
    void aMessageInItsHandlerIsNotThereToBeRemoved() {
        try (RingMemory memory = new RingMemory(OPTIONS)) {
            Ring ring = memory.view(FIRST);
            assertThat(Messages.send(ring.producer(PARK), 1, 8)).isTrue();
            RingConsumer consumer = ring.consumer(PARK);
            long position = ring.browser().next(0);
            boolean[] removed = new boolean[1];
            assertThat(consumer.read((type, buffer, index, length) -> removed[0] = ring.browser().remove(position), 9))
                    .isEqualTo(1);
            assertThat(removed).containsExactly(false);
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }

    /// Where a dead holder stood is nothing that a revoker lends to its successor.
    @Test
    void aSuccessorDoesNotStandWhereTheDeadOneStood() {
        try (RingMemory memory = new RingMemory(OPTIONS)) {
            for (int owner = FIRST; owner <= SECOND; owner++) {
                RingProducer producer = memory.view(owner).producer(PARK);
                CrashPoint stop = owner == FIRST ? CrashPoint.BIAS_STANDS : CrashPoint.BIAS_GRANTED;
                CrashHook.script(point -> {
                    if (point == stop) {
                        throw new Death();
                    }
                });
                assertThatThrownBy(() -> Messages.send(producer, 1, 8)).isInstanceOf(Death.class);
                CrashHook.script(null);
                if (owner == FIRST) {
                    memory.recover(FIRST);
                }
            }
            assertThat(Messages.send(memory.view(OTHER).producer(PARK), 3, 8)).isTrue();
            Messages messages = new Messages();
            assertThat(memory.view(LAST).consumer(PARK).drain(messages)).isEqualTo(1);
            assertThat(messages.received()).containsExactly(3);
        }
    }

    /// While a producer asks for the bias, its holder goes a turn further and leaves; the producer does not claim where
    /// the tail was, even if a message has there what would be a free word.
    @Test
    void aGrantedBiasBeginsAtTheTailOfThatTime() {
        try (RingMemory memory = new RingMemory(OPTIONS)) {
            Ring first = memory.view(FIRST);
            RingProducer holder = first.producer(PARK);
            RingConsumer consumer = memory.view(LAST).consumer(PARK);
            Messages messages = new Messages();
            for (int i = 0; i < 4; i++) {
                assertThat(Messages.send(holder, i, 8)).isTrue();
            }
            consumer.drain(messages);
            long tail = first.tail();
            byte[] payload = new byte[64];
            Ring second = memory.view(SECOND, new AwakeParking(), () -> {
                while (first.findTail() < tail + OPTIONS.slots() - 1) {
                    assertThat(Messages.send(holder, 9, 8)).isTrue();
                    consumer.drain(messages);
                }
                try (Claim claim = new Claim()) {
                    assertThat(holder.tryClaim(claim, 7, payload.length)).isTrue();
                    int secondSlot = OPTIONS.slotBytes() - RingLayout.PAYLOAD;
                    claim.buffer().putLong(secondSlot, first.key ^ SlotWord.free(first.turn(tail)));
                    claim.buffer().getBytes(0, payload);
                    claim.commit();
                }
                holder.close();
            });
            assertThat(tail & first.mask).isPositive();
            assertThat(Messages.send(second.producer(PARK), 8, 8)).isTrue();
            List<Integer> types = new ArrayList<>();
            consumer.read((type, buffer, index, length) -> {
                types.add(type);
                if (type == 7) {
                    byte[] found = new byte[length];
                    buffer.getBytes(index, found);
                    assertThat(found).isEqualTo(payload);
                }
            }, 9);
            assertThat(types).containsExactly(7, 8);
            assertThat(first.browser().isAllReleased()).isTrue();
        }
    }

    /// The bias of a process that leaves, or dies, is there for its successor.
    @ParameterizedTest
    @EnumSource(names = {"CLAIMS", "TAKES"})
    void aSuccessorGetsTheBias(End end) {
        try (RingMemory memory = new RingMemory(OPTIONS)) {
            int granted = 0;
            for (int owner = FIRST; owner <= LAST; owner++) {
                Ring ring = memory.unkeptView(owner);
                List<CrashPoint> points = new ArrayList<>();
                CrashHook.script(points::add);
                assertThat(Messages.send(ring.producer(PARK), owner, 8)).isTrue();
                ring.consumer(PARK).read(new Messages(), 1);
                CrashHook.script(null);
                granted += (int) points.stream().filter(CrashPoint.BIAS_GRANTED::equals).count();
                assertThat(points).doesNotContain(CrashPoint.BIAS_REVOKED);
                if (owner % 2 == 0) {
                    ring.close();
                } else {
                    memory.recover(owner);
                }
            }
            assertThat(granted).isEqualTo(2 * LAST);
        }
    }
}
