package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Waiter;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The cells of a service in one thread: who gets a cell, who ends a call, and what a death at each step leaves.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallCellsTest {
    private static final int CELLS = 2;
    private static final int ANSWER_BYTES = 112;
    private static final int CLIENT = 1;
    private static final int SERVER = 2;
    private static final int VICTIM = 3;

    private final Area area = new Area(CallCells.bytes(CELLS, ANSWER_BYTES));
    private final ScriptedParking parking = new ScriptedParking();
    private final CallCells client = view(CLIENT);
    private final CallCells server = view(SERVER);

    private CallCells view(int owner) {
        return new CallCells("test", area.address, CELLS, ANSWER_BYTES, parking, Area.owner(owner), PARK);
    }

    private void recover(int dead) {
        CallCells.recover(area.address, CELLS, ANSWER_BYTES, dead, parking);
    }

    @AfterEach
    void free() {
        CrashHook.script(null);
        assertThat(area.isGuardWhole()).isTrue();
        area.close();
    }

    private static boolean never() {
        return false;
    }

    private static void answer(CallCells server, int cell, long call, long value) {
        Memory.putLong(server.payload(cell), value);
        server.end(cell, call, CallOutcome.ANSWERED, Long.BYTES);
    }

    /// Every call of a cell has a number of its own, and its answer stands where its client looks.
    @Test
    void aCallIsClaimedLeasedEndedAndLeft() throws InterruptedException {
        for (long call = 1; call <= 3; call++) {
            int cell = client.tryClaim(1);
            assertThat(cell).isEqualTo(1);
            assertThat(client.nextCall(cell)).isEqualTo(call);
            assertThat(client.open()).isEqualTo(1);
            long ticket = client.ticket(call);
            assertThat(CallCells.call(ticket)).isEqualTo(call);
            assertThat(CallCells.client(ticket)).isEqualTo(CLIENT);
            assertThat(server.lease(cell, call)).isTrue();
            assertThat(server.isOpen(cell, call)).isTrue();
            answer(server, cell, call, 40 + call);
            assertThat(server.isOpen(cell, call)).isFalse();
            assertThat(client.awaitEnd(cell, call, CallCellsTest::never, Waiter.FOREVER)).isTrue();
            assertThat(client.lastOutcome(cell)).isEqualTo(CallOutcome.ANSWERED);
            assertThat(client.length(cell, false)).isEqualTo(Long.BYTES);
            assertThat(Memory.getLong(client.payload(cell))).isEqualTo(40 + call);
            client.leave(cell, call);
            assertThat(client.open()).isZero();
        }
    }

    /// A client that gives up takes the call from the servers, and its number with it.
    @Test
    void aRequestWhoseClientGaveUpIsRefused() {
        int cell = client.tryClaim(0);
        client.leave(cell, 1);
        assertThat(server.lease(cell, 1)).isFalse();
        assertThat(client.tryClaim(0)).isEqualTo(cell);
        assertThat(client.nextCall(cell)).isEqualTo(2);
        assertThat(server.lease(cell, 1)).isFalse();
        assertThat(server.lease(cell, 2)).isTrue();
        assertThat(server.lease(cell, 2)).isFalse();
        assertThat(view(VICTIM).lease(cell, 2)).isFalse();
    }

    /// No client gets a cell into which a server may still write.
    @Test
    void anAbandonedCellIsFreeOnceItsServerHasEndedTheCall() {
        int cell = client.tryClaim(0);
        assertThat(server.lease(cell, 1)).isTrue();
        client.leave(cell, 1);
        assertThat(client.open()).isEqualTo(1);
        assertThat(client.tryClaim(0)).isEqualTo(1 - cell);
        assertThat(client.tryClaim(0)).isEqualTo(CallCells.NONE);
        answer(server, cell, 1, 7);
        assertThat(client.tryClaim(0)).isEqualTo(cell);
        assertThat(client.abandonedCall(cell)).isEqualTo(1);
        assertThat(client.nextCall(cell)).isEqualTo(2);
        client.leave(cell, 2);
        assertThat(client.tryClaim(0)).isEqualTo(cell);
        assertThat(client.abandonedCall(cell)).isZero();
    }

    /// A sleeping client is woken by the answer, one that waits for a cell by each of the two ways in which one comes.
    @Test
    void everySleeperIsWoken() throws InterruptedException {
        int first = client.tryClaim(0);
        int second = client.tryClaim(0);
        assertThat(server.lease(first, 1)).isTrue();
        parking.then(() -> answer(server, first, 1, 7));
        assertThat(client.awaitEnd(first, 1, CallCellsTest::never, Waiter.FOREVER)).isTrue();
        assertThat(parking.wakes).isEqualTo(1);

        parking.then(() -> client.leave(first, 1));
        assertThat(client.claim(0, CallCellsTest::never, Waiter.FOREVER)).isEqualTo(first);
        assertThat(parking.wakes).isEqualTo(2);

        assertThat(server.lease(second, 1)).isTrue();
        client.leave(second, 1);
        parking.then(() -> answer(server, second, 1, 7));
        assertThat(client.claim(0, CallCellsTest::never, Waiter.FOREVER)).isEqualTo(second);
        assertThat(parking.wakes).isEqualTo(3);

        boolean[] over = new boolean[1];
        CallCells closing = view(CLIENT);
        parking.then(() -> {
            over[0] = true;
            closing.wakeAllClients();
        });
        assertThat(closing.awaitEnd(second, 2, () -> over[0], Waiter.FOREVER)).isTrue();
        over[0] = false;
        parking.then(() -> {
            over[0] = true;
            closing.wakeAllClients();
        });
        assertThat(closing.claim(0, () -> over[0], Waiter.FOREVER)).isEqualTo(CallCells.NONE);
        assertThat(parking.isPlayed()).isTrue();
        assertThat(closing.claim(0, CallCellsTest::never, Waiter.deadline(0))).isEqualTo(CallCells.NONE);
        assertThat(client.awaitEnd(second, 2, CallCellsTest::never, Waiter.deadline(0))).isFalse();
    }

    /// A server dies at each of its steps, and its cleaner at each of its own: the call ends once, with the answer if
    /// its word was set, and the cell serves the next call.
    @Test
    void theCallsOfADeadServerEnd() {
        Set<CrashPoint> steps = EnumSet.noneOf(CrashPoint.class);
        byte[] empty = area.snapshot();
        boolean died = true;
        for (int nth = 1; died; nth++) {
            area.restore(empty);
            int cell = client.tryClaim(1);
            var reaper = new Reaper(nth, area);
            died = reaper.kills(() -> {
                CallCells victim = view(VICTIM);
                if (victim.lease(cell, 1)) {
                    answer(victim, cell, 1, 7);
                }
            });
            steps.addAll(reaper.seen());
            byte[] scene = area.snapshot();
            boolean cleanerDied = true;
            for (int cut = 1; cleanerDied; cut++) {
                area.restore(scene);
                cleanerDied = new Reaper(cut, area).kills(() -> recover(VICTIM));
                recover(VICTIM);
                boolean answered = !died || reaper.at() == CrashPoint.CALL_ENDED;
                assertThat(client.nextCall(cell)).as(reaper.at() + " " + cut).isEqualTo(2);
                assertThat(client.lastOutcome(cell)).as(reaper.at() + " " + cut)
                        .isEqualTo(answered ? CallOutcome.ANSWERED : CallOutcome.SERVER_LOST);
                client.leave(cell, 1);
                assertAllServe();
            }
        }
        assertThat(steps).containsExactlyInAnyOrder(
                CrashPoint.CALL_LEASED, CrashPoint.CALL_ANSWER_WRITTEN, CrashPoint.CALL_ENDED);
    }

    /// A client dies at each of its steps, and its cleaner at each of its own, while a server takes the request before
    /// the death, after it, or not at all: no late request is leased, and the cell is free when no server has it.
    @Test
    void theCellsOfADeadClientComeBack() {
        Set<CrashPoint> steps = EnumSet.noneOf(CrashPoint.class);
        byte[] empty = area.snapshot();
        for (boolean leasedBefore : new boolean[] {false, true}) {
            boolean died = true;
            for (int nth = 1; died; nth++) {
                area.restore(empty);
                var reaper = new Reaper(nth, area);
                boolean[] leased = new boolean[1];
                died = reaper.kills(() -> {
                    CallCells victim = view(VICTIM);
                    int cell = victim.tryClaim(1);
                    if (leasedBefore) {
                        reaper.spare(() -> leased[0] = server.lease(cell, 1));
                    }
                    victim.leave(cell, 1);
                });
                steps.addAll(reaper.seen());
                byte[] scene = area.snapshot();
                boolean cleanerDied = true;
                for (int cut = 1; cleanerDied; cut++) {
                    area.restore(scene);
                    var cleaner = new Reaper(cut, area);
                    cleanerDied = cleaner.kills(() -> recover(VICTIM));
                    steps.addAll(cleaner.seen());
                    recover(VICTIM);
                    assertThat(server.lease(1, 1)).as(reaper.at() + " " + cut).isFalse();
                    if (leased[0]) {
                        assertThat(client.tryClaim(1)).isZero();
                        client.leave(0, client.nextCall(0));
                        answer(server, 1, 1, 7);
                    }
                    assertAllServe();
                }
            }
        }
        assertThat(steps).contains(CrashPoint.CALL_CELL_CLAIMED, CrashPoint.CALL_TAKEN_BACK, CrashPoint.CALL_CELL_LEFT,
                CrashPoint.RECOVER_CALL_ENDED);
    }

    /// One process is client and server of a call, and dies.
    @Test
    void aProcessThatCallsItselfLeavesNothing() {
        CallCells victim = view(VICTIM);
        int cell = victim.tryClaim(0);
        assertThat(victim.lease(cell, 1)).isTrue();
        recover(VICTIM);
        assertThat(client.lastOutcome(cell)).isIn(CallOutcome.SERVER_LOST, CallOutcome.DROPPED);
        assertAllServe();
    }

    /// The owners of the living are not touched.
    @Test
    void recoveryLeavesTheCallsOfTheLivingAlone() {
        int cell = client.tryClaim(0);
        assertThat(server.lease(cell, 1)).isTrue();
        recover(VICTIM);
        assertThat(server.isOpen(cell, 1)).isTrue();
        assertThat(client.open()).isEqualTo(1);
        answer(server, cell, 1, 7);
        assertThat(client.lastOutcome(cell)).isEqualTo(CallOutcome.ANSWERED);
    }

    private void assertAllServe() {
        assertThat(client.open()).isZero();
        for (int i = 0; i < CELLS; i++) {
            int cell = client.tryClaim(0);
            assertThat(cell).isEqualTo(i);
            long call = client.nextCall(cell);
            assertThat(server.lease(cell, call)).isTrue();
            answer(server, cell, call, i);
        }
        for (int cell = 0; cell < CELLS; cell++) {
            assertThat(client.lastOutcome(cell)).isEqualTo(CallOutcome.ANSWERED);
            client.leave(cell, client.nextCall(cell) - 1);
        }
        assertThat(client.open()).isZero();
    }

    /// A file is kept while its answer is written, and until its client has read it; the lowest bits name its call.
    @Test
    void theFileOfALargeAnswerIsReferredToUntilItsClientHasLeft() {
        long mask = (1L << 46) - 1;
        int cell = client.tryClaim(0);
        assertThat(refersTo(cell, 1, mask)).isFalse();
        assertThat(server.lease(cell, 1)).isTrue();
        assertThat(refersTo(cell, 1, mask)).isTrue();
        server.end(cell, 1, CallOutcome.ANSWERED_LARGE, 1 << 20);
        assertThat(refersTo(cell, 1, mask)).isTrue();
        assertThat(refersTo(cell, 2, mask)).isFalse();
        assertThat(client.length(cell, true)).isEqualTo(1 << 20);
        client.leave(cell, 1);
        assertThat(refersTo(cell, 1, mask)).isFalse();
        assertThat(refersTo(CELLS, 1, mask)).isFalse();
    }

    private boolean refersTo(int cell, long call, long mask) {
        return CallCells.refersTo(area.address, CELLS, ANSWER_BYTES, cell, call, mask);
    }

    /// A length that was overwritten is refused before a byte is read.
    @Test
    void aCorruptLengthIsRefused() {
        int cell = client.tryClaim(0);
        assertThat(server.lease(cell, 1)).isTrue();
        server.end(cell, 1, CallOutcome.ANSWERED, ANSWER_BYTES + 1);
        assertThatThrownBy(() -> client.length(cell, false)).isInstanceOf(CorruptObjectException.class)
                .hasMessage("service 'test': the answer in cell 0 says that it has 113 bytes, and 112 fit; something"
                        + " else has written into the memory; unlink and recreate it");
    }
}
