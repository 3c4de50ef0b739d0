package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The numbers on which two processes with two versions of this library must agree.
class SyncLayoutTest {
    /// A changed offset is a changed layout version.
    @Test
    void everyFieldOfALockStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                LockLayout.WORD, LockLayout.DEATHS, LockLayout.EXTRA_HOLDS, LockLayout.HEIR, LockLayout.ACQUISITIONS,
                LockLayout.VICTIM, LockLayout.ARRIVALS}).containsExactly(0, 8, 12, 16, 24, 32, 40);
        assertThat(new int[] {
                LockLayout.SLEEPERS, LockLayout.ENTRIES_USED, LockLayout.FIRST_ENTRY, LockLayout.ENTRY_BYTES,
                LockLayout.ENTRY_WORD, LockLayout.ENTRY_SLEEPER}).containsExactly(128, 132, 256, 16, 0, 8);
        assertThat(Mutex.bytes(0)).isEqualTo(256);
        assertThat(Mutex.bytes(10)).isEqualTo(416);
    }

    /// Each owner counts its readers on a line of its own, behind the writers' lock.
    @Test
    void everyFieldOfAReadWriteLockStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                ReadWriteLayout.DRAINED, ReadWriteLayout.HIGHEST, ReadWriteLayout.READERS,
                ReadWriteLayout.READERS_BYTES}).containsExactly(256, 260, 384, 64);
        assertThat(ReadWriteLayout.readers(1_000, 0)).isEqualTo(1_384);
        assertThat(ReadWriteLayout.readers(0, 1023)).isEqualTo(65_856);
        assertThat(ReadWriteMutex.bytes()).isEqualTo(65_920);
    }

    /// Each owner has an account of one line, with two records in it.
    @Test
    void everyFieldOfASemaphoreStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                PermitsLayout.LAST, PermitsLayout.SLEEPERS, PermitsLayout.ACCOUNTS, PermitsLayout.ACCOUNT_BYTES})
                .containsExactly(0, 128, 256, 64);
        assertThat(new int[] {
                PermitsLayout.MOVE, PermitsLayout.HELD, PermitsLayout.RECORDS, PermitsLayout.RECORD_BYTES,
                PermitsLayout.WAITING, PermitsLayout.AVAILABLE, PermitsLayout.OUTSTANDING, PermitsLayout.DEBT})
                .containsExactly(0, 8, 16, 16, 48, 0, 4, 8);
        assertThat(PermitsLayout.account(1_000, 2)).isEqualTo(1_384);
        assertThat(PermitsLayout.record(0, 1, 4)).isEqualTo(336);
        assertThat(PermitsLayout.record(0, 1, 5)).isEqualTo(352);
        assertThat(PermitsLayout.RECORDS + 2 * PermitsLayout.RECORD_BYTES)
                .isLessThanOrEqualTo(PermitsLayout.WAITING);
        assertThat(Permits.bytes()).isEqualTo(65_792);
    }

    /// The ends of 64 generations stand before the handles of all owners.
    @Test
    void everyFieldOfABarrierStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                RendezvousLayout.WORD, RendezvousLayout.PARTIES, RendezvousLayout.VICTIM, RendezvousLayout.SLEEPERS,
                RendezvousLayout.ENDS, RendezvousLayout.ENDS_KEPT, RendezvousLayout.BREAKS,
                RendezvousLayout.BREAKS_KEPT, RendezvousLayout.HANDLES})
                .containsExactly(0, 8, 16, 128, 256, 64, 768, 32, 1_024);
        assertThat(RendezvousLayout.end(0, 63)).isEqualTo(760);
        assertThat(RendezvousLayout.end(0, 64)).isEqualTo(256);
        assertThat(RendezvousLayout.broken(0, 31)).isEqualTo(1_016);
        assertThat(RendezvousLayout.handles(0, 1023)).isEqualTo(5_116);
        assertThat(Rendezvous.bytes()).isEqualTo(5_120);
    }

    /// The word of a barrier and the end of a generation, in memory.
    @Test
    void aBarrierHasItsPartsWhereTheDrawingSays() {
        try (Area area = new Area(Rendezvous.bytes())) {
            Rendezvous.format(area.address, 3);
            assertThat(area.getLong(RendezvousLayout.WORD)).isEqualTo(1L << 17);
            assertThat((int) area.getLong(RendezvousLayout.PARTIES)).isEqualTo(3);
            area.putLong(RendezvousLayout.WORD, 1L << 17 | 2L << 1);
            Rendezvous barrier = new Rendezvous("test", area.address, () -> {}, new ScriptedParking(),
                    Area.owner(5), PARK);
            assertThat(barrier.waiting()).isEqualTo(2);
            assertThat((int) area.getLong(RendezvousLayout.HANDLES + 5 * Integer.BYTES)).isEqualTo(1);
            barrier.reset();
            assertThat(area.getLong(RendezvousLayout.WORD)).isEqualTo(2L << 17);
            assertThat(area.getLong(RendezvousLayout.ENDS + Long.BYTES)).isEqualTo(1L << 14 | 5 << 4 | 4);
        }
    }

    /// Events, latches and cells have no layout class of their own.
    @Test
    void theSmallOnesHaveTheirSizes() {
        assertThat(Signal.bytes()).isEqualTo(256);
        assertThat(Countdown.bytes()).isEqualTo(256);
        assertThat(ValueCells.bytes(0, 8)).isEqualTo(128);
        assertThat(ValueCells.bytes(1, 6)).isEqualTo(128 + 128);        // 8 + 4 * (8 + 8), in lines of 64
        assertThat(ValueCells.bytes(10, 20)).isEqualTo(128 + 10 * 192); // 8 + 4 * (8 + 24)
        assertThat(ValueCells.bytes(1, 1_000)).isEqualTo(128 + 4_096);
        assertThatThrownBy(() -> ValueCells.bytes(Long.MAX_VALUE / 100, 20)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> ValueCells.bytes(1, Integer.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
        try (Area area = new Area(Signal.bytes())) {
            Signal event = new Signal("test", area.address, new ScriptedParking(), Area.owner(1),
                    PARK);
            event.set();
            assertThat(area.getLong(0)).isEqualTo(1L << 1 | 1);
        }
    }

    /// The word of a cell: its version above ten bits of writer.
    @Test
    void aCellHasItsPartsWhereTheDrawingSays() {
        try (Area area = new Area(ValueCells.bytes(2, 8)); Area local = new Area(8)) {
            ValueCells cells = new ValueCells("test", area.address, 8, new ScriptedParking(), Area.owner(1),
                    PARK);
            local.putLong(0, 0x0102030405060708L);
            cells.write(1, local.address, 8);
            int cell = 128 + 128;
            assertThat(area.getLong(cell)).isEqualTo(1L << 10);
            int copy = cell + 8 + 16;
            assertThat((int) area.getLong(copy)).isEqualTo(8);
            assertThat(area.getLong(copy + 8)).isEqualTo(0x0102030405060708L);
        }
    }

    /// 10 bits of owner, 50 of thread, four flags.
    @Test
    void aLockWordHasItsPartsWhereTheDrawingSays() {
        assertThat(LockWord.of(1, 0)).isEqualTo(1);
        assertThat(LockWord.of(0, 1)).isEqualTo(1L << 10);
        assertThat(LockWord.of(1023, (1L << 50) - 1)).isEqualTo((1L << 60) - 1);
        assertThat(LockWord.of(1, 1L << 50)).isEqualTo(1);
        assertThat(new long[] {LockWord.ARRIVING, LockWord.PASSING, LockWord.PROMISED, LockWord.POISONED, LockWord.FREE})
                .containsExactly(1L << 60, 1L << 61, 1L << 62, 1L << 63, 0);
        long word = LockWord.of(0x2DE, 0x3_0000_1234_5678L);
        assertThat(LockWord.owner(word)).isEqualTo(0x2DE);
        assertThat(LockWord.thread(word)).isEqualTo(0x3_0000_1234_5678L);
        assertThat(LockWord.thread(word | LockWord.POISONED | LockWord.PASSING)).isEqualTo(0x3_0000_1234_5678L);
        assertThat(LockWord.holding(word | LockWord.PASSING | LockWord.ARRIVING)).isEqualTo(word);
        assertThat(LockWord.isHolding(word)).isTrue();
        assertThat(LockWord.isHolding(word | LockWord.ARRIVING)).isFalse();
    }

    /// Held, free, promised, poisoned: which word is which.
    @Test
    void aLockWordIsOneOfFour() {
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

    /// The policies are numbers in shared memory.
    @Test
    void policiesKeepTheirNumbers() {
        assertThat(DeathPolicy.of(0)).isEqualTo(DeathPolicy.POISON);
        assertThat(DeathPolicy.of(1)).isEqualTo(DeathPolicy.REPAIR);
        assertThat(DeathPolicy.of(2)).isEqualTo(DeathPolicy.IGNORE);
        for (DeathPolicy policy : DeathPolicy.values()) {
            assertThat(DeathPolicy.of(policy.code())).isEqualTo(policy);
        }
        assertThatThrownBy(() -> DeathPolicy.of(3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 is no policy for the death of an owner");
    }
}
