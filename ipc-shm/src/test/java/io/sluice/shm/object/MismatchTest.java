package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.MismatchException;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// An existing object that differs from the request.
class MismatchTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    static Stream<Arguments> requests() {
        ObjectSpec s = TestRoot.temporary("q");
        return Stream.of(
                Arguments.of(
                        "kind: expected TASK_QUEUE, found QUEUE",
                        new ObjectSpec("q", Kind.TASK_QUEUE, s.parameters(), s.bodyBytes(), "test", true, b -> {})),
                Arguments.of(
                        "element type: expected other, found test",
                        new ObjectSpec("q", Kind.QUEUE, s.parameters(), s.bodyBytes(), "other", true, b -> {})),
                Arguments.of(
                        "body bytes: expected 1, found " + s.bodyBytes(),
                        new ObjectSpec("q", Kind.QUEUE, s.parameters(), 1, "test", true, b -> {})),
                parameter(0, 21, "capacity: expected 21, found 16"),
                parameter(2, 1, "producers: expected ONE, found MANY"),
                parameter(7, 5, "parameter 7: expected 5, found 0"));
    }

    private static Arguments parameter(int index, long value, String difference) {
        ObjectSpec s = TestRoot.temporary("q");
        long[] other = s.parameters().clone();
        other[index] = value;
        return Arguments.of(difference, new ObjectSpec("q", Kind.QUEUE, other, s.bodyBytes(), "test", true, b -> {}));
    }

    /// Each field that differs is named with what was expected and found, whether the object is open here or not.
    @ParameterizedTest
    @MethodSource("requests")
    void everyDifferenceIsNamed(String difference, ObjectSpec request) {
        Child other = root.child().does("space s", "temporary q");
        try (Space space = root.open("s")) {
            UnaryOperator<String> message =
                    d -> "'q' exists and differs (%s); open it as it was created".formatted(d);
            assertThatThrownBy(() -> space.open(request))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining(message.apply(difference));
            space.open(TestRoot.temporary("q"));
            assertThatThrownBy(() -> space.open(request))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining(message.apply(difference));
        }
        other.kill();
    }

    /// Several differences come in one message; attaching by kind compares the kind alone.
    @Test
    void allDifferencesAreNamedAtOnce() {
        try (Space space = root.open("s")) {
            space.open(TestRoot.temporary("q"));
            assertThatThrownBy(() -> space.open(
                            new ObjectSpec("q", Kind.RING, new long[8], 4096, "", true, body -> {})))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("kind: expected RING, found QUEUE; element type: expected , found test")
                    .hasMessageContaining("; body bytes: expected 4096, found ");
            assertThatThrownBy(() -> space.attach("q", Kind.PIPE))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("kind: expected PIPE, found QUEUE");
        }
    }
}
