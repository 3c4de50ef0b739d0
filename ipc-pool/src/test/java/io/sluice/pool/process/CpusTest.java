package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Cores are counted as the JVM counts them, and a bound thread stays on its core.
class CpusTest {
    /// A thread stays bound in later tests, so each test binds a thread of its own.
    private static List<Integer> usableAfterPin(int core) throws Exception {
        var task = new FutureTask<>(() -> {
            Cpus.pin(core);
            return Cpus.usable();
        });
        Thread.ofPlatform().start(task);
        return task.get();
    }

    @Test
    void countAndUsableCoresBelongToThisMachine() {
        assertThat(Cpus.count()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(Cpus.usable()).isNotEmpty().isSorted().doesNotHaveDuplicates().allMatch(core -> core >= 0);
        assertThat(Cpus.usable().size()).isGreaterThanOrEqualTo(Cpus.count());
    }

    @Test
    void aPinnedThreadHasOneCoreAndTheOthersKeepTheirs() throws Exception {
        List<Integer> before = Cpus.usable();
        for (int core : before) {
            assertThat(usableAfterPin(core)).containsExactly(core);
        }
        assertThat(Cpus.usable()).isEqualTo(before);
    }

    @Test
    void aMissingCoreIsRefused() {
        assertThatThrownBy(() -> Cpus.pin(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("core 1000: this thread may not run there; choose one of the cores %s",
                        Cpus.usable());
        assertThatThrownBy(() -> Cpus.pin(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Cpus.pin(Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }
}
