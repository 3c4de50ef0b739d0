package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.codec.Codec;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.linux.CallFaults;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An observer that looks again and again: what a look costs, and that it sees what a single look sees.
class SpaceWatchTest {
    private final Sandbox sandbox = new Sandbox();
    private final Path root = Path.of(sandbox.root());

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private SpaceState look(SpaceWatch watch) {
        SpaceState state = watch.look(root, Sandbox.SPACE);
        watch.endRound();
        return state;
    }

    private static void make(SharedSpace space, int from, int to) {
        for (int i = from; i < to; i++) {
            switch (i % 4) {
                case 0 -> assertThat(space.queue("o" + i, Codec.longs(), 4).offer(1L)).isTrue();
                case 1 -> space.lock("o" + i);
                case 2 -> space.semaphore("o" + i, 1);
                default -> space.longValue("o" + i, 0);
            }
        }
    }

    /// What a look costs is counted in system calls, which a slow machine does not change: open, statx, pread, a probe
    /// of the one participant, close. A look without a watch maps the file too.
    @Test
    void aLookTakesFiveCallsForEachObject() throws Exception {
        SharedSpace space = sandbox.open();
        try (CallFaults calls = new CallFaults(); SpaceWatch watch = new SpaceWatch()) {
            make(space, 0, 8);
            look(watch);
            int few = calls.calls(() -> look(watch)).size();
            int fewOnce = calls.calls(() -> StateView.of(root, Sandbox.SPACE, null, false)).size();
            make(space, 8, 24);
            look(watch);
            assertThat(calls.calls(() -> look(watch)).size() - few).isEqualTo(5 * 16);
            assertThat(calls.calls(() -> StateView.of(root, Sandbox.SPACE, null, false)).size() - fewOnce)
                    .isEqualTo(6 * 16);
        } catch (UnsupportedOperationException refused) {
            assumeTrue(false, refused.getMessage());
        }
    }

    /// The same states as a single look, also after changes.
    @Test
    void aWatchSeesWhatALookSees() throws Exception {
        SharedSpace space = sandbox.open();
        make(space, 0, 8);
        var queue = space.queue("queue", Codec.longs(), 4);
        try (SpaceWatch watch = new SpaceWatch()) {
            for (int round = 0; round < 6; round++) {
                List<ObjectState> watched = look(watch).objects();
                assertThat(watched).usingRecursiveFieldByFieldElementComparatorIgnoringFields("nanoTime")
                        .isEqualTo(StateView.of(root, Sandbox.SPACE, null, false).objects());
                assertThat(watched).filteredOn(state -> state.info().name().equals("queue")).singleElement()
                        .satisfies(state -> assertThat(state.flows().getFirst().depth())
                                .isEqualTo(queue.size()));
                if (round % 3 == 2) {
                    queue.clear();
                } else {
                    queue.put((long) round);
                }
            }
        }
    }

    /// An object that was unlinked is let go with the next round, and another one of its name is another one.
    @Test
    void whatWasUnlinkedIsLetGo() {
        SharedSpace space = sandbox.open();
        make(space, 0, 8);
        try (SpaceWatch watch = new SpaceWatch()) {
            ObjectInfo before = look(watch).objects().getFirst().info();
            assertThat(watch.kept()).isEqualTo(8);
            assertThat(space.unlink(before.name())).isTrue();
            make(space, 0, 1);
            ObjectInfo after = look(watch).objects().getFirst().info();
            assertThat(after.name()).isEqualTo(before.name());
            assertThat(after.id()).isNotEqualTo(before.id());
            assertThat(watch.kept()).isEqualTo(8);
            for (int i = 0; i < 8; i++) {
                assertThat(space.unlink("o" + i)).isTrue();
            }
            assertThat(look(watch).objects()).isEmpty();
            assertThat(watch.kept()).isZero();
        }
    }

    /// A file that was cut off is unreadable, though its old mapping is still there; and readable again afterwards.
    @Test
    void aTruncatedFileIsNotTouched() throws Exception {
        SharedSpace space = sandbox.open();
        make(space, 0, 4);
        try (SpaceWatch watch = new SpaceWatch();
                RandomAccessFile file = new RandomAccessFile(root.resolve(Sandbox.SPACE).resolve("o1").toFile(), "rw")) {
            long length = file.length();
            assertThat(look(watch).objects()).hasSize(4);
            file.setLength(4096);
            assertThat(look(watch)).satisfies(state -> {
                assertThat(state.objects()).hasSize(3);
                assertThat(state.info().unreadable().get("o1")).contains("has 4,096 now");
            });
            file.setLength(length);
        }
    }
}
