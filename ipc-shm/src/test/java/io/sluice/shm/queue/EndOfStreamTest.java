package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.files.TestFolders;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a reader can learn about the producers, and the removal of a queue that has ended.
class EndOfStreamTest {
    private final Path root = TestFolders.makeRoot();
    private SharedSpace space;

    @BeforeEach
    void open() {
        space = SharedSpace.open("s", SpaceOptions.under(root));
    }

    @AfterEach
    void close() {
        space.close();
        var _ = TestFolders.remove(root);
    }

    private SharedQueue<Long> queue() {
        return space.queue("q", Codec.longs(), 8);
    }

    /// A producer that left before it closed does not count as lost.
    @Test
    void aProducerThatLeavesIsNotLost() {
        try (SharedQueue<Long> queue = queue()) {
            queue.joinProducers();
            assertThat(queue.producers()).isOne();

            assertThat(queue.leaveProducers()).isZero();

            assertThat(List.of(queue.producersEver(), queue.producersLost())).containsExactly(1L, 0L);
        }
    }

    /// A process counts once, and leaving without having joined changes nothing.
    @Test
    void joiningAndLeavingTwiceCountsOnce() {
        try (SharedQueue<Long> queue = queue()) {
            queue.joinProducers();
            queue.joinProducers();
            queue.leaveProducers();
            queue.leaveProducers();

            assertThat(List.of(queue.producersEver(), queue.producersLost())).containsExactly(1L, 0L);
        }
    }

    /// A close without leaving counts as a death: the producer may have had more to put.
    @Test
    void aProducerThatClosesWithoutLeavingIsLost() {
        SharedQueue<Long> producer = queue();
        producer.joinProducers();
        producer.add(1L);
        producer.close();

        try (SharedQueue<Long> queue = queue()) {
            assertThat(queue.producers()).isZero();
            assertThat(queue.producersLost()).isOne();
            assertThat(queue.poll()).isEqualTo(1L);
        }
    }

    /// The name has passed to another queue: the old one's user cannot remove that.
    @Test
    void unlinkRemovesTheNameOfThisQueueOnly() {
        try (SharedQueue<Long> old = queue()) {
            assertThat(old.isLinked()).isTrue();
            assertThat(old.unlink()).isTrue();
            assertThat(old.isLinked()).isFalse();
            try (SharedQueue<Long> next = queue()) {
                assertThat(old.unlink()).isFalse();
                assertThat(next.isLinked()).isTrue();
                assertThat(next.unlink()).isTrue();
            }
        }
        assertThat(space.list()).isEmpty();
    }

    /// A record with many long names is an element type like any other.
    @Test
    void anElementTypeMayBeLong() {
        try (var queue = space.queue("long", Codec.ofRecord(Outer.class), 8)) {
            Outer value = new Outer(new Inner(1, 2, 3, 4, 5, 6, 7, 8), new Inner(1, 2, 3, 4, 5, 6, 7, 8), null);
            queue.add(value);
            try (var again = space.queue("long", Codec.ofRecord(Outer.class), 8)) {
                assertThat(again.poll()).isEqualTo(value);
            }
            assertThat(space.list().getFirst().elementType()).contains(" ... sha-256 ");
        }
    }

    record Inner(
            long aRatherLongNameForAComponent,
            long anotherLongNameForAComponent,
            long theThirdLongNameForAComponent,
            long theFourthLongNameForAComponent,
            long theFifthLongNameForAComponent,
            long theSixthLongNameForAComponent,
            long theSeventhLongNameForAComponent,
            long theEighthLongNameForAComponent) {}

    record Outer(Inner one, Inner two, Inner theThirdOneWithAnEvenLongerNameThanAllTheOthersTogetherSoThatItIsLong) {}
}
