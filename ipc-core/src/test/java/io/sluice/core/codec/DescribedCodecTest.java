package io.sluice.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Values read by the text of their codec alone.
@SuppressWarnings("ArrayRecordComponent") // a codec takes them
class DescribedCodecTest {
    enum Side { BUY, SELL }

    sealed interface Event permits Opened, Closed {}

    record Opened(String by, int[] levels) implements Event {}

    record Closed() implements Event {}

    record Leaf(byte[] bytes, Integer maybe) {}

    record Node(String name, Node next, List<Leaf> leaves) {}

    record Order(String symbol, int quantity, double price, Side side, boolean open, Instant when, BigDecimal limit,
            Optional<String> note, Set<Long> tags, Map<String, Side> others, Event event, String[] names,
            long[] numbers) {}

    private static <T> Object throughText(Codec<T> codec, T value) {
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(64);
        byte[] bytes = new byte[codec.encode(value, buffer, 0)];
        buffer.getBytes(0, bytes);
        return DescribedCodec.of(codec.identity()).decode(bytes);
    }

    /// Every kind of component, by name and in order.
    @Test
    void aRecordIsReadByItsFields() {
        Object read = throughText(Codec.ofRecord(Order.class), new Order("VOD.L", 100, 71.25, Side.SELL, true,
                Instant.EPOCH, new BigDecimal("1.50"), Optional.of("now"), Set.of(7L), Map.of("a", Side.BUY),
                new Opened("me", new int[] {1, 2}), new String[] {"x", null}, new long[] {3}));
        Map<String, Object> fields = ((DescribedCodec.Value) read).fields();
        assertThat(read.toString()).startsWith(
                "Order[symbol=VOD.L, quantity=100, price=71.25, side=SELL, open=true, when=1970-01-01T00:00:00Z,"
                        + " limit=1.50, note=Optional[now], tags=[7], others={a=BUY}, event=Opened[by=me, levels=");
        assertThat(fields.get("names")).isEqualTo(new Object[] {"x", null});
        assertThat(fields.get("numbers")).isEqualTo(new long[] {3});
    }

    /// A type that was mentioned before, or contains itself, is spelled out once.
    @Test
    void aRecordMayContainItself() {
        Object read = throughText(Codec.ofRecord(Node.class), new Node("a", new Node("b", null, List.of()),
                List.of(new Leaf(new byte[] {1}, null), new Leaf(new byte[0], 5))));
        assertThat(read.toString()).startsWith("Node[name=a, next=Node[name=b, next=null, leaves=[]], leaves=[Leaf[")
                .contains("maybe=null").endsWith("maybe=5]]]");
    }

    /// Single values, and an empty record of a sealed interface.
    @Test
    void otherTypesAreReadToo() {
        assertThat(throughText(Codec.longs(), 42L)).isEqualTo(42L);
        assertThat(throughText(Codec.strings(), "words")).isEqualTo("words");
        assertThat(throughText(Codec.bytes(), new byte[] {1, 2})).isEqualTo(new byte[] {1, 2});
        assertThat(throughText(Codec.of(Event.class), new Closed())).hasToString("Closed[]");
    }

    /// A text that is no description, and bytes that do not fit it.
    @Test
    void whatIsNotUnderstoodIsRefused() {
        for (String text : List.of("", "java.io java.lang.Object", "record A(int x", "record A", "List<", "Strin",
                "record A(int x) -> Long", "record A(String a, ... sha-256 00", "List<".repeat(100_000),
                "enum E{A", "sealed S{}", "int x")) {
            assertThat(DescribedCodec.of(text)).as(text.substring(0, Math.min(20, text.length()))).isNull();
        }
        assertThatThrownBy(() -> DescribedCodec.of("record A(int x)").decode(new byte[3]))
                .isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> DescribedCodec.of("enum E{A}").decode(new byte[] {1, 0}))
                .isInstanceOf(CodecException.class);
    }
}
