package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What a process has done for others to see, as the steps tell that it has passed: messages that are committed, and
/// messages that are acknowledged.
final class Tally {
    final TreeSet<Integer> committed = new TreeSet<>();
    final List<Integer> consumed = new ArrayList<>();
    /// The message that the process is about to commit.
    int sending;
    /// The message that it is about to acknowledge.
    int reading;

    void at(CrashPoint point) {
        switch (point) {
            case COMMIT_WORD_SET -> committed.add(sending);
            case RELEASE_DONE_SET, RELEASE_WORD_SET -> {
                if (reading != 0) {
                    consumed.add(reading);
                    reading = 0;
                }
            }
            default -> { }
        }
    }
}
