package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.space.ObjectHandle;
import java.io.Serial;
import java.io.Serializable;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Records travel unchanged at any position in a graph; no record here is `Serializable`.
final class RecordsTest {
    private record Point(int x, double y) {}

    private record Box<T>(T content, List<Point> corners) {}

    private record Empty() {}

    @SuppressWarnings("ArrayRecordComponent") // one travels, too
    private record Wide(boolean a, byte b, short c, char d, int e, long f, float g, double h, String i, int[] j) {}

    private record Positive(int value) {
        Positive {
            if (value < 0) {
                throw new IllegalArgumentException("negative: " + value);
            }
        }
    }

    private record Hidden(int value) {
        @Override
        @SuppressWarnings("UnusedMethod") // the codec calls it
        public int value() {
            throw new IllegalStateException("not shown");
        }
    }

    private record Holder(String name, Object content) {}

    private static final class Owner implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
        private final transient int skipped = 1;
        @SuppressWarnings("serial")
        private final Point point = new Point(skipped, 2);
    }

    private static final class Failed extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;
        @SuppressWarnings("serial")
        private final Point where = new Point(7, 8);
    }

    private static void travels(Object value) {
        assertThat(Wire.send(value)).isEqualTo(value);
    }

    @Test
    void asValues() {
        travels(new Point(1, 2.5));
        travels(new Empty());
        travels(new Box<>(new Box<>("inner", null), List.of(new Point(1, 2), new Point(3, 4))));
        int[] shared = {1, 2};
        Wide wide = new Wide(true, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6.0, null, shared);
        assertThat(Wire.send(wide)).usingRecursiveComparison().isEqualTo(wide);
    }

    @Test
    void inCollectionsArraysAndPairs() {
        Point point = new Point(1, 2);
        travels(List.of(point, point));
        travels(new ArrayList<>(Arrays.asList(point, null)));
        travels(new HashMap<>(Map.of(point, new Empty())));
        travels(Set.of(point));
        travels(new Pair<>(point, List.of(point)));
        Point[] array = Wire.send(new Point[] {point, null, point});
        assertThat(array).containsExactly(point, null, point);
        assertThat(array[2]).isSameAs(array[0]);
    }

    @Test
    void inObjectsExceptionsAndLambdas() {
        assertThat(Wire.send(new Owner()).point).isEqualTo(new Point(1, 2));
        Failed failed = (Failed) Wire.decodeFailure(Wire.encodeFailure(new Failed()));
        assertThat(failed.where).isEqualTo(new Point(7, 8));
        Point captured = new Point(5, 6);
        Task<Point> task = () -> captured;
        assertThat(Wire.send(task)).satisfies(copy -> assertThat(copy.call()).isEqualTo(captured));
        assertThat(Wire.decodeBatch(Wire.encodeResults(captured, 1, captured), 3))
                .containsExactly(captured, 1, captured);
    }

    @Test
    void withALambdaInside() throws Exception {
        int captured = 3;
        Holder copy = Wire.send(new Holder("x", (Task<Integer>) () -> captured));
        assertThat(((Task<?>) copy.content()).call()).isEqualTo(3);
    }

    /// The handle opens itself again, and is reported like any other.
    @Test
    void withASharedObjectInside() {
        String name = "records-%d".formatted(ProcessHandle.current().pid());
        try (SharedSpace space = SharedSpace.openTemporary(name); SharedEvent event = space.event("event")) {
            List<ObjectHandle> opened = new ArrayList<>();
            try {
                Holder copy = (Holder) Wire.decode(Wire.encode(new Holder("x", event)), opened::add);
                ((SharedEvent) copy.content()).set();
                assertThat(event.isSet()).isTrue();
                assertThat(opened).hasSize(1);
            } finally {
                opened.forEach(ObjectHandle::close);
            }
        }
    }

    // Refusals.

    @Test
    void aComponentThatDoesNotTravelIsNamed() {
        assertThatThrownBy(() -> Wire.encode(new Holder("x", new Socket()))).isInstanceOf(CodecException.class)
                .hasMessage("Holder.content: java.net.Socket is not Serializable");
        assertThatThrownBy(() -> Wire.encode(List.of(new Box<>(new Holder("x", new Socket()), null))))
                .hasMessage("List[0].content.content: java.net.Socket is not Serializable");
        Holder captured = new Holder("x", new Socket());
        Task<Object> task = captured::content;
        assertThatThrownBy(() -> Wire.encode(task)).hasMessageContaining("java.net.Socket is not Serializable");
        assertThatThrownBy(() -> Wire.encode(new Holder("x", new Thread()))).hasMessageContaining("java.lang.Thread");
    }

    @Test
    void anAccessorThatThrowsIsNamed() {
        assertThatThrownBy(() -> Wire.encode(new Hidden(1))).isInstanceOf(CodecException.class)
                .hasMessage("component 'value' of record " + Hidden.class.getName()
                        + " does not travel: java.lang.IllegalStateException: not shown");
    }

    /// The canonical constructor may refuse the components that arrive.
    @Test
    void aConstructorThatRefusesIsACodecException() {
        byte[] bytes = Wire.encode(new Positive(1));
        for (int i = 0; i < bytes.length; i++) {
            byte[] forged = bytes.clone();
            forged[i] ^= (byte) 0x80;
            try {
                assertThat(((Positive) Wire.decode(forged)).value()).isNotNegative();
            } catch (CodecException | ClassCastException refused) {
                assertThat(refused).hasMessageMatching("(?s).+");
            }
        }
    }
}
