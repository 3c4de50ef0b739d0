package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// A text that travels with a task.
class TaskContextTest extends PoolTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String NONE = "none";

    private static String context() {
        return ProcessPool.taskContext().orElse(NONE);
    }

    /// One pool for all ways to submit: the start of its workers is what costs.
    @Test
    void everyTaskHasTheContextOfItsSubmission() throws Exception {
        AtomicReference<String> current = new AtomicReference<>();
        SharedLong attempts = space.longValue("attempts", 0);
        SharedEvent gate = space.event("gate");
        TaskOptions own = TaskOptions.defaults().withContext("own");
        try (ProcessPool pool = ProcessPool.builder().workers(1).backlog(1, WhenFull.CALLER_RUNS)
                .taskContext(current::get).build()) {
            assertThat(pool.submit(TaskContextTest::context).get()).isEqualTo(NONE);
            assertThat(pool.submit(TaskContextTest::context, own).get()).isEqualTo("own");
            assertThat(pool.submit(TaskContextTest::context).get()).as("the last one is over").isEqualTo(NONE);

            current.set(PARENT);
            Callable<String> task = (Callable<String> & Serializable) TaskContextTest::context;
            assertThat(pool.submit(task).get()).isEqualTo(PARENT);
            assertThat(pool.submit(TaskContextTest::context, own).get()).isEqualTo("own");
            assertThat(pool.submit(TaskContextTest::context, own.withContext("")).get()).isEmpty();
            assertThat(pool.submit(TaskContextTest::context,
                    TaskOptions.defaults().withDeadline(Duration.ofMinutes(5))).get()).isEqualTo(PARENT);
            assertThat(pool.map(x -> x + context(), List.of(1, 2, 3), TaskOptions.defaults().withChunkSize(2)))
                    .containsExactly("1" + PARENT, "2" + PARENT, "3" + PARENT);
            List<String> streamed = new ArrayList<>();
            try (Results<String> results = pool.imap(x -> x + context(), List.of(1, 2, 3))) {
                current.set("changed meanwhile");
                results.forEachRemaining(streamed::add);
            }
            assertThat(streamed).containsExactly("1" + PARENT, "2" + PARENT, "3" + PARENT);
            for (Future<String> future : pool.invokeAll(Collections.nCopies(2, task))) {
                assertThat(future.get()).isEqualTo("changed meanwhile");
            }
            assertThat(pool.invokeAny(List.of(task))).isEqualTo("changed meanwhile");

            String longest = "\u00e4".repeat(TaskOptions.MAX_CONTEXT_BYTES / 2);
            assertThat(pool.submit(TaskContextTest::context, own.withContext(longest)).get()).isEqualTo(longest);

            current.set("x".repeat(TaskOptions.MAX_CONTEXT_BYTES + 1));
            assertThatThrownBy(() -> pool.submit(TaskContextTest::context))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("1,025 bytes", "at most 1,024");

            current.set(PARENT);
            assertThat(pool.submit(() -> {
                if (attempts.incrementAndGet() == 1) {
                    Runtime.getRuntime().halt(7);
                }
                return context();
            }, TaskOptions.defaults().withRetries(1)).get()).as("the second attempt").isEqualTo(PARENT);
            assertThat(attempts.get()).isEqualTo(2);

            var running = occupy(pool, gate);
            List<Future<String>> more = new ArrayList<>();
            String here = null;
            while (here == null) {           // until the backlog is full: then the task runs here
                Future<String> next = pool.submit(TaskContextTest::context);
                more.add(next);
                here = next.isDone() ? next.get() : null;
            }
            assertThat(here).isEqualTo(PARENT);
            assertThat(context()).as("outside a task").isEqualTo(NONE);
            gate.set();
            for (Future<String> future : more) {
                assertThat(resultOf(future)).isEqualTo(PARENT);
            }
            assertThat(running).allSatisfy(future -> assertThat(resultOf(future)).isPositive());
        }
    }

    @Test
    void aMessageWithoutAContextHasNoByteForIt() {
        MessageCodec codec = new MessageCodec();
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(512);
        Message message = Message.of(Message.CALL, 3);
        message.body = Message.Body.of(new byte[] {1, 2, 3});
        assertThat(codec.encode(message, buffer, 8)).isEqualTo(43);
        assertThat(codec.decode(buffer, 8, 43).arrivedContext).isNull();

        message.context = PARENT.getBytes(StandardCharsets.UTF_8);
        int bytes = codec.encode(message, buffer, 8);
        assertThat(bytes).isEqualTo(43 + Integer.BYTES + PARENT.length());
        Message arrived = codec.decode(buffer, 8, bytes);
        assertThat(arrived.kind).isEqualTo(Message.CALL);
        assertThat(arrived.arrivedContext).isEqualTo(PARENT);
        assertThat(arrived.length).isEqualTo(3);
        assertThat(arrived.buffer.getByte(2)).isEqualTo((byte) 3);
    }

    @Test
    void aDamagedLengthIsRefused() {
        MessageCodec codec = new MessageCodec();
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer(512);
        Message message = Message.of(Message.CALL, 3);
        message.context = new byte[4];
        int bytes = codec.encode(message, buffer, 0);
        for (int damaged : new int[] {-1, 5, Integer.MAX_VALUE}) {
            buffer.putInt(40, damaged);
            assertThatThrownBy(() -> codec.decode(buffer, 0, bytes)).isInstanceOf(CodecException.class);
        }
        assertThatThrownBy(() -> codec.decode(buffer, 0, 42)).isInstanceOf(CodecException.class);
    }

    @Test
    void aBadContextIsRefused() {
        TaskOptions options = TaskOptions.defaults();
        assertThatThrownBy(() -> options.withContext("x".repeat(1025))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task options: a context of 1,025 bytes; expected at most 1,024; pass more as an argument");
        assertThatThrownBy(() -> options.withContext(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ProcessPool.builder().taskContext(null)).isInstanceOf(NullPointerException.class);
        TaskOptions with = options.withContext(PARENT).withName("n").withPriority(1).withRetries(1).withChunkSize(2)
                .withDeadline(Duration.ofSeconds(1)).withProgress(progress -> {});
        assertThat(with.context()).isEqualTo(PARENT);
    }
}
