package io.sluice.bench.crossprocess;

import io.sluice.bench.crossprocess.ControlPage.Result;
import io.sluice.bench.link.Link;

/// What is measured in a block.
enum Measure {
    /// Messages a second, from senders to receivers.
    ONE_WAY("M msg/s", true) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new OneWay(participant, there, false);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.sum(Result.MESSAGES) * 1e3 / page.max(Result.NANOS);
        }
    },
    /// Messages a second, each to all receivers.
    BROADCAST("M msg/s, each to all", true) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new OneWay(participant, there, true);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.sum(Result.MESSAGES) * 1e3 / participants.receivers() / page.max(Result.NANOS);
        }
    },
    /// Time of a message and its echo.
    ROUND_TRIP("ns, mean", false) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new RoundTrip(participant, there, back);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.sum(Result.NANOS) / (double) page.sum(Result.MESSAGES);
        }
    },
    /// Latency of messages that are sent at a fixed rate.
    PACED("ns, median", false) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new Paced(participant, there);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.max(Result.P50);
        }
    },
    /// Time from before a message is sent until a receiver that slept has it.
    WAKE_UP("ns, median", false) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new WakeUp(participant, there);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.max(Result.P50);
        }
    },
    /// Operations a second of two contending processes together.
    CONTENTION("M op/s, both", true) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new Contention(participant, there);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return page.sum(Result.MESSAGES) * 1e3 / page.max(Result.NANOS);
        }
    },
    /// CPU time of a receiver that waits while no message comes.
    IDLE("% of a core", false) {
        @Override
        Workload open(Participant participant, Link there, Link back) {
            return new Idle(participant, there);
        }

        @Override
        double value(ControlPage page, Participants participants) {
            return 100.0 * page.sum(Result.CPU_NANOS) / page.sum(Result.NANOS);
        }
    };

    private final String unit;
    private final boolean higherIsBetter;

    Measure(String unit, boolean higherIsBetter) {
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
    }

    String unit() {
        return unit;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }

    /// Opens the ends of the links that a participant needs.
    ///
    /// @param there link from senders to receivers
    /// @param back link of the echoes; used by round trips only
    abstract Workload open(Participant participant, Link there, Link back);

    /// The value of the last block, from the results on the page.
    abstract double value(ControlPage page, Participants participants);
}
