package io.sluice.shm.element;

import io.sluice.shm.error.SystemCallException;

/// The rule of what becomes of an element that was taken and could not be decoded, in queues, task queues and pipes:
///
/// - What failed for want of memory, stack or descriptors is given back, and the failure is thrown: the next try may
///   succeed.
/// - What failed for any other reason would fail again and again, in every process. It is dropped, and the failure is
///   thrown.
public final class Shortage {
    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int MOST_CAUSES = 32;

    private Shortage() {}

    /// Whether a failure is about memory, stack or descriptors, itself or by one of its causes. A class that could not
    /// be loaded or initialized is not: that does not pass.
    ///
    /// - **Allocation:** none.
    ///
    /// @param failure what was thrown
    /// @return whether another try may succeed
    public static boolean isReasonOf(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof VirtualMachineError) {
                return true;
            }
            if (cause instanceof SystemCallException refused && isShortage(refused.errno())) {
                return true;
            }
            if (cause instanceof LinkageError) {
                return false;
            }
            cause = causeOf(cause);
        }
        return false;
    }

    private static boolean isShortage(int errno) {
        return errno == ENOMEM || errno == ENFILE || errno == EMFILE;
    }

    private static Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (RuntimeException fromUsersCode) {
            return null;
        }
    }
}
