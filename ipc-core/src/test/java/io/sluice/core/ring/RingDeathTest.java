package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A process dies at its n-th step, for every n; its cleaner dies at its m-th step, for every m, and the next cleaner
/// starts again. Then the survivors use the ring for three rounds, and miss nothing.
///
/// All in one thread, over real memory: a death is an error thrown at a crash point, after which the victim's handles
/// are never touched again. So the victim uses no operation with a `finally`: as one of many consumers it takes and
/// acknowledges, as the queues do.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingDeathTest {
    private static final int SURVIVOR = 1;
    private static final int VICTIM = 2;

    /// A death: not an exception that the code under test could have thrown.
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("died", null, false, false);
        }
    }

    /// Throws at the n-th crash point while it is armed, and reports each point.
    private static final class Reaper implements Consumer<CrashPoint> {
        private final int nth;
        private final Consumer<CrashPoint> witness;
        private int hits;
        private boolean armed;

        Reaper(int nth, Consumer<CrashPoint> witness) {
            this.nth = nth;
            this.witness = witness;
        }

        /// Whether the victim died.
        boolean kills(Runnable work) {
            CrashHook.script(this);
            armed = true;
            try {
                work.run();
                return false;
            } catch (Death death) {
                return true;
            } finally {
                armed = false;
                CrashHook.script(null);
            }
        }

        /// Runs another process's work in between; no death happens in it.
        void spare(Runnable work) {
            armed = false;
            work.run();
            armed = true;
        }

        @Override
        public void accept(CrashPoint point) {
            if (armed) {
                witness.accept(point);
                if (++hits == nth) {
                    throw new Death();
                }
            }
        }
    }

    /// The victim's roles, the kind of ring, and how far the ring was used before.
    record Case(RingOptions options, boolean victimWrites, boolean victimReads) {
        static Stream<Case> all() {
            return Stream.of(8, 12, 16).flatMap(capacity -> Shape.roles(capacity, 64).stream()
                    .filter(shape -> !shape.broadcasts())
                    .flatMap(shape -> Stream.of(new Case(shape.options(), true, false),
                            new Case(shape.options(), false, true), new Case(shape.options(), true, true))));
        }

        boolean manyWriters() {
            return options.producers() == Producers.MANY;
        }

        boolean manyReaders() {
            return options.consumers() == Consumers.MANY;
        }
    }

    /// One life of a ring, up to the death of the victim.
    private static final class Life {
        private final Case roles;
        private final RingMemory memory;
        private final Ring survivor;
        private final Ring victim;
        private final Tally tally = new Tally();
        private final Reaper reaper;
        private int number;
        private RingProducer survivingProducer;
        private RingConsumer survivingConsumer;
        private RingProducer victimProducer;
        private RingConsumer victimConsumer;

        Life(Case roles, RingMemory memory, int nth) {
            this.roles = roles;
            this.memory = memory;
            this.survivor = memory.view(SURVIVOR);
            this.victim = memory.view(VICTIM);
            this.reaper = new Reaper(nth, tally::at);
        }

        boolean isCutShort() {
            if (!roles.victimWrites || roles.manyWriters()) {
                survivingProducer = survivor.producer(PARK);
            }
            if (!roles.victimReads || roles.manyReaders()) {
                survivingConsumer = survivor.consumer(PARK);
            }
            boolean died = reaper.kills(this::live);
            // In this process the victim's claims would be aborted when they are collected; a dead process does not
            // do that.
            byte[] scene = memory.snapshot();
            victim.close();
            memory.restore(scene);
            return died;
        }

        void survivorsLeave() {
            survivor.close();
            survivingProducer = null;
            survivingConsumer = null;
        }

        private void live() {
            if (roles.victimWrites) {
                victimProducer = victim.producer(PARK);
            }
            if (roles.victimReads) {
                victimConsumer = roles.manyReaders() ? victim.taker(PARK) : victim.consumer(PARK);
            }
            write(10);
            write(70);
            write(10);
            read(2);
            write(100);
            abortOne();
            write(48);
            giveBackOne();
            read(1);
            write(49);
            takeOneAndKeepIt();
            write(10);
            reaper.spare(this::survivorReadsOne);
            write(80);
            read(3);
            write(10);
            write(90);
            abortOne();
            read(2);
            claimOneAndKeepIt();
            reaper.spare(this::survivorWritesOne);
        }

        private void write(int length) {
            if (!roles.victimWrites) {
                reaper.spare(() -> survivorWrites(length));
                return;
            }
            reaper.spare(this::survivorWritesOne);
            tally.sending = ++number;
            Messages.send(victimProducer, tally.sending, length);
        }

        private void survivorWritesOne() {
            if (survivingProducer != null && roles.victimWrites) {
                survivorWrites(20);
            }
        }

        private void survivorWrites(int length) {
            if (Messages.send(survivingProducer, ++number, length)) {
                tally.committed.add(number);
            }
        }

        private void abortOne() {
            if (roles.victimWrites) {
                Claim claim = new Claim();
                if (victimProducer.tryClaim(claim, -1, 60)) {
                    claim.abort();
                }
            }
        }

        private void claimOneAndKeepIt() {
            if (roles.victimWrites) {
                victimProducer.tryClaim(memory.claim(), -1, 60);
            }
        }

        private void read(int limit) {
            if (!roles.victimReads) {
                reaper.spare(() -> survivingConsumer.read((type, buffer, index, length) -> tally.consumed.add(type), limit));
            } else if (victimConsumer instanceof ManyConsumer taker) {
                for (int i = 0; i < limit; i++) {
                    long position = i == 0 ? taker.takeBriefly() : taker.take();
                    if (position >= 0) {
                        tally.reading = taker.type(position);
                        taker.acknowledge(position);
                    }
                }
            } else {
                victimConsumer.read((type, buffer, index, length) -> tally.reading = type, limit);
            }
        }

        private void giveBackOne() {
            if (victimConsumer instanceof ManyConsumer taker) {
                long position = taker.take();
                if (position >= 0) {
                    taker.giveBack(position);
                }
            }
        }

        private void takeOneAndKeepIt() {
            if (victimConsumer instanceof ManyConsumer taker) {
                taker.takeBriefly();
            }
        }

        private void survivorReadsOne() {
            if (survivingConsumer != null && roles.victimReads) {
                survivingConsumer.read((type, buffer, index, length) -> tally.consumed.add(type), 1);
            }
        }
    }

    @AfterEach
    void disarm() {
        CrashHook.script(null);
    }

    /// Every death of the victim, from every offset of the ring; the survivors go on with the handles they have.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.RingDeathTest$Case#all")
    void survivorsMissNothingAndGetNothingTwice(Case roles) {
        try (RingMemory memory = new RingMemory(roles.options)) {
            byte[] empty = memory.snapshot();
            for (int offset = 0; offset < roles.options.slots(); offset++) {
                boolean died = true;
                for (int nth = 1; died; nth++) {
                    memory.restore(empty);
                    Life life = new Life(roles, memory.startingAt(3L * roles.options.slots() + offset), nth);
                    died = life.isCutShort();
                    memory.recover(VICTIM);
                    survivorsGoOn(life, memory, "%s, offset %d, death %d".formatted(roles, offset, nth));
                }
            }
        }
    }

    /// Every death of the victim and every death of its first cleaner; new processes go on.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.RingDeathTest$Case#all")
    void aCleanerThatDiesIsContinuedByTheNext(Case roles) {
        try (RingMemory memory = new RingMemory(roles.options)) {
            byte[] empty = memory.snapshot();
            for (int offset = 0; offset < roles.options.slots(); offset++) {
                boolean died = true;
                for (int nth = 1; died; nth++) {
                    memory.restore(empty);
                    Life life = new Life(roles, memory.startingAt(3L * roles.options.slots() + offset), nth);
                    died = life.isCutShort();
                    life.survivorsLeave();
                    byte[] scene = memory.snapshot();
                    boolean cleanerDied = true;
                    for (int cut = 1; cleanerDied; cut++) {
                        memory.restore(scene);
                        cleanerDied = new Reaper(cut, point -> {}).kills(() -> memory.recover(VICTIM));
                        memory.recover(VICTIM);
                        survivorsGoOn(life, memory, "%s, offset %d, death %d, cleaner %d".formatted(
                                roles, offset, nth, cut));
                    }
                }
            }
        }
    }

    private static void survivorsGoOn(Life life, RingMemory memory, String story) {
        Case roles = life.roles;
        Ring ring = memory.view(SURVIVOR);
        RingProducer producer = life.survivingProducer == null ? ring.producer(PARK) : life.survivingProducer;
        RingConsumer consumer = life.survivingConsumer == null ? ring.consumer(PARK) : life.survivingConsumer;
        Messages messages = new Messages();
        TreeSet<Integer> expected = new TreeSet<>(life.tally.committed);
        life.tally.consumed.forEach(number -> assertThat(expected.remove(number)).as(story).isTrue());
        int left = ring.browser().size();
        readAll(consumer, roles, messages, expected.size());
        assertThat(messages.received()).as(story).containsExactlyElementsOf(expected).hasSize(left);
        if (!ring.browser().isAllReleased()) {
            assertThat(consumer.read(messages, 1)).as(story).isZero();      // skips the aborted records at the end
        }
        assertThat(ring.browser().isAllReleased()).as(story).isTrue();
        int limit = roles.options.capacity();
        int number = 1000;
        for (int round = 0; round < 3; round++) {
            int first = number;
            while (Messages.send(producer, number, 5)) {
                number++;
                assertThat(number - first).as(story).isLessThanOrEqualTo(limit);
            }
            assertThat(number - first).as(story).isEqualTo(limit);
            assertThat(ring.browser().size()).as(story).isEqualTo(limit);
            readAll(consumer, roles, messages, limit);
            assertThat(messages.received()).as(story).hasSize(limit).isSorted().startsWith(first);
            if (Messages.send(producer, number, 70)) {
                readAll(consumer, roles, messages, 1);
                assertThat(messages.received()).as(story).containsExactly(number);
            }
        }
        assertThat(ring.browser().isAllReleased()).as(story).isTrue();
    }

    /// Takes exactly the messages that are there, without a further look, which would release slots; except where the
    /// producer may learn of the free slots only by that.
    private static void readAll(RingConsumer consumer, Case roles, Messages messages, int count) {
        consumer.read(messages, roles.manyWriters() || roles.manyReaders() ? count : count + 1);
    }
}
