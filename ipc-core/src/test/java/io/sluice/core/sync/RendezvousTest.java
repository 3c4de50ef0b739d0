package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.park.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The contract of a barrier, in one thread: the parties arrive within each other's sleep.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RendezvousTest {
    private static final int DEAD = 2;
    private static final long MILLI = 1_000_000;
    private static final String RESET = "; reset() makes it usable again";
    private static final String DIED = "barrier 'test' is broken: a party died (process 4711)" + RESET;

    private final Area area = new Area(Rendezvous.bytes());
    private final ScriptedParking parking = new ScriptedParking();
    private final List<String> story = new ArrayList<>();

    private Rendezvous view(int owner) {
        return view(owner, () -> story.add("action of " + owner));
    }

    private Rendezvous view(int owner, Runnable action) {
        return new Rendezvous("test", area.address, action, parking, Area.owner(owner), PARK);
    }

    private Rendezvous first(int parties) {
        Rendezvous.format(area.address, parties);
        return view(1);
    }

    /// Arrives, and records the result.
    private Runnable arrival(String party, Rendezvous barrier, long deadline) {
        return () -> {
            try {
                story.add(party + " " + barrier.await(deadline));
            } catch (InterruptedException | BrokenBarrierException | TimeoutException | IllegalStateException end) {
                story.add(party + " " + end.getClass().getSimpleName());
            }
        };
    }

    private Runnable arrival(String party, Rendezvous barrier) {
        return arrival(party, barrier, Waiter.FOREVER);
    }

    private void die() {
        Rendezvous.recover(area.address, DEAD, 4711, parking);
    }

    private static void assertBroken(Rendezvous barrier, String text) {
        assertThat(barrier.isBroken()).isTrue();
        assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isInstanceOf(BrokenBarrierException.class)
                .hasMessage(text);
    }

    /// All parties of all kinds can meet again.
    private void assertUsable(Rendezvous barrier, Rendezvous other) {
        story.clear();
        for (int i = 0; i < 3; i++) {
            parking.then(arrival("other", other));
            arrival("first", barrier).run();
            assertThat(story).endsWith("other 0", "first 1");
        }
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiting()).isZero();
    }

    @AfterEach
    void free() {
        Thread.interrupted();
        CrashHook.script(null);
        area.close();
    }

    /// The index counts down to the last party, which runs the action of its view before any party goes on; repeatedly.
    @Test
    void allMeetAndTheLastPartyRunsTheAction() {
        Rendezvous barrier = first(3);
        Rendezvous second = view(2);
        Rendezvous third = view(3);
        assertThat(barrier.parties()).isEqualTo(3);
        for (int round = 0; round < 70; round++) {        // more than the ends that are kept
            story.clear();
            parking.then(() -> {
                assertThat(barrier.waiting()).isEqualTo(1);
                arrival("second", second).run();
            }).then(() -> {
                assertThat(barrier.waiting()).isEqualTo(2);
                arrival("third", third).run();
            });
            arrival("first", barrier).run();
            assertThat(story).containsExactly("action of 3", "third 0", "second 1", "first 2");
            assertThat(barrier.waiting()).isZero();
            assertThat(barrier.generations()).isEqualTo(round + 1);
        }
        assertThat(barrier.isBroken()).isFalse();
    }

    /// A single party trips at once.
    @Test
    void aSinglePartyTripsAtOnce() {
        Rendezvous barrier = first(1);
        arrival("first", barrier, Waiter.deadline(0)).run();
        arrival("first", barrier).run();
        assertThat(story).containsExactly("action of 1", "first 0", "action of 1", "first 0");
    }

    /// The limits of the number of parties.
    @Test
    void thereAreOneToManyParties() {
        Rendezvous.checkParties("test", 1);
        Rendezvous.checkParties("test", 65_535);
        assertThatThrownBy(() -> Rendezvous.checkParties("test", 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("barrier 'test': 0 parties is not between 1 and 65,535");
        assertThatThrownBy(() -> Rendezvous.checkParties("test", 65_536))
                .hasMessage("barrier 'test': 65,536 parties is not between 1 and 65,535");
    }

    /// The deadline passes, at once or later: the barrier is broken, also for earlier arrivals.
    @Test
    void aPartyThatTimesOutBreaksIt() throws Exception {
        Rendezvous barrier = first(3);
        Rendezvous other = view(3);
        parking.always(() -> {});
        long start = System.nanoTime();
        assertThatThrownBy(() -> barrier.await(start + 2 * MILLI)).isInstanceOf(TimeoutException.class)
                .hasMessage("barrier 'test': timed out before all 3 parties had arrived");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * MILLI);
        assertBroken(other, "barrier 'test' is broken: a party timed out (owner 1)" + RESET);
        barrier.reset();
        parking.then(arrival("other", other, Waiter.deadline(0)));
        assertBrokenMeanwhile(barrier, "barrier 'test' is broken: a party timed out (owner 3)" + RESET);
        assertThat(story).containsExactly("other TimeoutException");
    }

    private static void assertBrokenMeanwhile(Rendezvous barrier, String text) {
        assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isInstanceOf(BrokenBarrierException.class)
                .hasMessage(text);
    }

    /// An interrupt before the call or during the wait breaks it; one that comes when it has tripped is kept.
    @Test
    void anInterruptBreaksIt() {
        Rendezvous barrier = first(2);
        Rendezvous other = view(3);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertBroken(other, "barrier 'test' is broken: a party was interrupted (owner 1)" + RESET);
        barrier.reset();
        parking.then(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isInstanceOf(InterruptedException.class);
        assertBroken(other, "barrier 'test' is broken: a party was interrupted (owner 1)" + RESET);
        barrier.reset();
        parking.then(() -> {
            arrival("other", other).run();
            Thread.currentThread().interrupt();
        });
        arrival("first", barrier).run();
        assertThat(story).endsWith("other 0", "first 1");
        assertThat(Thread.interrupted()).isTrue();
    }

    /// A reset breaks it for the waiting parties, and it can be used at once; with no waiting party it changes nothing.
    @Test
    void aResetBreaksItForWaitingParties() {
        Rendezvous barrier = first(2);
        Rendezvous other = view(3);
        barrier.reset();
        assertThat(barrier.generations()).isZero();
        parking.then(other::reset);
        assertBrokenMeanwhile(barrier,
                "barrier 'test' was reset by owner 3 while this thread waited; it is usable, arrive again");
        assertThat(barrier.isBroken()).isFalse();
        assertUsable(barrier, other);
    }

    /// At every step of a reset the freed parties arrive again, and meet; also where the resetter dies there.
    @Test
    void aPartyFreedByAResetMayArriveAtOnce() {
        int steps = 0;
        for (boolean dies : new boolean[] {false, true}) {
            for (CrashPoint step : CrashPoint.values()) {
                area.restore(new byte[(int) area.size]);
                parking.forget();
                Rendezvous barrier = first(2);
                Rendezvous other = view(3);
                area.putLong(RendezvousLayout.WORD, area.getLong(RendezvousLayout.WORD) + (1 << 1));
                List<CrashPoint> reached = new ArrayList<>();
                CrashHook.script(point -> {
                    if (point == step && reached.isEmpty()) {
                        reached.add(point);
                        assertThat(barrier.isBroken()).isFalse();
                        assertUsable(barrier, other);
                        if (dies) {
                            throw new IllegalStateException("killed");
                        }
                    }
                });
                try {
                    barrier.reset();
                } catch (IllegalStateException killed) {
                    assertThat(dies).isTrue();
                } finally {
                    CrashHook.script(point -> {});
                }
                steps += reached.size();
                if (!reached.isEmpty()) {
                    assertUsable(barrier, other);
                }
            }
        }
        assertThat(steps).isEqualTo(4);
    }

    /// A sweep fails, or memory or stack runs out: a counted party that cannot wait breaks the barrier, and does not
    /// leave its arrival to the next generation.
    @Test
    void aPartyThatIsUnableToWaitBreaksIt() {
        for (Throwable failure : List.of(new IllegalStateException("cannot sweep"), new OutOfMemoryError("none"),
                new StackOverflowError())) {
            area.restore(new byte[(int) area.size]);
            Rendezvous barrier = first(3);
            parking.forget();
            parking.then(() -> RendezvousTest.<RuntimeException>raise(failure));
            assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isSameAs(failure);
            assertBroken(barrier, "barrier 'test' is broken: a party was unable to wait (owner 1)" + RESET);
            barrier.reset();
            assertThat(barrier.waiting()).isZero();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }

    /// An action may throw anything.
    @Test
    void anActionThatThrowsAnErrorBreaksIt() {
        Rendezvous barrier = first(1);
        Rendezvous failing = view(3, () -> {
            throw new NoClassDefFoundError("Missing");
        });
        assertThatThrownBy(() -> failing.await(Waiter.FOREVER)).isInstanceOf(NoClassDefFoundError.class);
        assertBroken(barrier, "barrier 'test' is broken: the action failed (owner 3)" + RESET);
    }

    /// The process id of one victim is not reported for another.
    @Test
    void aVictimIsNotPairedWithTheProcessOfAnother() {
        Rendezvous barrier = first(3);
        view(DEAD);
        die();
        area.putLong(RendezvousLayout.VICTIM, 4712L << 10 | 5);
        assertBroken(barrier, "barrier 'test' is broken: a party died (owner 2)" + RESET);
    }

    /// Foreign bytes claim that a younger generation has ended: the barrier is broken until it is reset.
    @Test
    void endsOfFutureGenerationsBreakIt() {
        Rendezvous barrier = first(2);
        for (int i = 0; i < RendezvousLayout.ENDS_KEPT; i++) {
            area.putLong(RendezvousLayout.ENDS + i * Long.BYTES, -1);
        }
        assertThatThrownBy(() -> barrier.await(Waiter.FOREVER)).isInstanceOf(BrokenBarrierException.class)
                .hasMessage("barrier 'test' is broken: its memory was damaged (owner 0)" + RESET);
        barrier.reset();
        assertUsable(barrier, view(3));
    }

    /// The action fails: its party gets the failure, the others get a broken barrier.
    @Test
    void anActionThatFailsBreaksIt() {
        Rendezvous barrier = first(2);
        Rendezvous other = view(3, () -> {
            throw new IllegalArgumentException("cannot");
        });
        parking.then(() -> assertThatThrownBy(() -> other.await(Waiter.FOREVER))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("cannot"));
        assertBrokenMeanwhile(barrier, "barrier 'test' is broken: the action failed (owner 3)" + RESET);
        barrier.reset();
        parking.then(arrival("again", view(4)));
        arrival("first", barrier).run();
        assertThat(story).endsWith("action of 4", "again 0", "first 1");
    }

    /// The barrier is broken while the action runs: its party gets the same exception as the others.
    @Test
    void aBarrierBrokenDuringTheActionIsBrokenForAll() {
        Rendezvous barrier = first(2);
        Rendezvous other = view(3, barrier::reset);
        parking.then(arrival("other", other));
        arrival("first", barrier).run();
        assertThat(story).containsExactly("other BrokenBarrierException", "first BrokenBarrierException");
    }

    /// More threads than parties: a thread that comes while the action runs waits for the end of the action, and
    /// belongs to the next generation; its time-out breaks nothing.
    @Test
    void aThreadTooManyWaitsForTheNextGeneration() {
        Rendezvous barrier = first(1);
        Rendezvous other = view(3, () -> {
            parking.always(() -> {});
            assertThatThrownBy(() -> barrier.await(Waiter.deadline(MILLI))).isInstanceOf(TimeoutException.class)
                    .hasMessage(
                            "barrier 'test': timed out before an arrival was possible, since its action was running");
            story.add("action of 3");
        });
        arrival("other", other).run();
        arrival("first", barrier).run();
        assertThat(story).containsExactly("action of 3", "other 0", "action of 1", "first 0");
        Rendezvous waits = view(4, () -> {
            parking.then(() -> Rendezvous.recover(area.address, DEAD, 0, parking));
            view(DEAD);
            assertBrokenMeanwhile(barrier, "barrier 'test' is broken: a party died (owner 2)" + RESET);
        });
        arrival("waits", waits).run();
        assertThat(story).endsWith("waits BrokenBarrierException");
    }

    /// With more threads than parties, one may sleep while others meet and the end of its generation is overwritten. It
    /// learns all the same whether its own generation tripped or was broken.
    @Test
    void aPartyThatSleepsForLongLearnsItsEnd() {
        for (boolean trips : new boolean[] {true, false}) {
            for (int later = RendezvousLayout.ENDS_KEPT - 1; later <= 2 * RendezvousLayout.ENDS_KEPT; later++) {
                area.restore(new byte[(int) area.size]);
                Rendezvous barrier = first(2);
                Rendezvous other = view(3);
                int meetings = later;
                parking.then(() -> {
                    if (trips) {
                        arrival("other", other).run();
                    } else {
                        other.reset();
                    }
                    for (int i = 0; i < meetings; i++) {
                        area.putLong(RendezvousLayout.WORD, area.getLong(RendezvousLayout.WORD) + (1 << 1));
                        arrival("other", other).run();
                    }
                });
                arrival("first", barrier).run();
                assertThat(story).endsWith(trips ? "first 1" : "first BrokenBarrierException");
                assertThat(barrier.isBroken()).isFalse();
            }
        }
    }

    /// A party that dies, waiting or before its arrival, breaks it for all; the message names its process.
    @Test
    void aPartyThatDiesBreaksIt() {
        Rendezvous barrier = first(3);
        Rendezvous dead = view(DEAD);
        Rendezvous other = view(3);
        parking.then(() -> new Reaper(1, area).kills(() -> dead.await(Waiter.FOREVER))).then(this::die);
        assertBrokenMeanwhile(barrier, DIED);
        assertBroken(other, DIED);
        die();
        barrier.reset();
        die();                                  // it no longer has a view
        assertThat(barrier.isBroken()).isFalse();
        view(DEAD);
        die();
        assertBroken(other, DIED);
    }

    /// The last party dies before, in or after the action, and after the decision: then all have met, and the next
    /// generation is broken.
    @Test
    void theLastPartyMayDieInTheAction() {
        for (int nth = 1; nth <= 3; nth++) {
            Rendezvous barrier = first(2);
            Rendezvous dead = view(DEAD);
            Reaper reaper = new Reaper(nth, area);
            story.clear();
            parking.then(() -> {
                assertThat(reaper.kills(() -> dead.await(Waiter.FOREVER))).isTrue();
                die();
            });
            arrival("first", barrier).run();
            assertThat(story).endsWith(
                    reaper.at() == CrashPoint.BARRIER_FULL ? "first BrokenBarrierException" : "first 1");
            assertBroken(barrier, DIED);
            barrier.reset();
            assertUsable(barrier, view(3));
            area.restore(new byte[(int) area.size]);
        }
    }

    /// At every death of a party, as the first or as the last to arrive, and every death of its first cleaner: broken
    /// until it is reset, and usable afterwards.
    @Test
    void aCleanerThatDiesIsContinuedByTheNext() {
        for (long others = 0; others < 2; others++) {
            boolean died = true;
            for (int nth = 1; died && nth < 10; nth++) {
                area.restore(new byte[(int) area.size]);
                Rendezvous barrier = first(2);
                Rendezvous other = view(3);
                area.putLong(RendezvousLayout.WORD, area.getLong(RendezvousLayout.WORD) + (others << 1));
                Rendezvous dead = view(DEAD);
                Reaper reaper = new Reaper(nth, area);
                List<byte[]> asleep = new ArrayList<>();
                parking.always(() -> {
                    asleep.add(area.snapshot());
                    throw new IllegalStateException("it sleeps, and there is no later step");
                });
                died = reaper.kills(() -> arrival("dead", dead).run());
                parking.forget();
                byte[] scene = asleep.isEmpty() ? area.snapshot() : asleep.getFirst();
                boolean cleanerDied = true;
                for (int cut = 1; cleanerDied; cut++) {
                    area.restore(scene);
                    cleanerDied = new Reaper(cut, area).kills(this::die);
                    die();
                    assertBroken(barrier, DIED);
                    assertThat(area.getLong(RendezvousLayout.HANDLES + DEAD * Integer.BYTES) << Integer.SIZE).isZero();
                    barrier.reset();
                    assertUsable(barrier, other);
                }
            }
            assertThat(died).isFalse();
        }
    }

    /// A view is closed while a thread waits: that thread gets an exception, the others find the barrier broken.
    @Test
    void closingAViewBreaksItIfAThreadWaitsThere() {
        Rendezvous barrier = first(3);
        Rendezvous leaving = view(3);
        parking.then(arrival("leaving", leaving)).then(leaving::close);
        assertBrokenMeanwhile(barrier, "barrier 'test' is broken: a party closed its handle (owner 3)" + RESET);
        assertThat(story).containsExactly("leaving ClosedException");
        assertThatThrownBy(() -> leaving.await(Waiter.FOREVER)).isInstanceOf(ClosedException.class)
                .hasMessage("barrier 'test': this handle was closed");
        assertThatThrownBy(leaving::reset).hasMessage("barrier 'test': this handle was closed");
        leaving.close();
        barrier.reset();
        Rendezvous.recover(area.address, 3, 1, parking);
        assertThat(barrier.isBroken()).isFalse();
    }

    /// A closed view without waiting threads leaves no trace, and its process is no longer a party.
    @Test
    void closingAViewWithoutWaitersBreaksNothing() {
        Rendezvous barrier = first(2);
        Rendezvous dead = view(DEAD);
        view(DEAD).close();
        parking.then(() -> {
            dead.close();
            die();
        }).then(arrival("other", view(3)));
        arrival("first", barrier).run();
        assertThat(story).endsWith("other 0", "first 1");
    }

    /// The view is closed just after the arrival, and before the wait: the party does not count as arrived.
    @Test
    void anArrivalThroughAViewThatIsClosedAtThatMomentBreaksIt() {
        Rendezvous barrier = first(2);
        Rendezvous leaving = view(3);
        CrashHook.script(point -> {
            if (point == CrashPoint.BARRIER_ARRIVED) {
                CrashHook.script(null);
                leaving.close();
            }
        });
        arrival("leaving", leaving).run();
        assertThat(story).containsExactly("leaving ClosedException");
        assertBroken(barrier, "barrier 'test' is broken: a party closed its handle (owner 3)" + RESET);
    }

    /// The view is closed by its own action, when all have arrived: no party is left waiting.
    @Test
    void closingAViewDuringItsActionBreaksIt() {
        Rendezvous barrier = first(2);
        Rendezvous[] leaving = new Rendezvous[1];
        leaving[0] = view(3, () -> leaving[0].close());
        parking.then(arrival("leaving", leaving[0]));
        arrival("first", barrier).run();
        assertThat(story).containsExactly("leaving ClosedException", "first BrokenBarrierException");
    }
}
