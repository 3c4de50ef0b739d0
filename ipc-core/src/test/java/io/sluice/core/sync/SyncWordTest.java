package io.sluice.core.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.sync.GenerationEnd.Outcome;
import org.junit.jupiter.api.Test;

/// The bits of each word on which two processes with two versions of this library must agree.
class SyncWordTest {
    /// 10 bits of owner, 50 of thread, four flags.
    @Test
    void aLockWordHasItsPartsWhereTheDrawingSays() {
        assertThat(LockWord.of(1, 0)).isEqualTo(1);
        assertThat(LockWord.of(0, 1)).isEqualTo(1L << 10);
        assertThat(LockWord.of(1023, (1L << 50) - 1)).isEqualTo((1L << 60) - 1);
        assertThat(LockWord.of(1, 1L << 50)).isEqualTo(1);
        assertThat(new long[] {
                LockWord.ARRIVING, LockWord.PASSING, LockWord.PROMISED, LockWord.POISONED, LockWord.FREE})
                .containsExactly(1L << 60, 1L << 61, 1L << 62, 1L << 63, 0);
        long word = LockWord.of(0x2DE, 0x3_0000_1234_5678L);
        assertThat(LockWord.owner(word)).isEqualTo(0x2DE);
        assertThat(LockWord.thread(word)).isEqualTo(0x3_0000_1234_5678L);
        assertThat(LockWord.thread(word | LockWord.POISONED | LockWord.PASSING)).isEqualTo(0x3_0000_1234_5678L);
        assertThat(LockWord.holding(word | LockWord.PASSING | LockWord.ARRIVING)).isEqualTo(word);
        assertThat(LockWord.isHolding(word)).isTrue();
        assertThat(LockWord.isHolding(word | LockWord.ARRIVING)).isFalse();
    }

    /// The predicates tell the four states apart.
    @Test
    void aLockWordIsHeldFreePromisedOrPoisoned() {
        long held = LockWord.of(7, 9);
        assertThat(LockWord.isHeld(held) && LockWord.isHeld(held | LockWord.PASSING)).isTrue();
        assertThat(LockWord.isHeldBy(held, 7)).isTrue();
        assertThat(LockWord.isHeldBy(held, 8)).isFalse();
        for (long free : new long[] {LockWord.FREE, LockWord.PROMISED, held | LockWord.POISONED}) {
            assertThat(LockWord.isHeld(free) || LockWord.isHeldBy(free, 7)).isFalse();
        }
        assertThat(LockWord.isPoisoned(held | LockWord.POISONED)).isTrue();
        assertThat(LockWord.isPoisoned(held)).isFalse();
        assertThat(LockWord.isOpenForReaders(LockWord.FREE)).isTrue();
        assertThat(LockWord.isOpenForReaders(LockWord.PROMISED)).isTrue();
        assertThat(LockWord.isOpenForReaders(held | LockWord.PASSING)).isTrue();
        assertThat(LockWord.isOpenForReaders(held | LockWord.ARRIVING)).isFalse();
        assertThat(LockWord.isOpenForReaders(held)).isFalse();
        assertThat(LockWord.isOpenForReaders(held | LockWord.POISONED)).isFalse();
    }

    /// 2 bits of state, 46 of arrival, 6 of condition, 10 of owner, from the top.
    @Test
    void aWaitEntryHasItsPartsWhereTheDrawingSays() {
        assertThat(new long[] {WaitEntry.FREE, WaitEntry.WAITING, WaitEntry.SIGNALLED}).containsExactly(0, 1, 2);
        assertThat(WaitEntry.CONDITIONS).isEqualTo(16);
        assertThat(WaitEntry.waiting(0, 0, 0)).isEqualTo(1L << 62);
        assertThat(WaitEntry.waiting(0, 0, 1)).isEqualTo(1L << 62 | 1L << 16);
        assertThat(WaitEntry.waiting(0, 1, 0)).isEqualTo(1L << 62 | 1L << 10);
        assertThat(WaitEntry.waiting(1023, 15, -1)).isEqualTo(1L << 62 | ((1L << 46) - 1) << 16 | 15L << 10 | 1023);
        long waiting = WaitEntry.waiting(0x2DE, 13, 0x1234_5678_9ABCL);
        long signalled = WaitEntry.signalled(waiting);
        assertThat(signalled ^ waiting).isEqualTo(3L << 62);
        for (long word : new long[] {waiting, signalled}) {
            assertThat(WaitEntry.owner(word)).isEqualTo(0x2DE);
            assertThat(WaitEntry.condition(word)).isEqualTo(13);
            assertThat(WaitEntry.arrival(word)).isEqualTo(0x1234_5678_9ABCL);
        }
        assertThat(WaitEntry.state(waiting)).isEqualTo(WaitEntry.WAITING);
        assertThat(WaitEntry.state(signalled)).isEqualTo(WaitEntry.SIGNALLED);
    }

    /// 54 bits of number, 10 of owner.
    @Test
    void aLastMoveWordHasItsPartsWhereTheDrawingSays() {
        assertThat(LastMoveWord.of(0, 0)).isZero();
        assertThat(LastMoveWord.of(1, 0)).isEqualTo(1);
        assertThat(LastMoveWord.of(0, 1)).isEqualTo(1L << 10);
        long word = LastMoveWord.of(0x2DE, (1L << 54) - 2);
        assertThat(LastMoveWord.owner(word)).isEqualTo(0x2DE);
        assertThat(LastMoveWord.number(word)).isEqualTo((1L << 54) - 2);
    }

    /// 63 bits of number, and whether the move is known to have taken effect.
    @Test
    void aMoveWordHasItsPartsWhereTheDrawingSays() {
        assertThat(MoveWord.begun(1)).isEqualTo(2);
        assertThat(MoveWord.known(1)).isEqualTo(3);
        for (long word : new long[] {MoveWord.begun(1L << 53), MoveWord.known(1L << 53)}) {
            assertThat(MoveWord.number(word)).isEqualTo(1L << 53);
        }
        assertThat(MoveWord.isKnown(MoveWord.begun(7))).isFalse();
        assertThat(MoveWord.isKnown(MoveWord.known(7))).isTrue();
    }

    /// 32 bits of now, 32 of then; neither changes the other, whatever its sign.
    @Test
    void aHeldWordHasItsPartsWhereTheDrawingSays() {
        assertThat(HeldWord.of(1, 2)).isEqualTo(1L << 32 | 2);
        int[] values = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
        for (int now : values) {
            for (int then : values) {
                long word = HeldWord.of(now, then);
                assertThat(HeldWord.now(word)).isEqualTo(now);
                assertThat(HeldWord.then(word)).isEqualTo(then);
            }
        }
    }

    /// 47 bits of generation, 16 of arrivals, one that marks a broken generation.
    @Test
    void aRendezvousWordHasItsPartsWhereTheDrawingSays() {
        assertThat(RendezvousWord.of(1, false)).isEqualTo(1L << 17);
        assertThat(RendezvousWord.of(1, true)).isEqualTo(1L << 17 | 1);
        assertThat(RendezvousWord.withArrival(RendezvousWord.of(1, false))).isEqualTo(1L << 17 | 1L << 1);
        assertThat(RendezvousWord.repaired(RendezvousWord.of(9, true))).isEqualTo(RendezvousWord.of(9, false));
        assertThat(RendezvousWord.isBroken(RendezvousWord.of(9, true))).isTrue();
        assertThat(RendezvousWord.FIRST_GENERATION).isEqualTo(1);
        long word = RendezvousWord.of((1L << 47) - 1, false);
        for (int arrivals = 0; arrivals < RendezvousWord.MAX_PARTIES; arrivals++) {
            word = RendezvousWord.withArrival(word);
        }
        assertThat(RendezvousWord.arrivals(word)).isEqualTo(65_535);
        assertThat(RendezvousWord.generation(word)).isEqualTo((1L << 47) - 1);
        assertThat(RendezvousWord.isBroken(word)).isFalse();
    }

    /// 50 bits of generation, 10 of owner, 4 of outcome.
    @Test
    void aGenerationEndHasItsPartsWhereTheDrawingSays() {
        assertThat(GenerationEnd.of(1, 0, Outcome.NONE)).isEqualTo(1L << 14);
        assertThat(GenerationEnd.of(0, 1, Outcome.NONE)).isEqualTo(1L << 4);
        assertThat(GenerationEnd.of(0, 0, Outcome.ABORTED)).isEqualTo(10);
        long end = GenerationEnd.of((1L << 50) - 1, 0x2DE, Outcome.DIED);
        assertThat(GenerationEnd.generation(end)).isEqualTo((1L << 50) - 1);
        assertThat(GenerationEnd.owner(end)).isEqualTo(0x2DE);
        assertThat(GenerationEnd.outcome(end)).isEqualTo(Outcome.DIED);
    }

    /// The outcomes are numbers in shared memory; an unknown number is damage, which breaks the barrier.
    @Test
    void outcomesKeepTheirNumbers() {
        assertThat(Outcome.values()).containsExactly(Outcome.NONE, Outcome.TRIPPED, Outcome.TIMED_OUT,
                Outcome.INTERRUPTED, Outcome.RESET, Outcome.DIED, Outcome.LEFT, Outcome.FAILED, Outcome.UNABLE,
                Outcome.DAMAGED, Outcome.ABORTED);
        int code = 0;
        for (Outcome outcome : Outcome.values()) {
            assertThat(outcome.code).isEqualTo(code++);
            assertThat(GenerationEnd.outcome(GenerationEnd.of(3, 1023, outcome))).isEqualTo(outcome);
        }
        for (int unknown = 11; unknown < 16; unknown++) {
            assertThat(GenerationEnd.outcome(1L << 14 | unknown)).isEqualTo(Outcome.DAMAGED);
        }
        assertThat(new boolean[] {Outcome.NONE.breaks(), Outcome.TRIPPED.breaks(), Outcome.RESET.breaks()})
                .containsExactly(false, false, false);
        assertThat(Outcome.DIED.breaks() && Outcome.DAMAGED.breaks() && Outcome.ABORTED.breaks()).isTrue();
    }

    /// 63 bits of sets, one of the flag; a clear keeps the count.
    @Test
    void aSignalWordHasItsPartsWhereTheDrawingSays() {
        long up = SignalWord.raised(0);
        assertThat(up).isEqualTo(1L << 1 | 1);
        assertThat(SignalWord.isUp(up)).isTrue();
        long down = SignalWord.lowered(up);
        assertThat(down).isEqualTo(1L << 1);
        assertThat(SignalWord.isUp(down)).isFalse();
        assertThat(SignalWord.sets(down)).isEqualTo(1);
        assertThat(SignalWord.sets(SignalWord.raised(down))).isEqualTo(2);
    }

    /// 54 bits of version, 10 of writer.
    @Test
    void aCellWordHasItsPartsWhereTheDrawingSays() {
        assertThat(CellWord.unclaimed(1)).isEqualTo(1L << 10);
        long word = CellWord.claimed(CellWord.unclaimed((1L << 54) - 1), 0x2DE);
        assertThat(CellWord.version(word)).isEqualTo((1L << 54) - 1);
        assertThat(CellWord.writer(word)).isEqualTo(0x2DE);
        assertThat(CellWord.withoutClaim(word)).isEqualTo(CellWord.unclaimed((1L << 54) - 1));
    }

    /// 54 bits of process id, 10 of owner; only a question for the same owner is answered.
    @Test
    void aVictimIsToldForItsOwnerOnly() {
        try (Area area = new Area(8)) {
            assertThat(Victim.pid(area.address, 0x2DE)).isZero();
            Victim.put(area.address, 0x2DE, 4_711);
            assertThat(area.getLong(0)).isEqualTo(4_711L << 10 | 0x2DE);
            assertThat(Victim.pid(area.address, 0x2DE)).isEqualTo(4_711);
            assertThat(Victim.pid(area.address, 0x2DF)).isZero();
        }
    }

    /// The three words of a cell of a service: the number of a call, above an owner, a state or an outcome.
    @Test
    void theWordsOfACellHaveTheirPartsWhereTheDrawingSays() {
        assertThat(CallLeaseWord.of(3, 1023)).isEqualTo(3L << 10 | 1023);
        assertThat(CallLeaseWord.call(CallLeaseWord.of(1L << 52, 7))).isEqualTo(1L << 52);
        assertThat(CallLeaseWord.owner(CallLeaseWord.of(1L << 52, 7))).isEqualTo(7);
        assertThat(CallAnswerWord.of(3, 15)).isEqualTo(3L << 4 | 15);
        assertThat(CallAnswerWord.call(CallAnswerWord.of(1L << 52, 6))).isEqualTo(1L << 52);
        assertThat(CallAnswerWord.outcome(CallAnswerWord.of(1L << 52, 6))).isEqualTo(6);
        assertThat(CallClaimWord.FREE).isZero();
        long abandoned = CallClaimWord.abandoned(3);
        assertThat(abandoned).isEqualTo(3L << 12 | 2);
        long claimed = CallClaimWord.claimed(abandoned, 1023);
        assertThat(claimed).isEqualTo(3L << 12 | 1023 << 2 | 1);
        assertThat(CallClaimWord.isClaimedBy(claimed, 1023)).isTrue();
        assertThat(CallClaimWord.isClaimedBy(claimed, 1022)).isFalse();
        assertThat(CallClaimWord.isClaimedBy(abandoned, 0)).isFalse();
        assertThat(CallClaimWord.call(claimed)).isEqualTo(3);
        assertThat(new int[] {
                CallOutcome.NONE, CallOutcome.ANSWERED, CallOutcome.ANSWERED_LARGE, CallOutcome.FAILED,
                CallOutcome.FAILED_LARGE, CallOutcome.SERVER_LOST, CallOutcome.DROPPED})
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
    }
}
