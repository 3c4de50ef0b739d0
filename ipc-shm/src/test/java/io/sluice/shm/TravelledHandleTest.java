package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.space.ObjectHandle;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A handle that came through a stream opens its space for itself: the one that is closed first does not end the other.
class TravelledHandleTest extends HandleTest {
    /// One handle for each way in which handles close their object.
    record Case(String name, Function<SharedSpace, ObjectHandle> maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("value", space -> space.longValue("object", 7)),
                new Case("queue", space -> space.queue("object", Codec.strings(), 4)),
                new Case("ring", space -> space.ring("object", RingOptions.oneToOne(8))),
                new Case("pipe", space -> space.pipe("object")),
                new Case("service", space -> space.service("object", Codec.strings(), Codec.strings())));
    }

    private boolean isInSpace() {
        return !new SpaceRoot(Path.of(root)).info(Sandbox.SPACE).owners().isEmpty();
    }

    /// The original and its space are closed; the copy works until it is closed, and then the process leaves the space.
    @ParameterizedTest
    @MethodSource("cases")
    void aCopyOutlivesTheHandleItWasMadeOf(Case kind) {
        ObjectHandle original = kind.maker.apply(space);
        ObjectHandle copy = travelled(original);
        original.close();
        space.close();
        assertThat(copy.isClosed()).isFalse();
        assertThat(copy.isLinked()).isTrue();
        copy.close();
        copy.close();
        assertThatThrownBy(copy::isLinked).isInstanceOf(ClosedException.class);
        assertThat(isInSpace()).isFalse();
    }

    /// The copy is closed first: the original works until it or its space is closed.
    @ParameterizedTest
    @MethodSource("cases")
    void aHandleOutlivesItsCopy(Case kind) {
        ObjectHandle original = kind.maker.apply(space);
        ObjectHandle copy = travelled(original);
        copy.close();
        assertThat(original.isLinked()).isTrue();
        space.close();
        assertThatThrownBy(original::isLinked).isInstanceOf(ClosedException.class);
        assertThat(isInSpace()).isFalse();
    }
}
