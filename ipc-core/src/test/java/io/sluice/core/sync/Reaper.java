package io.sluice.core.sync;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/// Kills at the n-th crash point while it is armed: a death is an error thrown there, after which the victim's views
/// are never touched again. What the victim does on the way out, in a `finally`, would be done by a dead process; so
/// each test says whether its victims have such operations, and puts the memory back as it was at the death.
final class Reaper implements Consumer<CrashPoint> {
    private final int nth;
    private final Area area;
    private final Set<CrashPoint> seen = EnumSet.noneOf(CrashPoint.class);
    private Consumer<CrashPoint> witness = point -> {};
    private byte[] scene;
    private CrashPoint at;
    private int hits;
    private boolean armed;

    /// What kills: not an exception that the code under test could have thrown.
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("died", null, false, false);
        }
    }

    /// What the victim does, which may wait.
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    Reaper(int nth, Area area) {
        this.nth = nth;
        this.area = area;
    }

    /// Tells somebody about each step, before the victim may die there.
    Reaper witness(Consumer<CrashPoint> each) {
        witness = each;
        return this;
    }

    /// Whether it died; the memory is then as it was at that instant.
    boolean kills(Work work) {
        CrashHook.script(this);
        armed = true;
        try {
            work.run();
            return false;
        } catch (Death death) {
            area.restore(scene);
            return true;
        } catch (Exception failure) {
            throw new AssertionError("after " + hits + " steps", failure);
        } finally {
            armed = false;
            CrashHook.script(null);
        }
    }

    /// Lets somebody else do something in between, which nobody dies of.
    void spare(Work work) {
        armed = false;
        try {
            work.run();
        } catch (Exception failure) {
            throw new AssertionError("a survivor failed", failure);
        } finally {
            armed = true;
        }
    }

    /// Where it died.
    CrashPoint at() {
        return at;
    }

    int hits() {
        return hits;
    }

    /// Every step that the victim came to.
    Set<CrashPoint> seen() {
        return seen;
    }

    @Override
    public void accept(CrashPoint point) {
        if (!armed) {
            return;
        }
        seen.add(point);
        witness.accept(point);
        if (++hits == nth) {
            armed = false;
            at = point;
            scene = area.snapshot();
            throw new Death();
        }
    }
}
