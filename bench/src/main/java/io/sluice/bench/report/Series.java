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

/// All that one subject gave.
///
/// @param name as goals call it
/// @param detail what else a reader must know to repeat it: version, flags
/// @param samples block by block, in the order in which they were taken
/// @param latencies of each distance, if it measures latencies: an HdrHistogram of nanoseconds, compressed, in Base64
public record Series(String name, String detail, List<Sample> samples, Map<Distance, String> latencies) {
    /// A series without latencies.
    ///
    /// @param name as goals call it
    /// @param detail what else a reader must know
    /// @param values block by block
    /// @return of [Distance#ANY]
    public static Series of(String name, String detail, List<Double> values) {
        return new Series(name, detail, values.stream().map(Sample::of).toList(), Map.of());
    }

    /// What its samples at a distance say together.
    ///
    /// @param distance of the cores
    /// @return of 0 samples if there are none
    public Summary summary(Distance distance) {
        return Summary.of(samples.stream().filter(sample -> sample.distance() == distance).toList());
    }

    /// Its latencies at a distance.
    ///
    /// @param distance of the cores
    /// @return nanoseconds; empty if it measured none
    @JsonIgnore
    public Optional<Histogram> latencies(Distance distance) {
        return Optional.ofNullable(latencies.get(distance)).map(Series::decode);
    }

    /// What [#encode] made.
    ///
    /// @param text compressed, in Base64
    /// @return the histogram
    public static Histogram decode(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        try {
            return Histogram.decodeFromCompressedByteBuffer(bytes, 0);
        } catch (DataFormatException broken) {
            throw new IllegalArgumentException("latencies: no compressed HdrHistogram in Base64", broken);
        }
    }

    /// A histogram as the JSON has it.
    ///
    /// @param histogram of nanoseconds
    /// @return compressed, in Base64
    public static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }
}
