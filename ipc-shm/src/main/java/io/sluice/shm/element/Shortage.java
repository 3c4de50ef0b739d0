package io.sluice.shm.element;

import io.sluice.shm.error.SystemCallException;

/// The rule for an element that was taken and could not be decoded, in queues, task queues and pipes:
///
/// - If memory, stack or descriptors were short, the element is given back and the failure is thrown: the next try may
///   succeed.
/// - Any other failure would repeat in every process. The element is dropped, and the failure is thrown.
public final class Shortage {
    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int MOST_CAUSES = 32;

    private Shortage() {}

    /// Whether a failure, or one of its causes, is a shortage of memory, stack or descriptors. A class that could not
    /// be loaded or initialized is no shortage: that failure is permanent.
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
