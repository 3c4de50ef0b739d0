package io.sluice.jmh.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Results for tests.
final class Samples {
    static final String HOSTILE = "<script>\"&'</script>";

    private Samples() {}

    static Series near(String name, double... values) {
        List<Sample> samples = new ArrayList<>();
        for (double value : values) {
            samples.add(new Sample(Distance.NEAR, value, 100, 0, 0));
        }
        return new Series(name, "", samples, Map.of());
    }

    static Series withLatencies(String name, long... nanos) {
        Histogram histogram = new Histogram(3);
        for (long latency : nanos) {
            histogram.recordValue(latency);
        }
        return new Series(name, "", near(name, 1).samples(), Map.of(Distance.NEAR, Series.encode(histogram)));
    }

    static Result rate(List<Goal> goals, Series... series) {
        return new Result("rate", "How many?", "M msg/s", true, List.of(series), goals);
    }

    static Result time(List<Goal> goals, Series... series) {
        return new Result("time", "How long?", "ns, mean", false, List.of(series), goals);
    }

    static Report report(Result... results) {
        return new Report(Map.of("cpu", "a", "cores", "2"), List.of(results));
    }
}
