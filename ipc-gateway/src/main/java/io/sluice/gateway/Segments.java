package io.sluice.gateway;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.CatalogHeaderDecoder;
import io.aeron.archive.codecs.RecordingDescriptorDecoder;
import io.aeron.archive.codecs.RecordingDescriptorHeaderDecoder;
import io.aeron.driver.Configuration;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.agrona.BitUtil;
import org.agrona.collections.LongHashSet;

/// Reads the files of a recording, as Aeron Archive writes them: where a sequence begins, and what came last.
final class Segments {
    /*
     * A recording is the log of one publication. Position p of it is byte p % SEGMENT_BYTES of the file that is named
     * by the position of its first byte. A term is a part of the log; no message crosses the end of one, so at the
     * first byte of each term a message begins. Where a sequence is, a binary search over the terms tells.
     *
     * A kill in the middle of a write leaves a part of it: whole pages, and none behind. Aeron takes a length of 0 as
     * the end, and refuses to start if the last frame ends in a page that is empty. #cutTornEnd removes that frame. It
     * was never complete, so none of its messages was ended in the object. If the catalog has the end, as after an
     * orderly stop, nothing is torn, and nothing is cut off. A frame whose bytes are wrong is damage, and stays; a
     * replay says so when it comes there.
     *
     * What is recorded next follows from the last two terms. So these must be frame after frame up to the end, each
     * where it says that it is; otherwise the recording is refused, and nothing is added to it. The last file is looked
     * at before Aeron does, since Aeron believes a wrong length.
     */
    static final int TERM_BYTES = 16 << 20;
    static final int SEGMENT_BYTES = 64 << 20;
    static final long RECORDING = 0;         // the archive of a directory has this one
    private static final String SUFFIX = ".rec";
    private static final String PREFIX = RECORDING + "-";
    private static final String CATALOG = "archive.catalog";
    private static final int STOP_IN_CATALOG = CatalogHeaderDecoder.BLOCK_LENGTH
            + RecordingDescriptorHeaderDecoder.BLOCK_LENGTH + RecordingDescriptorDecoder.stopPositionEncodingOffset();
    private static final int PAGE_BYTES = 4096;
    private static final int FLAGS = 5;
    private static final int FRAME_TYPE = 6;
    private static final int TERM_OFFSET = DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET;
    private static final int BEGIN = DataHeaderFlyweight.BEGIN_FLAG;
    private static final int END = DataHeaderFlyweight.END_FLAG;
    private static final int FRAME_BYTES = DataHeaderFlyweight.HEADER_LENGTH;

    private final Path directory;

    Segments(Path directory) {
        this.directory = directory;
    }

    /// What was recorded last.
    ///
    /// @param sequence of the last message; 0 if there is none
    /// @param position of that one in its object
    /// @param positions in their object of the last messages, at least those that may not have been ended there
    record Tail(long sequence, long position, LongHashSet positions) {}

    /// A frame, as [#walk] meets it.
    private interface Visitor {
        void frame(int offset, int flags);
    }

    /// Refuses a recording that has lost its catalog, and cuts off what a kill has left.
    void prepare() {
        try {
            Optional<Path> last = last();
            if (last.isPresent() && !Files.exists(directory.resolve(CATALOG))) {
                throw damaged(CATALOG + " is missing");
            }
            if (last.isPresent() && !hasEnd()) {
                cutTornEnd(last.get());
            }
        } catch (IOException refused) {
            throw unreadable(refused);
        }
    }

    private boolean hasEnd() throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(CATALOG), StandardOpenOption.READ)) {
            return read(channel, STOP_IN_CATALOG, Long.BYTES).getLong() != AeronArchive.NULL_POSITION;
        }
    }

    private Optional<Path> last() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Segments::isSegment).max((a, b) -> Long.compare(base(a), base(b)));
        }
    }

    private static boolean isSegment(Path file) {
        return file.getFileName().toString().matches(PREFIX + "\\d{1,18}\\.rec");
    }

    private static long base(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
    }

    private void cutTornEnd(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = Math.min(channel.size(), SEGMENT_BYTES);
            int[] lastFrame = {-1};
            long lastTerm = 0;
            ByteBuffer last = ByteBuffer.allocate(0);
            int end = 0;
            for (long term = 0; term < size; term += TERM_BYTES) {
                ByteBuffer bytes = read(channel, term, (int) Math.min(TERM_BYTES, size - term));
                if (bytes.getInt(0) == 0) {
                    break;
                }
                lastFrame[0] = -1;       // padding has no data behind its header
                end = walk(bytes, (offset, _) -> lastFrame[0] = offset);
                if (end + FRAME_BYTES <= bytes.limit() && bytes.getInt(end) != 0) {
                    throw damaged("what lies at position %s is no frame".formatted(base(file) + term + end));
                }
                lastTerm = term;
                last = bytes;
            }
            if (lastFrame[0] >= 0 && isTorn(last, lastFrame[0], end)) {
                channel.truncate(lastTerm + lastFrame[0]);
            }
        }
    }

    /// Whether nothing lies in the last page of a frame, no other one follows, and its checksum is wrong.
    private static boolean isTorn(ByteBuffer bytes, int offset, int end) {
        int to = Math.min(end, bytes.limit());
        int lastPage = (to - 1) / PAGE_BYTES * PAGE_BYTES;
        if (offset >= lastPage || offset + aligned(bytes.getInt(offset)) < end) {
            return false;
        }
        for (int at = lastPage; at < to; at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return new FrameChecksum().compute(bytes.slice(offset + FRAME_BYTES, to - offset - FRAME_BYTES))
                != bytes.getInt(offset + DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET);
    }

    private static int aligned(int frameLength) {
        return BitUtil.align(frameLength, FrameDescriptor.FRAME_ALIGNMENT);
    }

    /// Visits the data frames of a term, up to what is none. @return the offset behind the last frame
    private static int walk(ByteBuffer term, Visitor visitor) {
        int offset = 0;
        while (offset + FRAME_BYTES <= term.limit()) {
            int length = term.getInt(offset);
            boolean isData =
                    Short.toUnsignedInt(term.getShort(offset + FRAME_TYPE)) == DataHeaderFlyweight.HDR_TYPE_DATA;
            int most = isData ? Configuration.MAX_UDP_PAYLOAD_LENGTH : TERM_BYTES;
            if (length <= 0 || length > Math.min(most, term.limit() - offset)
                    || term.getInt(offset + TERM_OFFSET) != offset) {
                break;
            }
            if (isData) {
                visitor.frame(offset, Byte.toUnsignedInt(term.get(offset + FLAGS)));
            }
            offset += aligned(length);
        }
        return offset;
    }

    /// Reads the end of a recording that stands still.
    ///
    /// @param start position where it begins
    /// @param stop position where it ends
    /// @param since sequence from which on positions are of the present object
    /// @throws GatewayException if something else than frames lies there
    Tail tail(long start, long stop, long since) {
        LongHashSet positions = new LongHashSet();
        long[] last = new long[2];
        long lastTerm = termOf(Math.max(start, stop - 1));
        for (long term = Math.max(start, lastTerm - TERM_BYTES); stop > start && term <= lastTerm; term += TERM_BYTES) {
            ByteBuffer bytes = read(term, (int) Math.min(TERM_BYTES, stop - term));
            long[] begun = new long[2];
            int end = walk(bytes, (offset, flags) -> {
                if ((flags & BEGIN) != 0) {
                    if (bytes.getInt(offset) < FRAME_BYTES + RecordLayout.HEADER_BYTES) {
                        throw damaged("a record of %s bytes ends behind message %s".formatted(
                                bytes.getInt(offset) - FRAME_BYTES, last[0]));
                    }
                    begun[0] = bytes.getLong(offset + FRAME_BYTES + RecordLayout.SEQUENCE);
                    begun[1] = bytes.getLong(offset + FRAME_BYTES + RecordLayout.POSITION);
                }
                if ((flags & END) != 0) {
                    last[0] = begun[0];
                    last[1] = begun[1];
                    if (begun[0] >= since) {
                        positions.add(begun[1]);
                    }
                }
            });
            if (end != bytes.limit()) {
                throw damaged("no frame follows message %s at position %s, and the recording ends at %s".formatted(
                        last[0], term + end, stop));
            }
        }
        return new Tail(last[0], last[1], positions);
    }

    private GatewayException damaged(String where) {
        return new GatewayException("recording '%s': damaged, %s; restore the directory, or choose another one"
                .formatted(directory, where));
    }

    /// Sequence of the first message at or behind the begin of a recording.
    ///
    /// @return 1 if nothing was recorded yet
    long firstSequence(long start, long stop) {
        return start == stop ? 1 : sequenceAt(start);
    }

    /// Position of a term in which a sequence is, or which comes before it.
    long search(long sequence, long start, long stop) {
        long low = start / TERM_BYTES;
        long high = Math.max(start, stop - 1) / TERM_BYTES;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (sequenceAt(middle * TERM_BYTES) <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low * TERM_BYTES;
    }

    private static long termOf(long position) {
        return position / TERM_BYTES * TERM_BYTES;
    }

    private long sequenceAt(long term) {
        return read(term, FRAME_BYTES + RecordLayout.HEADER_BYTES).getLong(FRAME_BYTES + RecordLayout.SEQUENCE);
    }

    private ByteBuffer read(long position, int length) {
        long base = AeronArchive.segmentFileBasePosition(0, position, TERM_BYTES, SEGMENT_BYTES);
        Path file = directory.resolve(PREFIX + base + SUFFIX);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel, position - base, length);
        } catch (IOException refused) {
            throw unreadable(refused);
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException("a file ends %s bytes too early".formatted(bytes.remaining()));
            }
        }
        return bytes.flip();
    }

    private GatewayException unreadable(IOException refused) {
        return new GatewayException("recording '%s': cannot be read: %s".formatted(directory, refused), refused);
    }
}
