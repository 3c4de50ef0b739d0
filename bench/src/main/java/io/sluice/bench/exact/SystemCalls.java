package io.sluice.bench.exact;

import java.util.List;

/// The system calls of a thread that ran only its operation.
public sealed interface SystemCalls {
    /// They were counted, in several rounds of many operations.
    ///
    /// Between two operations the JVM may stop the thread, for instance at a safepoint, which makes system calls of its
    /// own. The operation's calls are in every round, so the round with the fewest calls is the result. The sum of all
    /// rounds shows what the JVM added.
    ///
    /// @param operations of each round
    /// @param fewest calls of the round with the fewest; empty if it had none
    /// @param inAllRounds number of calls in all rounds together
    record Counted(long operations, List<Call> fewest, long inAllRounds) implements SystemCalls {
        /// System calls of one operation.
        ///
        /// @return the number, from the round with the fewest
        public double perOperation() {
            return (double) CallCounts.sum(fewest) / operations;
        }

        @Override
        public String toString() {
            return "%s calls/op %s, %,d in all rounds".formatted(perOperation(), fewest, inAllRounds);
        }
    }

    /// They could not be counted on this machine.
    ///
    /// @param reason what was refused, and what would help
    record Refused(String reason) implements SystemCalls {
        @Override
        public String toString() {
            return "system calls not counted: " + reason;
        }
    }

    /// One system call.
    ///
    /// @param number in the table of the architecture, see `syscalls(2)`
    /// @param times number of calls
    record Call(int number, long times) {
        @Override
        public String toString() {
            return "%d x call %d".formatted(times, number);
        }
    }
}
