package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.SluiceException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A failure in the middle of an opening or a closing leaves everything as it was before.
class FailureTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    /// An opening that gets no descriptor at any one of its steps leaves no descriptor and no owner.
    @Test
    void anOpeningWithoutDescriptorsLeavesNothing() {
        Child child = root.child("-XX:-MaxFDLimit");
        child.does("space warm", "temporary q", "close");
        run("prlimit", "--nofile=200:200", "--pid", Long.toString(child.pid()));
        assertThat(child.ask("descriptors")).matches("ok [1-9][0-9]*");
        SpaceView.clean(root.path());
        assertThat(SpaceView.spaces(root.path())).isEmpty();
    }

    private static void run(String... command) {
        try {
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        } catch (IOException | InterruptedException refused) {
            throw new AssertionError(refused);
        }
    }

    /// Tries to open a space and an object with no descriptor to spare, then one, and so on until it works.
    ///
    /// @return how many openings were refused
    static int openWithFewDescriptors(Path root) {
        int before = descriptors();
        for (int spare = 0; ; spare++) {
            List<FileInputStream> all = new ArrayList<>();
            boolean works = false;
            try {
                useUp(all, spare);
                try (Space space = Space.open("d", SpaceOptions.under(root).withTemporary(true));
                        SharedObject object = space.open(TestRoot.temporary("q"))) {
                    works = object.isStillNamed();
                }
            } catch (SluiceException | UncheckedIOException expected) {
                works = false;
            } finally {
                all.forEach(FailureTest::close);
            }
            if (descriptors() != before) {
                throw new IllegalStateException("with %d to spare: %d were open before, %d are now"
                        .formatted(spare, before, descriptors()));
            }
            if (works) {
                return spare;
            }
        }
    }

    private static void useUp(List<FileInputStream> all, int spare) {
        try {
            for (;;) {
                all.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException usedUp) {
            for (int i = 0; i < spare; i++) {
                close(all.removeLast());
            }
        }
    }

    private static void close(FileInputStream file) {
        try {
            file.close();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static int descriptors() {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// An initial value whose codec throws an error leaves no object, and the name can be used.
    @Test
    void anErrorWhileAnObjectIsMadeLeavesNone() {
        try (SharedSpace space = SharedSpace.open("s", SpaceOptions.under(root.path()))) {
            int before = descriptors();
            ObjectSpec spec = new ObjectSpec("x", Kind.NUMBER, new long[8], 4096, "long", false, body -> {
                throw new AssertionError("no");
            });
            try (Space same = root.open("s")) {
                assertThatThrownBy(() -> same.open(spec)).hasMessage("no");
            }
            assertThat(descriptors()).isEqualTo(before);
            assertThat(space.list()).isEmpty();
            try (var queue = space.queue("x", Codec.longs(), 8)) {
                assertThat(queue.offer(1L)).isTrue();
                assertThat(space.unlink("x")).isTrue();
            }
        }
        assertThat(root.space("s")).doesNotExist();
    }
}
