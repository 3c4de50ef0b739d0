package io.sluice.shm.object;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.jfr.FlightRecording;
import io.sluice.core.owner.WaitCounters;
import io.sluice.shm.body.Body;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;

import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Event;

/// Finishes the operations of a process that is gone in one object, or sets the object aside.
///
/// - **Threads:** any; the caller holds the place of the process in the object.
/// - **Death:** the entry in the table is cleared last, and every step before is repeatable; so the next process that
///   gets the place starts again.
final class ObjectRecovery {
    private final String space;
    private final Directory directory;
    private final String name;
    private final Kind kind;
    private final RegionHeader header;
    private final AtomicLong failures = new AtomicLong();
    private volatile Throwable lastFailure;

    ObjectRecovery(String space, Directory directory, String name, Kind kind, RegionHeader header) {
        this.space = space;
        this.directory = directory;
        this.name = name;
        this.kind = kind;
        this.header = header;
    }

    /// Finishes the operations of the process in a slot, and clears its entry. If that is impossible because the body
    /// is damaged, the object is set aside: its entries no longer count. A refusal by Linux sets nothing aside.
    ///
    /// @param file address of the object's file
    /// @param slot whose place the caller holds
    /// @param pid process id of the process that was there, for display; 0 if it is not known
    /// @return false if the entry still counts, and recovery is to be tried again
    boolean recover(long file, int slot, long pid) {
        try {
            if (Participants.isSetAside(file)) {
                return true;
            }
            if (Participants.token(file, slot) != 0) {
                recoverNow(file, slot, pid);
            }
            return true;
        } catch (SystemCallException refused) {
            failed(refused, pid, "could not be recovered");
            return false;
        } catch (RuntimeException | InternalError damaged) {    // InternalError: the file was truncated meanwhile
            failed(damaged, pid, "was set aside, since its contents are damaged");
            return trySetAside(file);
        }
    }

    private void failed(Throwable failure, long pid, String outcome) {
        failures.incrementAndGet();
        lastFailure = failure;
        directory.report(pid, "'%s' %s: %s".formatted(name, outcome, failure.getMessage()));
    }

    private void recoverNow(long file, int slot, long pid) {
        boolean ofAnother = pid != ThisProcess.pid();      // not its own, at the end of its use
        Event recovery = ofAnother && FlightRecording.isOn() ? Recovered.started() : null;
        Throwable failure = null;
        try {
            CrashPoint.RECOVER_BEGUN.reached();
            body().recover(file + RegionLayout.BODY, slot, pid, Futex.INSTANCE);
            CrashPoint.RECOVER_OBJECT_DONE.reached();
            if (ofAnother) {
                WaitCounters.recovered(file + RegionLayout.COUNTERS);
            }
            Participants.leave(file, slot);
        } catch (RuntimeException | Error refused) {
            failure = refused;
            throw refused;
        } finally {
            if (recovery != null) {
                Recovered.report(recovery, space + '/' + name, pid, failure);
            }
        }
    }

    private Body body() {
        return kind.body(name, header.parameters(), header.bodyBytes());
    }

    private static boolean trySetAside(long file) {
        try {
            Participants.setAside(file);
            return true;
        } catch (InternalError truncated) {     // the table is gone too, and no process can attach any more
            return true;
        }
    }

    /// Removes the large messages to which nothing refers any more, since their writer or reader is gone.
    ///
    /// @param file address of the object's file
    /// @param sides of the object
    /// @param positions of all that are there
    void dropSides(long file, SideFiles sides, long[] positions) {
        if (positions.length > 0 && !Participants.isSetAside(file)) {
            Body body = body();
            for (long position : positions) {
                if (!body.refersTo(file + RegionLayout.BODY, position)) {
                    sides.remove(position);
                }
            }
        }
    }

    /// How often it failed.
    long failures() {
        return failures.get();
    }

    /// Throws the failure of the last recovery, if it failed.
    void rethrow() {
        if (lastFailure instanceof RuntimeException refused) {
            throw refused;
        }
    }

    /// The exception for users of an object that was set aside.
    ///
    /// @return the exception, not thrown
    CorruptObjectException setAside() {
        var refused = new CorruptObjectException(("'%s' in space '%s' was set aside: what a dead process held in it"
                + " cannot be given back, since its contents are damaged; remove it with 'sluice unlink %s --space"
                + " %s' and create it again").formatted(name, space, name, space));
        if (lastFailure != null) {
            refused.initCause(lastFailure);
        }
        return refused;
    }
}
