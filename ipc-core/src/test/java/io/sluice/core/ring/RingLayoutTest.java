package io.sluice.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.RoleState;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import org.junit.jupiter.api.Test;

/// The numbers on which two processes with two versions of this library must agree.
class RingLayoutTest {
    /// A changed offset is a changed layout version.
    @Test
    void everyFieldStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                RingLayout.KEY, RingLayout.SLOTS, RingLayout.SLOT_BYTES, RingLayout.LIMIT, RingLayout.PRODUCERS,
                RingLayout.CONSUMERS}).containsExactly(0, 8, 12, 16, 20, 24);
        assertThat(new int[] {
                RingLayout.TAIL, RingLayout.HEAD, RingLayout.RETURNS, RingLayout.ITEMS, RingLayout.SHUTDOWN,
                RingLayout.SPACE}).containsExactly(128, 256, 264, 384, 388, 512);
        assertThat(new int[] {RingLayout.PRODUCER_ROLE, RingLayout.CONSUMER_ROLE}).containsExactly(640, 644);
        assertThat(new int[] {RingLayout.ABORTED_COUNT, RingLayout.GIVEN_BACK_COUNT, RingLayout.WRITERS_EVER})
                .containsExactly(768, 776, 784);
        assertThat(new int[] {RingLayout.WRITERS, RingLayout.WRITERS_BYTES}).containsExactly(896, 128);
        assertThat(new int[] {RingLayout.SUBSCRIBERS, RingLayout.SUBSCRIBER_BYTES, RingLayout.MAX_SUBSCRIBERS})
                .containsExactly(1024, 128, 24);
        assertThat(new int[] {
                RingLayout.SUBSCRIBER_CURSOR, RingLayout.SUBSCRIBER_OWNER, RingLayout.SUBSCRIBER_POLICY,
                RingLayout.SUBSCRIBER_LOST}).containsExactly(0, 8, 12, 16);
        assertThat(RingLayout.FIRST_SLOT).isEqualTo(4096);
        assertThat(new int[] {
                RingLayout.SLOT_WORD, RingLayout.MESSAGE_LENGTH, RingLayout.MESSAGE_TYPE, RingLayout.PAYLOAD})
                .containsExactly(0, 8, 12, 16);
    }

    /// The subscribers end where the slots begin, and every owner has a bit among the writers.
    @Test
    void theFieldsDoNotOverlap() {
        assertThat(RingLayout.SUBSCRIBERS + RingLayout.SUBSCRIBER_BYTES * RingLayout.MAX_SUBSCRIBERS)
                .isEqualTo(RingLayout.FIRST_SLOT);
        assertThat(RingLayout.WRITERS + RingLayout.WRITERS_BYTES).isEqualTo(RingLayout.SUBSCRIBERS);
        assertThat(RingLayout.WRITERS_BYTES * Byte.SIZE).isEqualTo(1024);
    }

    /// The states are numbers in shared memory, and so are the roles.
    @Test
    void statesAndRolesKeepTheirNumbers() {
        assertThat(new int[] {
                SlotWord.FREE, SlotWord.CLAIMED, SlotWord.COMMITTED, SlotWord.ABORTED, SlotWord.TAKEN, SlotWord.DONE,
                SlotWord.RETURNED}).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(Producers.values()).containsExactly(Producers.ONE, Producers.MANY);
        assertThat(Consumers.values()).containsExactly(Consumers.ONE, Consumers.MANY, Consumers.BROADCAST);
        assertThat(SlowConsumer.values()).containsExactly(SlowConsumer.BLOCK, SlowConsumer.DROP);
    }

    /// 36 bits of turn, 15 of slots, 10 of owner, 3 of state, from the top.
    @Test
    void aWordHasItsPartsWhereTheDrawingSays() {
        assertThat(SlotWord.of(1, 0, 0, 0)).isEqualTo(1L << 28);
        assertThat(SlotWord.of(0, 1, 0, 0)).isEqualTo(1L << 13);
        assertThat(SlotWord.of(0, 0, 1, 0)).isEqualTo(1L << 3);
        assertThat(SlotWord.of(0, 0, 0, SlotWord.DONE)).isEqualTo(5);
        assertThat(SlotWord.of(-1, SlotWord.MAX_SLOTS, 1023, 7)).isEqualTo(-1L);
        assertThat(SlotWord.free(3)).isEqualTo(3L << 28);

        long word = SlotWord.of(0x8_7654_3210L, 0x7ABC, 0x2DE, SlotWord.TAKEN);
        assertThat(SlotWord.slots(word)).isEqualTo(0x7ABC);
        assertThat(SlotWord.owner(word)).isEqualTo(0x2DE);
        assertThat(SlotWord.state(word)).isEqualTo(SlotWord.TAKEN);
        assertThat(SlotWord.is(word, 0x8_7654_3210L, SlotWord.TAKEN)).isTrue();
        assertThat(SlotWord.is(word, 0x8_7654_3211L, SlotWord.TAKEN)).isFalse();
        assertThat(SlotWord.is(word, 0x8_7654_3210L, SlotWord.DONE)).isFalse();
    }

    /// The turn is counted modulo 2^36, so distances are too.
    @Test
    void turnsAreComparedAcrossTheirWrap() {
        long last = (1L << 36) - 1;
        assertThat(SlotWord.turnsAhead(SlotWord.free(last + 1), last)).isEqualTo(1);
        assertThat(SlotWord.turnsAhead(SlotWord.free(last), last + 1)).isEqualTo(-1);
        assertThat(SlotWord.turnsAhead(SlotWord.free(last + 1), last + 1)).isZero();
        assertThat(SlotWord.is(SlotWord.free(last + 1), last + 1, SlotWord.FREE)).isTrue();
        assertThat(SlotWord.turnsAhead(SlotWord.free(0), (1L << 35) - 1)).isEqualTo(1 - (1L << 35));
    }

    /// The word of a role names its holder, or how the last holder left.
    @Test
    void aRoleIsHeldLeftOrOrphaned() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(1))) {
            long role = memory.address + RingLayout.PRODUCER_ROLE;
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.NEVER_HELD);
            assertThat(RoleWord.take(role, 1023)).isZero();
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.HELD);
            assertThat(RoleWord.take(role, 7)).isEqualTo(1023);
            RoleWord.leave(role, 7);
            assertThat(RoleWord.died(role, 7)).isFalse();
            assertThat(RoleWord.isHeldBy(role, 1023)).isTrue();
            assertThat(RoleWord.died(role, 1023)).isTrue();
            assertThat(RoleWord.died(role, 1023)).isFalse();
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.HOLDER_DIED);
            assertThat(RoleWord.take(role, 7)).isZero();
            RoleWord.leave(role, 7);
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.HOLDER_LEFT);
            assertThat(RoleWord.died(role, 7)).isFalse();
        }
    }

    /// A reservation lasts until exactly it is taken or withdrawn, only one of which succeeds, or its holder dies.
    @Test
    void aRoleIsReservedForOneSuccessor() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(1))) {
            long role = memory.address + RingLayout.PRODUCER_ROLE;
            assertThat(RoleWord.reserve(role, 7)).isZero();
            assertThat(RoleWord.take(role, 7)).isZero();
            int first = RoleWord.reserve(role, 7);
            assertThat(RoleWord.reserve(role, 7)).isZero();
            assertThat(RoleWord.isReserved(role)).isTrue();
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.HELD);
            assertThat(RoleWord.take(role, 8)).isEqualTo(7);
            RoleWord.leave(role, 7);
            assertThat(RoleWord.isHeldBy(role, 7)).isTrue();
            assertThat(RoleWord.takeReserved(role, first, 8)).isTrue();
            RoleWord.withdraw(role, first);
            assertThat(RoleWord.takeReserved(role, first, 9)).isFalse();
            assertThat(RoleWord.isHeldBy(role, 8)).isTrue();
            int second = RoleWord.reserve(role, 8);
            RoleWord.withdraw(role, first);
            assertThat(RoleWord.isReserved(role)).isTrue();
            RoleWord.withdraw(role, second);
            assertThat(RoleWord.state(role)).isEqualTo(RoleState.HOLDER_LEFT);
            assertThat(RoleWord.takeReserved(role, second, 9)).isFalse();
            assertThat(RoleWord.take(role, 9)).isZero();
            int last = RoleWord.reserve(role, 9);
            assertThat(RoleWord.died(role, 9)).isTrue();
            assertThat(RoleWord.takeReserved(role, last, 10)).isFalse();
            // A value that is no reservation takes no role, whatever the word.
            assertThat(RoleWord.take(role, 10)).isZero();
            assertThat(RoleWord.takeReserved(role, Memory.getInt(role), 11)).isFalse();
            assertThat(RoleWord.takeReserved(role, 0, 11)).isFalse();
        }
    }
}
