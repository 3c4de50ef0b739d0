package io.sluice.bench.link;

import java.util.List;

/// The settings of all links of a process. They are constants for the compiler, as in a user's program. The coordinator
/// sets them as system properties.
public final class Setting {
    /// Size of each message in bytes, a multiple of 8.
    public static final int PAYLOAD_BYTES = Integer.getInteger("sluice.bench.payload", 32);
    /// Size of each ring in bytes, a power of two.
    public static final int RING_BYTES = Integer.getInteger("sluice.bench.ring", 1 << 20);
    /// Messages due each second, for measures at a fixed rate.
    public static final int RATE = Integer.getInteger("sluice.bench.rate", 100_000);
    /// Whether receivers sleep while there is no message.
    public static final boolean PARK = Boolean.getBoolean("sluice.bench.park");
    /// Whether there are more busy threads than cores, so that a thread without work must yield.
    public static final boolean CROWDED = Boolean.getBoolean("sluice.bench.crowded");
    /// Whether a receiver may miss messages: other receivers take them, or a broadcast that does not wait loses them.
    public static final boolean GAPS = Boolean.getBoolean("sluice.bench.gaps");

    private Setting() {}

    /// The JVM options that set these settings.
    ///
    /// @param payloadBytes size of each message
    /// @param ringBytes size of each ring
    /// @param rate messages due each second
    /// @param park whether receivers sleep
    /// @param crowded whether there are fewer cores than busy threads
    /// @param gaps whether a receiver may miss messages
    /// @return options for the command line
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

    /// Yields between two attempts, if there are more busy threads than cores.
    @SuppressWarnings("ThreadPriorityCheck")   // a waiting thread must let the other one run
    public static void pause() {
        if (CROWDED) {
            Thread.yield();
        }
    }
}
