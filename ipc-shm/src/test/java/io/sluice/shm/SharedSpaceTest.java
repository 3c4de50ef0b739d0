package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A space as a whole: its close ends waits, and it checks names.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedSpaceTest {
    /// Threads wait in a queue, a ring and a pipe; each gets an exception that says what was closed, and none hangs.
    @Test
    void closingTheSpaceEndsEveryWaitOfItsHandles() throws Exception {
        try (Sandbox sandbox = new Sandbox(); ExecutorService waiters = Executors.newCachedThreadPool()) {
            SharedSpace space = sandbox.open();
            SharedQueue<String> queue = space.queue("queue", Codec.strings(), 4);
            RingConsumer consumer = space.ring("ring", RingOptions.oneToOne(64)).consumer();
            Connection<byte[]> end = space.pipe("pipe").first();
            List<Callable<Object>> waits = List.of(
                    queue::take,
                    () -> consumer.read((type, buffer, index, length) -> {}, 1, Waiter.FOREVER),
                    end::receive);
            List<Future<Object>> waiting = new ArrayList<>();
            for (Callable<Object> wait : waits) {
                waiting.add(waiters.submit(wait));
            }

            space.close();

            for (Future<Object> wait : waiting) {
                assertThatThrownBy(wait::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause().isInstanceOf(ClosedException.class).hasMessageContaining("closed");
            }
            assertThatThrownBy(() -> queue.put("late")).isInstanceOf(ClosedException.class);
            space.close();
        }
    }

    /// What a name is, and is not, is said before anything is touched.
    @Test
    void aSpaceSaysItsNameAndPlace() {
        try (Sandbox sandbox = new Sandbox()) {
            SharedSpace space = sandbox.open();

            assertThat(space.name()).isEqualTo(Sandbox.SPACE);
            assertThat(space.toString()).contains(Sandbox.SPACE, sandbox.root());
            assertThatThrownBy(() -> space.ring("../up", RingOptions.oneToOne(8)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("../up");
        }
    }
}
