package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Flight Recorder is told of a pool.
class FlightRecordingTest extends PoolTest {
    @Test
    void theEndOfAWorkerAndItsReasonAreTold(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("pool.jfr");
        try (Recording recording = new Recording();
                ProcessPool pool = ProcessPool.builder().workers(1).name("recorded").build()) {
            recording.enable("io.sluice.WorkerRestarted");
            recording.start();
            long pid = pool.submit(() -> ProcessHandle.current().pid()).get();
            assertThatThrownBy(() -> pool.submit(() -> Runtime.getRuntime().halt(3)).get())
                    .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(WorkerDiedException.class);
            assertThat(pool.submit(() -> ProcessHandle.current().pid()).get()).isNotEqualTo(pid);
            recording.stop();
            recording.dump(file);
            List<RecordedEvent> ends = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("io.sluice.WorkerRestarted")).toList();
            assertThat(ends).singleElement().satisfies(end -> {
                assertThat(end.getString("pool")).isEqualTo("recorded");
                assertThat(end.getLong("pid")).isEqualTo(pid);
                assertThat(end.getString("reason")).isEqualTo("exited with code 3");
            });
        }
    }
}
