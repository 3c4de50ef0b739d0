package io.sluice.core.campaign;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/// The length of a seeded test of many rounds: few rounds in every build, many under the Maven profile `campaign`,
/// which runs only the tests with the tag [#TAG].
///
/// System properties control it. The profile sets `sluice.campaign`; the test names a property of its own, whose value
/// replaces the number of rounds in both cases; `sluice.test.seed` repeats a run. `sluice.campaign.seconds` limits the
/// time of each campaign that is longer than its short form: after it, no further round begins.
public final class Campaign {
    /// The tag of the test classes that use this.
    public static final String TAG = "campaign";

    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String property;
    private final int least;
    private final int rounds;
    private final long seed = Long.getLong("sluice.test.seed", System.nanoTime());
    private final long start = System.nanoTime();
    private final long limitNanos;
    private long told = start;

    private Campaign(String property, int shortRounds, int longRounds) {
        this.property = property;
        rounds = Integer.getInteger(property, Boolean.getBoolean("sluice.campaign") ? longRounds : shortRounds);
        least = Math.min(shortRounds, rounds);
        int seconds = Integer.getInteger("sluice.campaign.seconds", 0);
        limitNanos = seconds > 0 ? TimeUnit.SECONDS.toNanos(seconds) : Long.MAX_VALUE;
        System.out.printf("%s: -D%1$s=%d -Dsluice.test.seed=%d%n", property, rounds, seed);
    }

    /// Begins a campaign, and prints how to repeat it.
    ///
    /// @param property system property that sets the number of rounds
    /// @param shortRounds rounds in every build
    /// @param longRounds rounds under the profile
    /// @return the campaign, whose time begins now
    public static Campaign begin(String property, int shortRounds, int longRounds) {
        return new Campaign(property, shortRounds, longRounds);
    }

    /// The seed of all choices of the campaign.
    ///
    /// @return the seed
    public long seed() {
        return seed;
    }

    /// A source of the campaign's choices.
    ///
    /// @return a new source that starts with the seed
    public Random random() {
        return new Random(seed);
    }

    /// Whether another round begins. Prints the progress of the campaign from time to time.
    ///
    /// @param done finished rounds
    /// @return true if another round begins
    public boolean goesOn(int done) {
        long now = System.nanoTime();
        if (done >= rounds) {
            return false;
        }
        boolean goesOn = done < least || now - start < limitNanos;
        if (!goesOn || now - told > PROGRESS_NANOS) {
            told = now;
            System.out.printf("%s: %,d of %,d after %d s%n", property, done, rounds,
                    TimeUnit.NANOSECONDS.toSeconds(now - start));
        }
        return goesOn;
    }
}
