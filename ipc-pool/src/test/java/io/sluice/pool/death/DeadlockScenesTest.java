package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.process.Exit;
import io.sluice.shm.array.SharedLongArray;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The situations in which pools of processes are known to hang: a death, or an exception, at each stage of a task. No
/// future stays incomplete, only the one task fails, and the pool serves the next one and ends.
@Timeout(300)
class DeadlockScenesTest {
    private static final int HALT_CODE = 7;
    private static final int EXIT_CODE = 8;
    private static final int STARTED = 0;
    private static final int GO = 1;
    private static final int LARGE_TASKS = 200;
    private static final int LARGE_BYTES = 512 << 10;

    private Stage stage;

    @BeforeEach
    void setTheStage() {
        stage = new Stage();
    }

    @AfterEach
    void leaveNothing() {
        stage.close();
    }

    /// The stages of a task; in the pool's own process, only exceptions are tried.
    enum Place { TASK_ENCODED, TASK_DECODED, RUNNING, RESULT_ENCODED, RESULT_DECODED }

    /// The events at a stage.
    enum Manner {
        KILL, HALT, EXIT, EXCEPTION;

        @SuppressWarnings("SystemExitOutsideMain") // that is what a task may do
        void happen() {
            switch (this) {
                case KILL -> Deaths.die(Deaths.SIGKILL);
                case HALT -> Runtime.getRuntime().halt(HALT_CODE);
                case EXIT -> System.exit(EXIT_CODE);
                case EXCEPTION -> throw new IllegalStateException("sprung");
            }
        }

        Exit exit() {
            return switch (this) {
                case KILL -> new Exit.Killed(Deaths.SIGKILL);
                case HALT -> new Exit.Returned(HALT_CODE);
                case EXIT -> new Exit.Returned(EXIT_CODE);
                case EXCEPTION -> throw new IllegalArgumentException("an exception is no exit");
            };
        }
    }

    /// Travels to a worker and back, and acts at its stage.
    private static final class Trap implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Place place;
        private final Manner manner;
        private final long home = ProcessHandle.current().pid();

        Trap(Place place, Manner manner) {
            this.place = place;
            this.manner = manner;
        }

        void actAt(Place here) {
            if (here == place) {
                manner.happen();
            }
        }

        private boolean isAtHome() {
            return ProcessHandle.current().pid() == home;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            actAt(isAtHome() ? Place.TASK_ENCODED : Place.RESULT_ENCODED);
            out.defaultWriteObject();
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            actAt(isAtHome() ? Place.RESULT_DECODED : Place.TASK_DECODED);
        }
    }

    private static CompletableFuture<Trap> send(ProcessPool pool, Trap trap) {
        return pool.submit(() -> {
            trap.actAt(Place.RUNNING);
            return trap;
        });
    }

    @ParameterizedTest
    @Share
    @CsvSource({
        "TASK_DECODED, KILL", "TASK_DECODED, HALT", "TASK_DECODED, EXIT",
        "RUNNING, KILL", "RUNNING, HALT", "RUNNING, EXIT",
        "RESULT_ENCODED, KILL", "RESULT_ENCODED, HALT", "RESULT_ENCODED, EXIT"})
    void aDeathAtAStageFailsThatTaskWithItsExit(Place place, Manner manner) {
        ProcessPool pool = stage.pool(1);
        var doomed = send(pool, new Trap(place, manner));
        var next = pool.submit(() -> "served");
        assertThat(Deaths.death(doomed).exit()).isEqualTo(manner.exit());
        assertThat(Deaths.get(next)).isEqualTo("served");
        assertServes(pool);
    }

    @ParameterizedTest
    @EnumSource(value = Place.class, mode = EnumSource.Mode.EXCLUDE, names = "TASK_ENCODED")
    void anExceptionAtAStageFailsThatTaskAndTheWorkerGoesOn(Place place) {
        ProcessPool pool = stage.pool(1);
        final long pid = Deaths.awaitReady(pool).getFirst().pid();
        var doomed = send(pool, new Trap(place, Manner.EXCEPTION));
        var next = pool.submit(() -> ProcessHandle.current().pid());
        assertThat(Deaths.failure(doomed)).isInstanceOf(place == Place.RUNNING
                ? IllegalStateException.class : CodecException.class).hasStackTraceContaining("sprung");
        assertThat(Deaths.get(next)).isEqualTo(pid);
    }

    @Test
    void anExceptionWhileTheTaskIsEncodedIsThrownOnlyToTheSubmitter() {
        ProcessPool pool = stage.pool(1);
        assertThatThrownBy(() -> send(pool, new Trap(Place.TASK_ENCODED, Manner.EXCEPTION)))
                .hasStackTraceContaining("sprung");
        assertServes(pool);
    }

    @Test
    void aWorkerThatDiesWhileThePoolShutsDownFailsItsTaskAndTheRestIsDone() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var doomed = dieLater(pool, cells);
        List<CompletableFuture<Integer>> pending = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            pending.add(pool.submit(() -> number));
        }
        Deaths.await(cells, STARTED, 1);
        pool.shutdown();
        cells.setVolatile(GO, 1);
        var _ = Deaths.death(doomed);
        for (int i = 0; i < 20; i++) {
            assertThat(Deaths.get(pending.get(i))).isEqualTo(i);
        }
        assertEnds(pool);
    }

    /// Tasks that were not begun are cancelled, and the running one dies with its worker: no wait remains.
    @Test
    void aWorkerThatDiesAfterShutdownNowLeavesNoFutureIncomplete() {
        SharedLongArray cells = stage.cells();
        ProcessPool pool = stage.pool(1);
        var doomed = dieLater(pool, cells);
        List<CompletableFuture<String>> pending = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pending.add(pool.submit(() -> "never"));
        }
        Deaths.await(cells, STARTED, 1);
        assertThat(pool.shutdownNow()).hasSize(20);
        cells.setVolatile(GO, 1);
        var _ = Deaths.death(doomed);
        assertThat(pending).allMatch(CompletableFuture::isCancelled);
        assertEnds(pool);
    }

    private static CompletableFuture<String> dieLater(ProcessPool pool, SharedLongArray cells) {
        return pool.submit(() -> {
            cells.setVolatile(STARTED, 1);
            Deaths.await(cells, GO, 1);
            Deaths.die(Deaths.SIGKILL);
            return "survived";
        });
    }

    @Test
    void aPoolThatShutsDownDoesAllPendingTasks() {
        ProcessPool pool = stage.pool(2);
        List<CompletableFuture<Integer>> pending = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            pending.add(pool.submit(() -> number));
        }
        pool.shutdown();
        for (int i = 0; i < 500; i++) {
            assertThat(Deaths.get(pending.get(i))).isEqualTo(i);
        }
        assertEnds(pool);
    }

    /// A hundred megabytes travel in each direction; the workers die during that, one after the other.
    @Test
    void killsWhileLargeDataAreInFlightFailOneTaskEach() {
        ProcessPool pool = stage.pool(2);
        List<Long> killed = Deaths.awaitReady(pool).stream().map(worker -> worker.pid()).toList();
        List<CompletableFuture<byte[]>> futures = sendLarge(pool);
        var _ = Deaths.get(futures.getFirst());
        killed.forEach(Deaths::kill);
        int failed = 0;
        for (int i = 0; i < LARGE_TASKS; i++) {
            Deaths.await("a large task", futures.get(i)::isDone);
            if (futures.get(i).isCompletedExceptionally()) {
                assertThat(killed).contains(Deaths.death(futures.get(i)).pid());
                failed++;
            } else {
                assertThat(Deaths.get(futures.get(i))).hasSize(LARGE_BYTES).startsWith((byte) i);
            }
        }
        assertThat(failed).isLessThanOrEqualTo(killed.size());
        assertServes(pool);
    }

    @Test
    void aPoolShutsDownWhileLargeDataAreInFlight() {
        ProcessPool pool = stage.pool(2);
        List<CompletableFuture<byte[]>> futures = sendLarge(pool);
        pool.shutdown();
        for (int i = 0; i < LARGE_TASKS; i++) {
            assertThat(Deaths.get(futures.get(i))).hasSize(LARGE_BYTES).startsWith((byte) i);
        }
        assertEnds(pool);
    }

    @Test
    void aPoolIsTerminatedWhileLargeDataAreInFlight() {
        ProcessPool pool = stage.pool(2);
        List<CompletableFuture<byte[]>> futures = sendLarge(pool);
        var _ = Deaths.get(futures.getFirst());
        pool.terminate();
        for (CompletableFuture<byte[]> future : futures) {
            Deaths.await("a large task", future::isDone);
            assertThat(future.isCancelled() || !future.isCompletedExceptionally()).isTrue();
        }
        assertEnds(pool);
    }

    private static List<CompletableFuture<byte[]>> sendLarge(ProcessPool pool) {
        List<CompletableFuture<byte[]>> futures = new ArrayList<>();
        for (int i = 0; i < LARGE_TASKS; i++) {
            byte[] large = new byte[LARGE_BYTES];
            large[0] = (byte) i;
            futures.add(pool.submit(() -> large));
        }
        return futures;
    }

    /// The worker is stopped, so that its queue fills with short tasks, and then killed.
    @Test
    void aWorkerThatDiesWithAFullQueueFailsOneTaskAtMost() {
        ProcessPool pool = stage.pool(1);
        for (int i = 0; i < 2000; i++) {
            assertThat(Deaths.get(pool.submit(() -> "short"))).isEqualTo("short");
        }
        long pid = Deaths.awaitReady(pool).getFirst().pid();
        Deaths.signal(pid, Deaths.SIGSTOP);
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            int number = i;
            futures.add(pool.submit(() -> number));
        }
        Deaths.kill(pid);
        int failed = 0;
        for (int i = 0; i < 3000; i++) {
            Deaths.await("a task behind a full queue", futures.get(i)::isDone);
            if (futures.get(i).isCompletedExceptionally()) {
                failed++;
                assertThat(Deaths.death(futures.get(i))).isInstanceOf(WorkerDiedException.class);
            } else {
                assertThat(Deaths.get(futures.get(i))).isEqualTo(i);
            }
        }
        assertThat(failed).isLessThanOrEqualTo(1);
        assertServes(pool);
    }

    private static void assertServes(ProcessPool pool) {
        assertThat(Deaths.get(pool.submit(() -> "served"))).isEqualTo("served");
    }

    private static void assertEnds(ProcessPool pool) {
        try {
            assertThat(pool.awaitTermination(120, TimeUnit.SECONDS)).as("whether the pool ends").isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
