package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/// Results for the tests of this package.
final class Samples {
    /// A name that ends any quotation that does not escape it.
    static final String HOSTILE = "<script>alert('1')</script>&\"]]>\u0000";

    private Samples() {}

    static Series series(String name, Distance distance, double probeNanos, double... values) {
        List<Sample> samples = Arrays.stream(values)
                .mapToObj(value -> new Sample(distance, value, probeNanos, 0, 0))
                .toList();
        return new Series(name, "", samples, Map.of());
    }

    /// Two subjects at two distances, with a goal that the near samples reach and the far ones miss.
    static Result oneWay() {
        return new Result(
                "one-way-32", "How many messages of 32 B pass through the one-to-one ring?", "M msg/s", true,
                List.of(
                        both("ring", around(42, 9), around(11, 9)),
                        both("agrona", around(21, 9), around(10, 3)),
                        both("bystander", around(5, 9), around(3, 9))),
                List.of(
                        Goal.against("ring", "agrona", 1.4),
                        Goal.inform("ring", "absent")));
    }

    private static Series both(String name, double[] near, double[] far) {
        Series one = series(name, Distance.NEAR, 60, near);
        Series other = series(name, Distance.FAR, 240, far);
        List<Sample> samples = new ArrayList<>(one.samples());
        samples.addAll(other.samples());
        samples.add(new Sample(Distance.MOVED, 1, 100, 0, 0));
        return new Series(name, "version 1 of " + name, samples, Map.of());
    }

    private static double[] around(double middle, int count) {
        return DoubleStream.iterate(middle * 0.96, value -> value + middle * 0.01).limit(count).toArray();
    }

    /// Latencies of two subjects, one with a long tail and the other with only 150 latencies.
    static Result roundTrip() {
        Histogram ring = latencies(200_000, 180, 40_000);
        Histogram flags = latencies(150, 130, 400);
        return new Result(
                "round-trip-32", "How long do a message of 32 B and its echo take?", "ns, mean", false,
                List.of(
                        new Series("ring", "", List.of(Sample.of(200), Sample.of(210)),
                                Map.of(Distance.ANY, Series.encode(ring))),
                        new Series("flags", "", List.of(Sample.of(140)),
                                Map.of(Distance.ANY, Series.encode(flags)))),
                List.of(Goal.against("ring", "flags", 1.2)));
    }

    private static Histogram latencies(int count, long typical, long tail) {
        Random random = new Random(42);
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < count; i++) {
            double u = random.nextDouble();
            histogram.recordValue(typical + random.nextInt(30) + (long) (u > 0.99 ? (u - 0.99) * 100 * tail : 0));
        }
        return histogram;
    }

    static Result result(String name, String unit, boolean higherIsBetter, List<Series> series, List<Goal> goals) {
        return new Result(name, "What is asked?", unit, higherIsBetter, series, goals);
    }

    /// All that a file from an unknown source may contain.
    static Result hostile() {
        return new Result(
                HOSTILE, HOSTILE, HOSTILE, true,
                List.of(
                        new Series(
                                HOSTILE, HOSTILE, List.of(Sample.of(1)), roundTrip().series().getFirst().latencies()),
                        Series.of("zero", "", List.of(0., 0., 0.)),
                        Series.of("not a number", "", List.of(Double.NaN)),
                        Series.of("infinite", "", List.of(1., Double.POSITIVE_INFINITY)),
                        Series.of("negative", "", List.of(-5.)),
                        Series.of("none", "", List.of())),
                List.of(
                        Goal.against(HOSTILE, "zero", 1),
                        new Goal("zero", List.of("not a number", HOSTILE), 1),
                        Goal.inform("none", HOSTILE)));
    }

    static Report report(Result... results) {
        return new Report(Map.of("cpu", "a processor", "cores", "2"), List.of(results));
    }
}
