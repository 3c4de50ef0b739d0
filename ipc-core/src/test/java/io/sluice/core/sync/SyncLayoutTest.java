package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The offsets on which two processes with two versions of this library must agree.
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
        assertThat(new long[] {LockLayout.FIRST_SIGNATURE, LockLayout.signature(0, LockLayout.SIGNATURES)})
                .containsExactly(136, 256);
        assertThat(LockLayout.LOCK.byteSize()).isEqualTo(256);
        assertThat(LockLayout.entry(1_000, 3)).isEqualTo(1_304);
        assertThat(Mutex.bytes(0)).isEqualTo(256);
        assertThat(Mutex.bytes(10)).isEqualTo(416);
    }

    /// Each owner counts its readers on a line of its own, behind the writers' lock.
    @Test
    void everyFieldOfAReadWriteLockStandsWhereTheDrawingSays() {
        assertThat(new int[] {
                ReadWriteLayout.DRAINED, ReadWriteLayout.HIGHEST, ReadWriteLayout.READERS,
                ReadWriteLayout.READERS_BYTES}).containsExactly(256, 260, 384, 64);
        assertThat(ReadWriteLayout.LOCK.byteOffset(groupElement("writers"))).isZero();
        assertThat(ReadWriteLayout.READERS_OF_OWNER.byteOffset(groupElement("count"))).isZero();
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
        assertThat(Permits.bytes()).isEqualTo(65_792);
    }

    /// The ends of 64 generations and 32 breaks stand before the handles of all owners.
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
    void eventsLatchesAndCellsHaveTheirSizes() {
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

    /// Each word of a cell of a service has a pair of lines, and the payload shares that of its word.
    @Test
    void everyFieldOfTheCellsOfAServiceStandsWhereTheDrawingSays() {
        assertThat(new int[] {CallLayout.FREE, CallLayout.CELLS}).containsExactly(0, 128);
        assertThat(new int[] {
                CallLayout.CLAIM, CallLayout.LEASE, CallLayout.ANSWER, CallLayout.ANSWERED, CallLayout.LENGTH,
                CallLayout.PAYLOAD}).containsExactly(0, 128, 256, 264, 268, 272);
        assertThat(CallLayout.stride(0)).isEqualTo(384);
        assertThat(CallLayout.stride(112)).isEqualTo(384);
        assertThat(CallLayout.stride(113)).isEqualTo(512);
        assertThat(CallCells.bytes(3, 112)).isEqualTo(1280);
        assertThat(new int[] {CallCells.filled(0), CallCells.filled(112), CallCells.filled(113)})
                .containsExactly(112, 112, 240);
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
                .hasMessage("policy 3 for the death of an owner is unknown, expected 0 to 2");
    }
}
