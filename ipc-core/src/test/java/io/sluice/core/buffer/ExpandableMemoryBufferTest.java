package io.sluice.core.buffer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.memory.AllocationMeter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;

/// Scratch memory grows by writing, keeps its contents, and names its limit.
class ExpandableMemoryBufferTest {
    /// Each kind of write behind the end grows the buffer, zeroes the bytes between, and keeps the beginning.
    @Test
    void everyWriteBehindTheEndGrowsTheBuffer() {
        ByteBuffer source = ByteBuffer.allocate(9);
        List<Consumer<MutableDirectBuffer>> writes = List.of(
            b -> b.putByte(1000, (byte) 1), b -> b.putShort(1000, (short) 1), b -> b.putChar(1000, '1'),
            b -> b.putInt(1000, 1), b -> b.putLong(1000, 1), b -> b.putFloat(1000, 1), b -> b.putDouble(1000, 1),
            b -> b.putLong(1000, 1, ByteOrder.BIG_ENDIAN), b -> b.putBytes(1000, new byte[9]),
            b -> b.putBytes(1000, source, 9), b -> b.putBytes(1000, b, 0, 9), b -> b.putStringAscii(1000, "text"),
            b -> b.putStringUtf8(1000, "text"), b -> b.putIntAscii(1000, -5), b -> b.putLongAscii(1000, 55),
            b -> b.putNaturalPaddedIntAscii(1000, 3, 5), b -> b.setMemory(1000, 9, (byte) 1), b -> b.checkLimit(1001));
        for (var write : writes) {
            var buffer = new ExpandableMemoryBuffer(0);
            assertThat(buffer.capacity()).isEqualTo(64);
            buffer.putLong(0, 0x0102030405060708L);
            write.accept(buffer);
            assertThat(buffer.capacity()).isGreaterThanOrEqualTo(1001);
            assertThat(buffer.getLong(0)).isEqualTo(0x0102030405060708L);
            assertThat(buffer.getLong(992)).isZero();
        }
    }

    /// Reading never grows it.
    @Test
    void readsStayInside() {
        var buffer = new ExpandableMemoryBuffer(64);
        assertThatThrownBy(() -> buffer.getLong(57)).isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessage("index=57 with length=8 is outside the capacity=64 of the buffer");
        assertThatThrownBy(() -> buffer.boundsCheck(0, 65)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(buffer.capacity()).isEqualTo(64);
    }

    /// Capacity doubles, so that a long message is copied a bounded number of times.
    @Test
    void growthDoubles() {
        var buffer = new ExpandableMemoryBuffer(64);
        buffer.putByte(64, (byte) 1);
        assertThat(buffer.capacity()).isEqualTo(128);
        buffer.putByte(1_000_000, (byte) 1);
        assertThat(buffer.capacity()).isBetween(1_000_001, 1_000_064);
        assertThat(buffer.address() % 64).isZero();
        assertThat(buffer.addressOffset()).isEqualTo(buffer.address());
        assertThat(buffer.isExpandable()).isTrue();
    }

    /// The limit is named, and so is a negative index.
    @Test
    void theLimitIsNamed() {
        var buffer = new ExpandableMemoryBuffer();
        assertThat(buffer.capacity()).isEqualTo(256);
        assertThatThrownBy(() -> buffer.putLong(ExpandableMemoryBuffer.MAX_CAPACITY - 7, 1))
            .isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessage("index=1073741817 with length=8 needs 1073741825 bytes; this buffer grows to at most 1073741824"
                + " bytes: split the message");
        assertThatThrownBy(() -> buffer.putByte(Integer.MAX_VALUE, (byte) 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.putByte(-1, (byte) 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.checkLimit(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ExpandableMemoryBuffer(-1)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("-1");
        assertThat(buffer.capacity()).isEqualTo(256);
    }

    /// The memory of a large message is given back after it; the memory for small messages stays.
    @Test
    void memoryOfALargeMessageIsGivenBack() {
        var buffer = new ExpandableMemoryBuffer(64);
        buffer.putByte(100_000, (byte) 7);
        int kept = buffer.capacity();
        long address = buffer.address();
        buffer.trim();
        assertThat(buffer.capacity()).isEqualTo(kept);
        assertThat(buffer.address()).isEqualTo(address);
        buffer.putByte(ExpandableMemoryBuffer.KEPT_CAPACITY, (byte) 1);
        buffer.putByte(5_000_000, (byte) 1);
        var window = new MemoryBuffer();
        window.wrap(buffer, 5_000_000, 1);
        buffer.trim();
        assertThat(buffer.capacity()).isEqualTo(kept);
        assertThat(buffer.address()).isEqualTo(address);
        assertThat(buffer.getByte(100_000)).isEqualTo((byte) 7);
        assertThatThrownBy(() -> buffer.getByte(kept)).isInstanceOf(IndexOutOfBoundsException.class);
        System.gc();
        assertThat(window.getByte(0)).isEqualTo((byte) 1);     // a window keeps its memory
        buffer.trim();
        buffer.putByte(kept, (byte) 1);
        assertThat(buffer.capacity()).isEqualTo(2 * kept);
    }

    /// A growth that fails for lack of memory leaves capacity, address and bytes as they were, and the buffer stays
    /// usable.
    @Test
    void aGrowthWithoutMemoryLeavesTheBufferAsItWas() throws Exception {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:MaxDirectMemorySize=8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp",
            System.getProperty("java.class.path"), WithoutMemory.class.getName())
            .redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), US_ASCII);
        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("as it was");
    }

    /// The child process of the test above.
    static final class WithoutMemory {
        public static void main(String[] arguments) {
            var buffer = new ExpandableMemoryBuffer(64);
            buffer.putLong(0, 42);
            long address = buffer.address();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> buffer.putByte(100_000_000, (byte) 1)).isInstanceOf(OutOfMemoryError.class);
                assertThat(buffer.capacity()).isEqualTo(64);
                assertThat(buffer.address()).isEqualTo(address);
                assertThatThrownBy(() -> buffer.getLong(90_000_000)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            buffer.putByte(200_000, (byte) 1);
            assertThat(buffer.getLong(0)).isEqualTo(42);
            System.out.println("as it was");
        }
    }

    /// The buffer cannot be moved; a window over it can, and keeps the memory of the time before a growth.
    @Test
    void aWindowOverItOutlivesAGrowth() {
        var buffer = new ExpandableMemoryBuffer(64);
        buffer.putBytes(0, "before".getBytes(US_ASCII));
        var window = new MemoryBuffer();
        window.wrap(buffer, 0, 6);
        buffer.putByte(5000, (byte) 1);
        buffer.putBytes(0, "after!".getBytes(US_ASCII));
        System.gc();
        assertThat(window.getStringWithoutLengthAscii(0, 6)).isEqualTo("before");
        window.wrap(buffer, 0, 6);
        assertThat(window.getStringWithoutLengthAscii(0, 6)).isEqualTo("after!");
        assertThatThrownBy(() -> buffer.wrap(0L, 1)).isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("MemoryBuffer");
        assertThatThrownBy(() -> buffer.wrap(new byte[1])).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(window)).isInstanceOf(UnsupportedOperationException.class);
    }

    /// Without growth there is no garbage.
    @Test
    void writingInsideAllocatesNothing() {
        var buffer = new ExpandableMemoryBuffer(64);
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            buffer.putLong(1, buffer.getLong(9) + 1);
            buffer.putStringAscii(20, "text");
            buffer.setMemory(30, 20, (byte) 1);
        })).isZero();
    }
}
