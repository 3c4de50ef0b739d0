package io.sluice.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// All samples of one subject.
///
/// @param name of the subject
/// @param detail what a reader needs to repeat the measurement: version, flags
/// @param samples one of each block, in the order of the run
/// @param latencies by distance, if they are measured: an HdrHistogram of nanoseconds, compressed, in Base64
public record Series(String name, String detail, List<Sample> samples, Map<Distance, String> latencies) {
    /// A series without latencies.
    ///
    /// @param name of the subject
    /// @param detail what a reader needs to repeat the measurement
    /// @param values one of each block
    /// @return with samples at [Distance#ANY]
    public static Series of(String name, String detail, List<Double> values) {
        return new Series(name, detail, values.stream().map(Sample::of).toList(), Map.of());
    }

    /// Summary of the samples at one distance.
    ///
    /// @param distance of the cores
    /// @return the summary, possibly of 0 samples
    public Summary summary(Distance distance) {
        return Summary.of(samples.stream().filter(sample -> sample.distance() == distance).toList());
    }

    /// The latencies at one distance.
    ///
    /// @param distance of the cores
    /// @return in nanoseconds; empty if none were measured
    @JsonIgnore
    public Optional<Histogram> latencies(Distance distance) {
        return Optional.ofNullable(latencies.get(distance)).map(Series::decode);
    }

    /// Decodes a text that [#encode] made.
    ///
    /// @param text a compressed histogram in Base64
    /// @return the histogram
    public static Histogram decode(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        try {
            return Histogram.decodeFromCompressedByteBuffer(bytes, 0);
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("the latencies are not a compressed HdrHistogram in Base64", broken);
        }
    }

    /// Encodes a histogram for JSON.
    ///
    /// @param histogram of nanoseconds
    /// @return the compressed histogram in Base64
    public static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }
}
