package io.sluice.core.sync;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.memory.Memory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process dies at its n-th step with permits, for every n, while another one moves permits between its steps, in
/// every pattern; its cleaner dies at its m-th step, for every m. Afterwards each permit is where it belongs: none is
/// lost, and none exists twice.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PermitsDeathTest {
    private static final int TOTAL = 7;
    private static final int SURVIVOR = 1;
    private static final int VICTIM = 2;
    private static final int PATTERN_BITS = 6;

    private final Area area = new Area(Permits.bytes());
    private final ScriptedParking parking = new ScriptedParking();

    /// The victim's work; `given` counts the permits handed over by its finished operations.
    enum Scenario {
        ACQUIRES_AND_RELEASES {
            @Override
            void run(Permits victim, PermitsDeathTest test) {
                victim.tryAcquire(2);
                victim.release(1);
                victim.tryAcquire(1);
                victim.release(2);
            }
        },
        DRAINS {
            @Override
            void run(Permits victim, PermitsDeathTest test) {
                int drained = victim.drain();
                victim.release(1);
                victim.release(drained - 1);
                victim.drain();
            }
        },
        HANDS_OVER {
            @Override
            void run(Permits victim, PermitsDeathTest test) {
                victim.tryAcquire(3);
                test.giving = 2;
                victim.handOver(2);
                test.given += 2;
                test.giving = 1;
                victim.handOver(1);
                test.given++;
                test.giving = 0;
                victim.tryAcquire(1);
            }
        };

        abstract void run(Permits victim, PermitsDeathTest test);
    }

    private int given;
    private int giving;
    private boolean lend;

    private Permits view(int owner) {
        return new Permits("test", area.address, TOTAL, true, new Object(), parking, Area.owner(owner), PARK);
    }

    private void recover(int dead) {
        Permits.recover(area.address, TOTAL, true, dead, parking);
    }

    private int debt() {
        long last = area.getLong(PermitsLayout.LAST);
        return Memory.getInt(PermitsLayout.record(area.address, (int) (last & 1023), last >>> 10) + PermitsLayout.DEBT);
    }

    /// The survivor takes one, or gives one back, in turn.
    private void meddle(Permits survivor) {
        lend = !lend;
        if (lend && survivor.tryAcquire(1)) {
            return;
        }
        if (survivor.held() > 0) {
            survivor.release(1);
        }
    }

    @AfterEach
    void free() {
        CrashHook.script(null);
        area.close();
    }

    /// The survivor keeps its permits; all others are available again, except those handed over.
    @ParameterizedTest
    @EnumSource(Scenario.class)
    void thePermitsOfADeadOwnerComeBackExactly(Scenario scenario) {
        byte[] empty = area.snapshot();
        for (int pattern = 0; pattern < 1 << PATTERN_BITS; pattern++) {
            boolean died = true;
            for (int nth = 1; died; nth++) {
                area.restore(empty);
                Permits.format(area.address, TOTAL);
                Permits survivor = view(SURVIVOR);
                Permits victim = view(VICTIM);
                assertThat(survivor.tryAcquire(2)).isTrue();
                given = 0;
                giving = 0;
                lend = false;
                died = dies(scenario, nth, pattern, survivor, victim);
                byte[] scene = area.snapshot();
                boolean cleanerDied = true;
                for (int cut = 1; cleanerDied; cut++) {
                    area.restore(scene);
                    cleanerDied = new Reaper(cut, area).kills(() -> recover(VICTIM));
                    recover(VICTIM);
                    String as = "%s, pattern %x, death %d, cleaner %d".formatted(scenario, pattern, nth, cut);
                    int out = survivor.outstanding() - survivor.held();
                    assertThat(out).as(as).isBetween(given, given + giving);
                    assertThat(out == given || out == given + giving).as(as).isTrue();
                    assertThat(survivor.available()).as(as).isEqualTo(TOTAL - survivor.held() - out);
                    assertThat(debt()).as(as).isEqualTo(-out);
                    assertThat(view(VICTIM).held()).as(as).isZero();
                    goOn(survivor, out, as);
                }
            }
        }
    }

    private boolean dies(Scenario scenario, int nth, int pattern, Permits survivor, Permits victim) {
        Reaper reaper = new Reaper(nth, area);
        reaper.witness(point -> {
            if ((pattern >>> reaper.hits() & 1) != 0 && reaper.hits() < PATTERN_BITS) {
                reaper.spare(() -> meddle(survivor));
            }
        });
        return reaper.kills(() -> scenario.run(victim, this));
    }

    /// The survivor releases all its permits, also those given to it; then it and a successor of the dead process find
    /// all of them, and not one more.
    private void goOn(Permits survivor, int out, String as) {
        survivor.release(survivor.held() + out);
        assertThat(survivor.available()).as(as).isEqualTo(TOTAL);
        assertThat(survivor.outstanding()).as(as).isZero();
        assertThat(survivor.held()).as(as).isZero();
        assertThat(debt()).as(as).isZero();
        Permits successor = view(VICTIM);
        for (int i = 0; i < 3; i++) {
            assertThat(successor.tryAcquire(4)).as(as).isTrue();
            assertThat(survivor.drain()).as(as).isEqualTo(3);
            successor.release(4);
            survivor.release(3);
        }
        assertThat(survivor.available()).as(as).isEqualTo(TOTAL);
    }

    /// The victim releases permits that the survivor acquired, without a hand-over: their holder is unknown, so which
    /// account pays is undefined. But permits never multiply, and when all processes have ended, all are available.
    @ParameterizedTest
    @EnumSource(Debts.class)
    void permitsOfUnknownOriginNeverMultiply(Debts scenario) {
        byte[] empty = area.snapshot();
        for (int pattern = 0; pattern < 1 << PATTERN_BITS; pattern++) {
            boolean died = true;
            for (int nth = 1; died; nth++) {
                area.restore(empty);
                Permits.format(area.address, TOTAL);
                Permits survivor = view(SURVIVOR);
                Permits victim = view(VICTIM);
                assertThat(survivor.tryAcquire(scenario.lent)).isTrue();
                lend = false;
                Reaper reaper = new Reaper(nth, area);
                int meddling = pattern;
                reaper.witness(point -> {
                    if ((meddling >>> reaper.hits() & 1) != 0 && reaper.hits() < PATTERN_BITS) {
                        reaper.spare(() -> {
                            if (survivor.outstanding() >= scenario.lent) {
                                survivor.tryAcquire(1);
                            }
                        });
                    }
                });
                died = reaper.kills(() -> scenario.run(victim));
                byte[] scene = area.snapshot();
                boolean cleanerDied = true;
                for (int cut = 1; cleanerDied; cut++) {
                    area.restore(scene);
                    cleanerDied = new Reaper(cut, area).kills(() -> recover(VICTIM));
                    recover(VICTIM);
                    String as = "%s, pattern %x, death %d, cleaner %d".formatted(scenario, pattern, nth, cut);
                    assertThat(survivor.available() + survivor.outstanding()).as(as).isEqualTo(TOTAL);
                    assertThat(debt()).as(as).isEqualTo(survivor.held() - survivor.outstanding());
                    byte[] after = area.snapshot();
                    recover(SURVIVOR);
                    assertThat(survivor.available()).as(as).isEqualTo(TOTAL);
                    area.restore(after);
                    assertThat(survivor.tryAcquire(0)).isTrue();      // corrected: only one account holds permits
                    assertThat(survivor.held()).as(as).isEqualTo(survivor.outstanding());
                    survivor.release(survivor.held());
                    assertThat(survivor.available()).as(as).isEqualTo(TOTAL);
                }
            }
        }
    }

    /// The survivor's permits that the victim releases.
    enum Debts {
        RELEASES_ANOTHERS(3) {
            @Override
            void run(Permits victim) {
                victim.release(2);
                victim.tryAcquire(1);
                victim.release(1);
                victim.release(1);
            }
        },
        RELEASES_MORE_THAN_ITS_OWN(2) {
            @Override
            void run(Permits victim) {
                victim.tryAcquire(2);
                victim.release(3);
                victim.tryAcquire(3);
                victim.release(1);
            }
        };

        final int lent;

        Debts(int lent) {
            this.lent = lent;
        }

        abstract void run(Permits victim);
    }
}
