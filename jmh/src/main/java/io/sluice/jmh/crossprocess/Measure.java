package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.ControlPage.Result;

/// What is measured.
enum Measure {
    /// How many messages pass in a second, from one process to the other.
    ONE_WAY("M msg/s", true) {
        @Override
        Contest open(ControlPage page, Role role, Link there, Link back) {
            return new OneWay(page, role, there);
        }

        @Override
        double value(ControlPage page) {
            return page.get(Result.MESSAGES) * 1e3 / page.get(Result.NANOS);
        }
    },
    /// How long a message and its echo take together.
    ROUND_TRIP("ns, mean", false) {
        @Override
        Contest open(ControlPage page, Role role, Link there, Link back) {
            return new RoundTrip(page, role, there, back);
        }

        @Override
        double value(ControlPage page) {
            return page.get(Result.NANOS) / (double) page.get(Result.MESSAGES);
        }
    },
    /// How long it takes from before a message is sent until a receiver that slept has it.
    WAKE_UP("ns, median", false) {
        @Override
        Contest open(ControlPage page, Role role, Link there, Link back) {
            return new WakeUp(page, role, there);
        }

        @Override
        double value(ControlPage page) {
            return page.get(Result.P50);
        }
    },
    /// How many operations two processes do together that contend.
    CONTENTION("M op/s, both", true) {
        @Override
        Contest open(ControlPage page, Role role, Link there, Link back) {
            return new Contention(page, there);
        }

        @Override
        double value(ControlPage page) {
            return (page.get(Result.MESSAGES) + page.get(Result.SENT)) * 1e3 / page.get(Result.NANOS);
        }
    },
    /// What it costs to wait for a message that does not come.
    IDLE("% of a core", false) {
        @Override
        Contest open(ControlPage page, Role role, Link there, Link back) {
            return new Idle(page, role, there);
        }

        @Override
        double value(ControlPage page) {
            return 100.0 * page.get(Result.CPU_NANOS) / page.get(Result.NANOS);
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

    /// Opens the ends that a role needs.
    ///
    /// @param back used by echoes only
    abstract Contest open(ControlPage page, Role role, Link there, Link back);

    /// The value of the block whose results stand on the page.
    abstract double value(ControlPage page);
}
