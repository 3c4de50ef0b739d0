package io.sluice.shm.region;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.core.owner.WaitCounters;
import java.lang.foreign.StructLayout;

/// Where each field of a region lives. Native byte order; offsets in bytes from the start of the file.
///
/// ```
///        0         8         12      16          24          32            40       48       56
///     0  +---------+---------+-------+-----------+-----------+-------------+--------+--------+
///        | magic   | version | kind  | fileBytes | bodyBytes | fingerprint | idHigh | idLow  |
///    56  +---------+---------+-------+---+-------+-------+---+--------+----+---------+-------+
///        | parameters: 8 longs           | flags | creatorToken | creatorPid | createdMillis   |
///        |                           120 |   124 |          128 |        136 |                 |
///   144  +-------------+-----------------+-------+--------------+------------+-----------------+
///        | elementBytes| reserved   152  | elementType: 512 bytes of UTF-8   664 | reserved    |
///  2044  +-------------+------+----------+----------------------------------------------------+
///        | CRC32C of the 2044 bytes before                      written once, before publication
///  2048  +--------------------------------------+- - - - - - - - - - - - - - - - - - - - - - -
///        | counters: 896 bytes, see WaitCounters; then reserved             slow paths
///  4096  +--------------------------------------+- - - - - - - - - - - - - - - - - - - - - - -
///        | highest: largest slot that ever stood in the table; grows only    any joining process
///        |   bits 16 to 29: set aside, if 0x15A5; bit 30: has had large      any cleaner; any participant
///        |   messages. Neither is ever taken back
///  4100  | participants: token of the process in slot 1 to 1023, or 0        that process, or its cleaner
///  8192  +--------------------------------------+- - - - - - - - - - - - - - - - - - - - - - -
///        | body: bodyBytes, and up to the end of its last page               the kind decides
///        +--------------------------------------+
/// ```
///
/// The first half of the first page never changes, so one checksum covers it; the rest does, so none covers it.
public final class RegionLayout {
    /// First bytes of each file: `SLUICE\r\n` in memory order of a little-endian machine.
    public static final long MAGIC = 0x0A0D_4543_4955_4C53L;
    /// Changes with any offset of this page, of the registry or of a kind.
    public static final int VERSION = 5;
    /// Unit of mapping and reservation.
    public static final int PAGE = 4096;
    /// Bytes of text that an element type may have.
    public static final int ELEMENT_TYPE_BYTES = 512;
    /// Number of parameters of a kind.
    public static final int PARAMETERS = 8;

    static final StructLayout HEADER = structLayout(
            // `SLUICE\r\n` in memory order of a little-endian machine: 0x0A0D_4543_4955_4C53.
            JAVA_LONG.withName("magic"),
            // The layout version.
            JAVA_INT.withName("version"),
            // Number of the kind of object.
            JAVA_INT.withName("kind"),
            // Size of the file, a multiple of 4096.
            JAVA_LONG.withName("fileBytes"),
            // Size of the body.
            JAVA_LONG.withName("bodyBytes"),
            // FNV-1a over kind, layout version, parameters and element type: the numbers as 8 bytes each, lowest
            // first.
            JAVA_LONG.withName("fingerprint"),
            // This life of the name, random: high half.
            JAVA_LONG.withName("idHigh"),
            // Low half.
            JAVA_LONG.withName("idLow"),
            // Eight numbers whose meaning the kind defines.
            sequenceLayout(PARAMETERS, JAVA_LONG).withName("parameters"),
            // 1: temporary, it goes when no live process has it open.
            JAVA_INT.withName("flags"),
            // Token of the creator, for the name of an unfinished file.
            JAVA_INT.withName("creatorToken"),
            // Its process id, for display.
            JAVA_LONG.withName("creatorPid"),
            // When, milliseconds since 1970, for display.
            JAVA_LONG.withName("createdMillis"),
            // Length of `elementType`.
            JAVA_INT.withName("elementBytes"),
            paddingLayout(4),
            // Name of the codec and of what it encodes, UTF-8; may be empty.
            sequenceLayout(ELEMENT_TYPE_BYTES, JAVA_BYTE).withName("elementType"),
            paddingLayout(1380),
            // CRC-32C (polynomial 0x82F63B78 reflected, begun with and inverted by all ones) of the 2044 bytes
            // before.
            JAVA_INT.withName("checksum"),
            // What slow paths count, see below.
            // Writer: waiters and cleaners, by atomic additions.
            // Death: what was counted stays.
            sequenceLayout(WaitCounters.BYTES, JAVA_BYTE).withName("counters"),
            paddingLayout(2048 - WaitCounters.BYTES));

    static final StructLayout REGION = structLayout(
            // The first page, which never changes after publication, but for its counters.
            // Writer: the creator, before publication.
            // Death: a file without a name, which vanishes, or one named `.new-`.
            HEADER.withName("header"),
            // Bits 0 to 15: the largest slot that ever stood in the table. Bits 16 to 29: the object is set aside if
            // they are 0x15A5. Bit 30: it has had large messages. None is ever taken back.
            // Writer: any joining process, cleaner or participant, by compare-and-set.
            // Death: a number that may be too large.
            JAVA_INT.withName("highest"),
            // The token of the process in slot 1 to 1023, or 0.
            // Writer: that process, before its first touch of the body and after its last one; its cleaner; both
            // under the lock of its place.
            // Death: the token stays until a cleaner has finished what the process had begun in the body.
            sequenceLayout(1023, JAVA_INT).withName("participants"));

    static final int CHECKSUM = header("checksum");
    /// Where the counters begin; see [WaitCounters].
    public static final int COUNTERS = header("counters");
    /// Where the largest slot of the table stands; the token of slot `s` is `4 * s` bytes further.
    public static final int PARTICIPANTS = (int) REGION.byteOffset(groupElement("highest"));
    /// Where the body begins.
    public static final int BODY = (int) REGION.byteSize();

    private RegionLayout() {}

    static int header(String field) {
        return (int) HEADER.byteOffset(groupElement(field));
    }

    /// What a file for a body takes.
    ///
    /// @param bodyBytes not negative
    /// @return bytes, a multiple of a page
    /// @throws IllegalArgumentException if no file can be that large
    public static long fileBytes(long bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > Long.MAX_VALUE - BODY - PAGE) {
            throw new IllegalArgumentException("a body of %,d bytes is impossible".formatted(bodyBytes));
        }
        return (Math.addExact(BODY, bodyBytes) + PAGE - 1) & -PAGE;
    }
}
