package io.sluice.core.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.core.memory.AllocationMeter;
import io.sluice.core.owner.Liveness;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

/// What a recording must not do to a waiter.
class FlightRecordingTest {
    private Event last;

    /// An object whose name cannot be made, for want of memory.
    private static final class Nameless implements Liveness {
        private int asked;

        @Override
        public String object() {
            asked++;
            throw new OutOfMemoryError("of the test");
        }

        @Override
        public int self() {
            return 1;
        }

        @Override
        public void sweep() {
            // No owner is dead.
        }
    }

    /// A thread that has got a lock must not get an error instead: it would never release it.
    @Test
    void anEventThatCannotBeKeptIsLost() {
        try (Recording recording = new Recording()) {
            recording.enable("io.sluice.LockWait").withoutThreshold();
            recording.start();
            Nameless object = new Nameless();
            Event wait = FlightRecording.beginWait(Wait.LOCK);
            assertThat(wait).isNotNull();
            assertThatCode(() -> FlightRecording.endWait(wait, object, true)).doesNotThrowAnyException();
            assertThat(object.asked).isEqualTo(1);
        }
    }

    /// A recorder stays when its recordings have ended; waits allocate nothing all the same.
    @Test
    void afterARecordingAWaitAllocatesNothing() {
        try (Recording recording = new Recording()) {
            recording.start();
        }
        for (Wait what : Wait.values()) {
            assertThat(AllocationMeter.bytesPerOperation(() -> last = FlightRecording.beginWait(what)))
                    .as(what.toString()).isZero();
            assertThat(last).isNull();
        }
    }
}
