package io.sluice.shm.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;

/// Two processes may run two versions of the library: a changed number is a changed layout version.
class RegionLayoutTest {
    /// The numbers of the drawing.
    @Test
    void theOffsetsAreThoseOfTheDrawing() {
        Map.ofEntries(
                        Map.entry("magic", 0),
                        Map.entry("version", 8),
                        Map.entry("kind", 12),
                        Map.entry("fileBytes", 16),
                        Map.entry("bodyBytes", 24),
                        Map.entry("fingerprint", 32),
                        Map.entry("idHigh", 40),
                        Map.entry("idLow", 48),
                        Map.entry("parameters", 56),
                        Map.entry("flags", 120),
                        Map.entry("creatorToken", 124),
                        Map.entry("creatorPid", 128),
                        Map.entry("createdMillis", 136),
                        Map.entry("elementBytes", 144),
                        Map.entry("elementType", 152),
                        Map.entry("checksum", 2044),
                        Map.entry("counters", 2048))
                .forEach((field, offset) -> assertThat(RegionLayout.header(field)).as(field).isEqualTo(offset));
        assertThat(RegionLayout.HEADER.byteSize()).isEqualTo(4096);
        assertThat(RegionLayout.PARTICIPANTS).isEqualTo(4096);
        assertThat(RegionLayout.BODY).isEqualTo(8192);
        assertThat(RegionLayout.VERSION).isEqualTo(5);
    }

    /// Whole pages, more than an int can count, and no overflow.
    @Test
    void aFileIsWholePages() {
        assertThat(RegionLayout.fileBytes(0)).isEqualTo(8192);
        assertThat(RegionLayout.fileBytes(1)).isEqualTo(12288);
        assertThat(RegionLayout.fileBytes(4096)).isEqualTo(12288);
        assertThat(RegionLayout.fileBytes(5L << 30)).isEqualTo((5L << 30) + 8192);
        assertThatThrownBy(() -> RegionLayout.fileBytes(Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RegionLayout.fileBytes(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    /// What is encoded is decoded, and begins with a readable mark.
    @Test
    void aHeaderSaysWhatItWasTold() {
        UUID id = UUID.randomUUID();
        var header = new RegionHeader(3, 5000, 7, id, new long[] {1, 2, 3, 4, 5, 6, 7, -8}, true, "größe", 9, 10, 11);
        byte[] page = header.encode();
        RegionHeader read = RegionHeader.decode("q", page, 16384);
        assertThat(read).usingRecursiveComparison().isEqualTo(header);
        assertThat(new String(Arrays.copyOf(page, 6), StandardCharsets.US_ASCII)).isEqualTo("SLUICE");
    }
}
