package io.sluice.core.sync;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/// Kills at the n-th crash point while it is armed: a death is an error thrown there, after which the victim's views
/// are never touched again. A dead process would not run the victim's `finally` blocks; so each test says whether its
/// victims have such operations, and restores the memory of the moment of death.
final class Reaper implements Consumer<CrashPoint> {
    private final int nth;
    private final Area area;
    private final Set<CrashPoint> seen = EnumSet.noneOf(CrashPoint.class);
    private Consumer<CrashPoint> witness = point -> {};
    private byte[] scene;
    private CrashPoint at;
    private int hits;
    private boolean armed;

    /// A death: not an exception that the code under test could have thrown.
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("died", null, false, false);
        }
    }

    /// The victim's work, which may wait.
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    Reaper(int nth, Area area) {
        this.nth = nth;
        this.area = area;
    }

    /// Reports each step to a listener, before the victim may die there.
    Reaper witness(Consumer<CrashPoint> each) {
        witness = each;
        return this;
    }

    /// Whether the victim died; the memory then is that of the moment of death.
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

    /// Runs another process's work in between; no death happens in it.
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

    /// The step at which the victim died.
    CrashPoint at() {
        return at;
    }

    int hits() {
        return hits;
    }

    /// Every step that the victim reached.
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
