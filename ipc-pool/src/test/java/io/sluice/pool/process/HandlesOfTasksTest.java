package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The shared objects that a task captured: they exist when the child opens them, also if the parent has closed them
/// meanwhile. A child that has returned has closed them; one that died has not.
class HandlesOfTasksTest {
    private static int spaces;
    private SharedSpace space;

    @BeforeEach
    void openSpace() {
        space = SharedSpace.openTemporary("handles-of-tasks-%d-%d".formatted(ProcessHandle.current().pid(), spaces++));
    }

    @AfterEach
    void leaveNothing() {
        Jvms.endAll();
        Path home = space.path();
        space.close();
        Jvms.until("nothing is left", () -> isRemoved(home));
    }

    private static boolean isRemoved(Path home) {
        if (Files.exists(home)) {
            SharedSpace.openTemporary(home.getFileName().toString()).close();      // sweeps
        }
        return Files.notExists(home);
    }

    private SharedQueue<Integer> queue(String name) {
        return space.queue(name, Codec.ints(), 4);
    }

    private boolean exists(String object) {
        var _ = space.sweep();
        return Files.exists(space.path().resolve(object));
    }

    // The end of a task.

    @Test
    void aPartyThatReturnsDoesNotBreakTheBarrier() throws Exception {
        try (SharedBarrier barrier = space.barrier("barrier", 2)) {
            for (int round = 0; round < 2; round++) {
                try (JavaProcess child = Jvms.quiet(barrier::await).start()) {
                    var _ = barrier.await();
                    assertThat(Jvms.join(child).isSuccess()).isTrue();
                }
                assertThat(barrier.isBroken()).isFalse();
            }
        }
    }

    @Test
    void anEndOfAPipeIsClosedByTheReturnOfItsTask() throws Exception {
        try (SharedPipe<String> pipe = space.pipe("pipe", Codec.strings());
                Connection<String> here = pipe.first();
                JavaProcess child = Jvms.quiet(() -> pipe.second().send("done")).start()) {
            assertThat(Jvms.join(child).isSuccess()).isTrue();
            assertThat(here.receive()).isEqualTo("done");
            assertThatThrownBy(here::receive).isExactlyInstanceOf(EOFException.class);
        }
    }

    @Test
    void aTaskThatFailsHasDied() throws Exception {
        try (SharedPipe<String> pipe = space.pipe("pipe", Codec.strings());
                Connection<String> here = pipe.first();
                JavaProcess child = Jvms.quiet(() -> {
                    pipe.second().send("soon");
                    throw new IllegalStateException("not done");
                }).start()) {
            assertThat(Jvms.join(child)).isInstanceOf(Exit.Failed.class);
            assertThat(here.receive()).isEqualTo("soon");
            assertThatThrownBy(here::receive).isInstanceOf(PeerDiedException.class);
        }
    }

    @Test
    void aThreadThatOutlivesItsTaskKeepsItsHandles() throws Exception {
        try (SharedQueue<Integer> questions = queue("questions"); SharedQueue<Integer> answers = queue("answers");
                JavaProcess child = Jvms.quiet(() -> {
                    Thread first = new Thread(() -> new Thread(() -> answerOne(questions, answers)).start());
                    first.start();
                }).start()) {
            answers.put(0);
            questions.put(20);
            assertThat(answers.take()).isZero();
            assertThat(answers.take()).isEqualTo(21);
            assertThat(Jvms.join(child).isSuccess()).isTrue();
        }
    }

    private static void answerOne(SharedQueue<Integer> questions, SharedQueue<Integer> answers) {
        try {
            answers.put(questions.take() + 1);
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    // Between the start and the child.

    @Test
    void anObjectClosedAfterTheStartExistsForTheChild() throws Exception {
        try (SharedQueue<Integer> results = queue("results")) {
            JavaProcess child;
            try (SharedSpace other = SharedSpace.openTemporary(space.name() + "-other");
                    SharedQueue<Integer> work = other.queue("work", Codec.ints(), 4)) {
                work.put(7);
                child = Jvms.quiet(() -> results.put(work.take())).start();
            }
            try (child) {
                assertThat(Jvms.join(child)).isEqualTo(new Exit.Returned(0));
            }
            assertThat(results.poll()).isEqualTo(7);
        }
        Path other = space.path().resolveSibling(space.name() + "-other");
        Jvms.until("the other space is gone", () -> isRemoved(other));
    }

    /// The parent ends while its child comes up, and closes nothing.
    @Test
    void anObjectOfAParentThatReturnsExistsForTheChild() throws Exception {
        String name = space.name() + "-other";
        try (SharedQueue<Integer> results = queue("results");
                JavaProcess parent = Jvms.quiet(() -> startAndLeave(name, results)).start()) {
            assertThat(results.take()).isEqualTo(7);
            var _ = Jvms.join(parent);
            Jvms.until("the other space is gone", () -> isRemoved(space.path().resolveSibling(name)));
        }
    }

    private static void startAndLeave(String name, SharedQueue<Integer> results) throws Exception {
        SharedSpace other = SharedSpace.openTemporary(name);
        SharedQueue<Integer> work = other.queue("work", Codec.ints(), 4);
        work.put(7);
        var _ = Jvms.quiet(() -> results.put(work.take())).start();
    }

    @Test
    void itExistsForAChildFromAStockToo() throws Exception {
        try (ProcessContext stock = ProcessContext.standby(1); SharedQueue<Integer> results = queue("results")) {
            SharedQueue<Integer> work = queue("work");
            work.put(7);
            Jvms.until("a JVM is ready", () -> stock.ready() == 1);
            try (JavaProcess child = stock.start(() -> results.put(work.take()))) {
                work.close();
                assertThat(Jvms.join(child)).isEqualTo(new Exit.Returned(0));
            }
            assertThat(results.poll()).isEqualTo(7);
        }
    }

    /// The parent keeps it until the child has opened it, and no longer.
    @Test
    void afterTheChildHasOpenedItOnlyTheChildKeepsIt() throws Exception {
        try (SharedEvent closed = space.event("closed"); SharedEvent released = space.event("released")) {
            SharedQueue<Integer> work = queue("work");
            try (JavaProcess child = Jvms.quiet(() -> {
                work.close();
                closed.set();
                released.await();
            }).start()) {
                work.close();
                closed.await();
                Jvms.until("the queue is gone", () -> !exists("work"));
                assertThat(child.isAlive()).isTrue();
                released.set();
                assertThat(Jvms.join(child).isSuccess()).isTrue();
            }
        }
    }

    @Test
    void itIsRemovedWithAChildThatNeverOpensIt() throws Exception {
        SharedQueue<Integer> work = queue("work");
        try (JavaProcess child = Jvms.quiet(() -> work.put(1)).start()) {
            work.close();
            child.kill();
            assertThat(Jvms.join(child)).isEqualTo(new Exit.Killed(Jvms.SIGKILL));
        }
        Jvms.until("the queue is gone", () -> !exists("work"));
    }

    @Test
    void aProcessThatIsNotStartedKeepsItUntilItIsClosed() {
        SharedQueue<Integer> work = queue("work");
        JavaProcess never = Jvms.quiet(() -> work.put(1)).build();
        work.close();
        assertThat(exists("work")).isTrue();
        never.close();
        assertThat(exists("work")).isFalse();
    }

    @Test
    void aChildWhoseObjectDoesNotExistFailsWithThat() throws Exception {
        try (SharedQueue<Integer> work = queue("work")) {
            assertThat(work.unlink()).isTrue();
            assertThat(Jvms.run(() -> work.put(1))).isInstanceOfSatisfying(Exit.Failed.class, failed -> {
                assertThat(failed.type()).isEqualTo(NoSuchObjectException.class.getName());
                assertThat(failed.message()).contains("'work'");
            });
        }
    }
}
