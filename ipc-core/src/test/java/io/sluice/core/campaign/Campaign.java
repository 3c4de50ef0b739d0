package io.sluice.core.campaign;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/// How long a seeded test of many rounds goes on: for few rounds in every build, for many under the Maven profile
/// `campaign`, which runs the tests with the tag [#TAG] and no others.
///
/// System properties decide. The profile sets `sluice.campaign`; the test names a property of its own, whose value
/// replaces the number of rounds in either case; `sluice.test.seed` repeats a run. `sluice.campaign.seconds` limits the
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

    /// What all choices of the campaign are made from.
    ///
    /// @return the seed
    public long seed() {
        return seed;
    }

    /// A source of the campaign's choices.
    ///
    /// @return a new one, which begins with the seed
    public Random random() {
        return new Random(seed);
    }

    /// Whether another round is to begin. Prints now and then how far the campaign is.
    ///
    /// @param done rounds that are over
    /// @return whether
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
