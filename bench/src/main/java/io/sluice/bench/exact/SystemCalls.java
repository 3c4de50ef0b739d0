package io.sluice.bench.exact;

import java.util.List;

/// The system calls of a thread that did nothing but its operation.
public sealed interface SystemCalls {
    /// They were counted, in several rounds of many operations.
    ///
    /// Between two operations the JVM may stop the thread, at a safepoint say, and that takes system calls which are
    /// not the operation's. Those of the operation itself are in every round, so the round with the fewest tells; the
    /// sum of all rounds shows what the JVM added.
    ///
    /// @param operations of each round
    /// @param fewest the calls of the round that had the fewest; empty if it had none
    /// @param inAllRounds how many calls there were in all rounds together
    record Counted(long operations, List<Call> fewest, long inAllRounds) implements SystemCalls {
        /// How many calls an operation makes.
        ///
        /// @return the number, by the round that had the fewest
        public double perOperation() {
            return (double) CallCounts.sum(fewest) / operations;
        }

        @Override
        public String toString() {
            return "%s calls/op %s, %,d in all rounds".formatted(perOperation(), fewest, inAllRounds);
        }
    }

    /// They could not be counted here.
    ///
    /// @param reason what was refused, and what to do about it
    record Refused(String reason) implements SystemCalls {
        @Override
        public String toString() {
            return "system calls not counted: " + reason;
        }
    }

    /// One system call.
    ///
    /// @param number as in the machine's table, `syscalls(2)`
    /// @param times how often it was made
    record Call(int number, long times) {
        @Override
        public String toString() {
            return "%d x call %d".formatted(times, number);
        }
    }
}
