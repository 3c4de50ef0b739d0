package io.sluice.core.sync;

/// How a call ended. The constants hold numbers that stand in shared memory.
///
/// @hidden
public final class CallOutcome {
    /// No call has ended in the cell.
    public static final int NONE = 0;
    /// The answer stands in the cell.
    public static final int ANSWERED = 1;
    /// The answer stands in a file beside the cell.
    public static final int ANSWERED_LARGE = 2;
    /// The handler failed; what it threw stands in the cell.
    public static final int FAILED = 3;
    /// The handler failed; what it threw stands in a file beside the cell.
    public static final int FAILED_LARGE = 4;
    /// The server died, or closed the service, before it had answered.
    public static final int SERVER_LOST = 5;
    /// The client took its request back, or died, before a server had taken it.
    public static final int DROPPED = 6;

    private CallOutcome() {}

    /// Whether what belongs to an outcome stands in a file.
    ///
    /// @param outcome one of the constants
    /// @return true if so
    public static boolean isLarge(int outcome) {
        return outcome == ANSWERED_LARGE || outcome == FAILED_LARGE;
    }
}
