package io.sluice.bench.link;

import java.util.List;

/// What holds for all links of a process: constants for the compiler, as they would be in a program. The coordinator
/// sets them as system properties.
public final class Setting {
    /// Size of each message in bytes, a multiple of 8.
    public static final int PAYLOAD_BYTES = Integer.getInteger("sluice.bench.payload", 32);
    /// Size of each ring in bytes, a power of two.
    public static final int RING_BYTES = Integer.getInteger("sluice.bench.ring", 1 << 20);
    /// How many messages are due each second, where that is asked for.
    public static final int RATE = Integer.getInteger("sluice.bench.rate", 100_000);
    /// Whether receivers sleep while nothing is there.
    public static final boolean PARK = Boolean.getBoolean("sluice.bench.park");
    /// Whether there are more busy threads than cores, so that who has nothing to do must let others run.
    public static final boolean CROWDED = Boolean.getBoolean("sluice.bench.crowded");
    /// Whether a receiver may miss messages: others get them, or a broadcast that does not wait has lost them.
    public static final boolean GAPS = Boolean.getBoolean("sluice.bench.gaps");

    private Setting() {}

    /// The options of a JVM with such settings.
    ///
    /// @param payloadBytes size of each message
    /// @param ringBytes size of each ring
    /// @param rate how many messages are due each second
    /// @param park whether receivers sleep
    /// @param crowded whether there are fewer cores than busy threads
    /// @param gaps whether a receiver may miss messages
    /// @return for the command line
    public static List<String> jvmOptions(
            int payloadBytes, int ringBytes, int rate, boolean park, boolean crowded, boolean gaps) {
        return List.of(
                "-Dsluice.bench.payload=" + payloadBytes,
                "-Dsluice.bench.ring=" + ringBytes,
                "-Dsluice.bench.rate=" + rate,
                "-Dsluice.bench.park=" + park,
                "-Dsluice.bench.crowded=" + crowded,
                "-Dsluice.bench.gaps=" + gaps);
    }

    /// What to do between two looks.
    @SuppressWarnings("ThreadPriorityCheck")   // who waits must let the one run that it waits for
    public static void pause() {
        if (CROWDED) {
            Thread.yield();
        }
    }
}
