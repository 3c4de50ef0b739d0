package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BatchTest {
    static Stream<List<?>> lists() {
        return Stream.of(
            IntStream.range(-100, 900).boxed().toList(),
            LongStream.range(-100, 900).boxed().toList(),
            DoubleStream.iterate(-1, x -> x + 0.1).limit(1000).boxed().toList(),
            List.of("a", "b", "", "\u20ac"), Arrays.asList(1, 2, null, 4), List.of(1, 2L, 3.0, "4"),
            List.of(new Pair<>(1, 2), List.of(3)), List.of(1L, 2), List.of(), Collections.nCopies(5000, "x".repeat(99)),
            Arrays.asList((Object) null));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void theElementsOfACollectionArriveInAnyParts(List<?> list) {
        Batch batch = Batch.encodeAll(Wire.values(), list);
        assertThat(batch.size()).isEqualTo(list.size());
        var copies = new ArrayList<>();
        int part = Math.max(1, list.size() / 3);
        for (int from = 0; from < list.size(); from += part) {
            int count = Math.min(part, list.size() - from);
            byte[] bytes = Wire.write(batch, from, count);
            assertThat(batch.byteLength(from, count)).isEqualTo(bytes.length);
            copies.addAll(Arrays.asList(Wire.decodeBatch(bytes, count)));
        }
        assertThat(copies).isEqualTo(list);
        assertThat(Arrays.<Object>asList(Wire.decodeBatch(Wire.write(batch, 0, list.size()), list.size())))
            .isEqualTo(list);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void resultsArrive(List<?> list) {
        assertThat(Arrays.<Object>asList(Wire.decodeBatch(Wire.encodeResults(list.toArray()), list.size())))
            .isEqualTo(list);
    }

    @Test
    void numbersOfOneKindTakeOnlyTheirBytes() {
        assertThat(Wire.write(Batch.encodeAll(Wire.values(), List.of(1, 2, 3)), 0, 3)).hasSize(5 + 12);
        assertThat(Wire.write(Batch.encodeAll(Wire.values(), List.of(1L, 2L, 3L)), 1, 2)).hasSize(5 + 16);
        assertThat(Wire.encodeResults(1.0, 2.0)).hasSize(5 + 16);
    }

    @Test
    void laterChangesOfAnElementHaveNoEffect() {
        int[] element = {1};
        Batch batch = Batch.encodeAll(Wire.values(), List.of(element));
        element[0] = 2;
        assertThat((int[]) Wire.decodeBatch(Wire.write(batch, 0, 1), 1)[0]).containsExactly(1);
    }

    @Test
    void anElementThatDoesNotTravelIsNamed() {
        var elements = new ArrayList<Object>(Collections.nCopies(17, "fine"));
        elements.add(new Socket());
        assertThatThrownBy(() -> Batch.encodeAll(Wire.values(), elements)).isInstanceOf(CodecException.class)
            .hasMessage("element 17: java.net.Socket is not Serializable");
    }

    @Test
    void anElementThatDoesNotDecodeIsNamed() {
        Batch batch = Batch.encodeAll(Wire.values("java.util.regex.Pattern"),
            List.of(1, "x", java.util.regex.Pattern.compile("a")));
        assertThatThrownBy(() -> Wire.decodeBatch(Wire.write(batch, 0, 3), 3)).isInstanceOf(CodecException.class)
            .hasMessageStartingWith("element 2: class java.util.regex.Pattern of the JDK is not allowed to travel");
    }

    @Test
    void aRangeOutOfBoundsIsRefused() {
        Batch batch = Batch.encodeAll(Wire.values(), List.of(1, 2, 3));
        var buffer = new ExpandableMemoryBuffer();
        assertThatThrownBy(() -> batch.write(1, 3, buffer, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> batch.write(-1, 1, buffer, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aBatchThatIsTooLargeForItsTargetIsRefused() {
        byte[] bytes = Wire.encodeResults(1, 2, 3);
        assertThatThrownBy(() -> Wire.decodeBatch(bytes, 2)).isInstanceOf(CodecException.class)
            .hasMessage("expected a batch of at most 2 elements, found 3");
    }

    @Test
    void elementsAreReadIntoTheMiddleOfAnArray() {
        byte[] bytes = Wire.encodeResults("a", 2);
        var target = new Object[4];
        assertThat(Batch.decode(Wire.values(), Wire.window(bytes), 0, bytes.length, target, 1, handle -> {}))
            .isEqualTo(2);
        assertThat(target).containsExactly(null, "a", 2, null);
    }

    @Test
    void failuresTravelAmongResults() {
        Object[] copies = Wire.decodeBatch(
            Wire.encodeResults(1, new Failure(new IllegalStateException("broken")), "x"), 3);
        assertThat(copies[0]).isEqualTo(1);
        assertThat(((Failure) copies[1]).failure()).isExactlyInstanceOf(IllegalStateException.class)
            .hasMessage("broken").hasRootCauseInstanceOf(RemoteTrace.class);
        assertThat(copies[2]).isEqualTo("x");
    }

    @Test
    void aResultThatDoesNotTravelBecomesAFailureAndTheOthersArrive() {
        Task<Integer> task = () -> 5;
        Object[] copies = Wire.decodeBatch(Wire.encodeResults("before", new Socket(), task, List.of(1)), 4);
        assertThat(copies[0]).isEqualTo("before");
        assertThat(((Failure) copies[1]).failure()).isInstanceOf(CodecException.class)
            .hasMessage("java.net.Socket is not Serializable");
        assertThat(copies[2]).isInstanceOf(Task.class);
        assertThat(copies[3]).isEqualTo(List.of(1));
    }

    /// A partial count: the array of a worker may be longer than its content.
    @Test
    void onlyTheFirstResultsAreWritten() {
        var buffer = new ExpandableMemoryBuffer();
        int length = Batch.encode(Wire.values(), new Object[] {1, 2, "not this"}, 2, buffer, 0);
        assertThat(length).isEqualTo(5 + 8);
    }
}
