package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Arguments are checked before anything is made, opened or submitted, and no time-out is too long.
class ArgumentsTest extends PoolTest {
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    @Test
    void theLongestTimeOutIsNoLimit() throws Exception {
        SharedEvent begun = space.event("begun");
        try (ProcessPool pool = ProcessPool.builder().workers(1).grace(LONGEST).build()) {
            long pid = pool.apply(() -> ProcessHandle.current().pid());
            TaskOptions options = TaskOptions.defaults().withDeadline(LONGEST);
            assertThat(resultOf(pool.submit(() -> 7, options))).isEqualTo(7);
            assertThat(pool.map(x -> x + 1, List.of(1, 2), options)).containsExactly(2, 3);
            CompletableFuture<Boolean> sleeper = pool.submit(() -> {
                begun.set();
                Thread.sleep(LONGEST);
                return true;
            }, options);
            begun.await();
            assertThat(sleeper.cancel(true)).isTrue();
            // The task is interrupted, and its worker goes on.
            assertThat(pool.apply(() -> ProcessHandle.current().pid())).isEqualTo(pid);
        }
    }

    @Test
    void aCallWithoutCallbackIsNotSubmitted() throws Exception {
        SharedLong runs = space.longValue("runs", 0);
        Consumer<Object> callback = result -> {};
        try (ProcessPool pool = ProcessPool.create(1)) {
            assertThatThrownBy(() -> pool.applyAsync(runs::incrementAndGet, null, callback))
                    .isInstanceOf(NullPointerException.class).hasMessage("callback");
            assertThatThrownBy(() -> pool.applyAsync(runs::incrementAndGet, callback, null))
                    .isInstanceOf(NullPointerException.class).hasMessage("errorCallback");
            assertThatThrownBy(() -> pool.mapAsync(runs::addAndGet, List.of(1L), null, callback))
                    .isInstanceOf(NullPointerException.class).hasMessage("callback");
            assertThat(pool.apply(runs::get)).isZero();
        }
    }

    @Test
    void aProcessIsRefusedBeforeItIsBuilt() {
        JavaProcess.Builder builder = JavaProcess.builder(() -> {});
        assertThatThrownBy(() -> builder.stdin(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.stdout(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.stderr(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.directory(null)).isInstanceOf(NullPointerException.class);
        for (String name : List.of("", "A=B", "A\0")) {
            assertThatThrownBy(() -> builder.environment(name, "value"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is no environment variable");
        }
        assertThatThrownBy(() -> builder.environment("A", "a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcessContext.setUsual(null)).isInstanceOf(NullPointerException.class);
    }
}
