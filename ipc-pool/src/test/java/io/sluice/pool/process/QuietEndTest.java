package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPool;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A terminated process, or one whose parent has died, prints nothing about that.
class QuietEndTest {
    @TempDir
    private Path folder;

    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    private JavaProcess.Builder logged(String name, Action task) {
        Path log = folder.resolve(name);
        return JavaProcess.builder(task).name(name)
                .stdout(Redirect.appendTo(log.toFile())).stderr(Redirect.appendTo(log.toFile()));
    }

    /// At any stage of the start of its JVM.
    @Test
    void aChildThatIsTerminatedWhileItStartsIsSilent() throws Exception {
        List<JavaProcess> children = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            JavaProcess child = logged("child-" + i, () -> new CountDownLatch(1).await()).start();
            children.add(child);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(25) * i);
            child.terminate();
        }
        for (JavaProcess child : children) {
            assertThat(Jvms.join(child)).isEqualTo(new Exit.Killed(Jvms.SIGTERM));
            assertThat(folder.resolve(child.name())).isEmptyFile();
            child.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWorkersOfAKilledParentAreSilent(boolean ready) throws Exception {
        String path = folder.toString();
        try (JavaProcess parent = logged("parent", () -> {
            try (ProcessPool pool = ProcessPool.create(2)) {
                if (ready) {
                    var _ = pool.submit(() -> 0).get();
                    Jvms.write(path, "ready", true);
                }
                new CountDownLatch(1).await();
            }
        }).start()) {
            if (ready) {
                var _ = Jvms.read(folder, "ready");
            }
            Jvms.until("there are workers", () -> parent.handle().children().count() == 2);
            List<ProcessHandle> workers = parent.handle().children().toList();
            parent.kill();
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Killed(Jvms.SIGKILL));
            workers.forEach(worker -> Jvms.until("the worker has left", () -> Jvms.isGone(worker.pid())));
        }
        assertThat(Files.readString(folder.resolve("parent"))).isEmpty();
    }
}
