package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.ObjectHandle;
import java.util.ArrayList;
import java.util.List;

/// Runs tasks in a worker, one after the other, and sends what comes of them.
///
/// - **Threads:** [#interrupt] any; the rest is for the main thread of the worker.
final class TaskRunner {
    private static final long NOTHING = 0;
    private static final int WORTH_COLLECTING_BYTES = 16 << 20;
    /// How many times as large as the largest message the heap may be when it is collected for it.
    private static final int MOST_HEAP = 8;

    private final int worker;
    private final Values values;
    private final SharedQueue<Message> results;
    private final ExpandableMemoryBuffer encoded = new ExpandableMemoryBuffer(4096);
    private final Message reply = new Message();
    private final List<ObjectHandle> opened = new ArrayList<>();
    private final Thread thread = Thread.currentThread();
    private final Object running = new Object();
    private final String where = "worker %s (%s)".formatted(
            JavaProcess.current().name(), ProcessHandle.current().pid());
    private long current = NOTHING;          // guarded by running
    /// The last task whose interrupt came while it did not run: it is over, or is marked as begun and about to run.
    private long early = NOTHING;            // guarded by running

    /// The function of the last map: the next chunk of the same map needs not decode it.
    private long job = NOTHING;
    private TaskFunction<Object, Object> function;
    /// Bytes of the largest task or result since this was idle.
    private int largest;
    private final List<ObjectHandle> openedByFunction = new ArrayList<>();
    private final List<ObjectHandle> openedByInitializer = new ArrayList<>();

    TaskRunner(int worker, List<String> allowed, SharedQueue<Message> results) {
        this.worker = worker;
        this.values = new Values(allowed);
        this.results = results;
    }

    /// Runs the pool's initializer, whose handles stay open as long as this process.
    ///
    /// @param bytes of it, as an [Action]
    void initialize(byte[] bytes) throws Exception {
        encoded.putBytes(0, bytes);
        ((Action) values.decode(encoded, 0, bytes.length, openedByInitializer::add)).act();
    }

    /// Leaves what functions and the initializer were given, when no task comes any more: this process does not die.
    void leave() {
        forgetFunction();
        close(openedByInitializer);
    }

    /// Interrupts a task, if it is the one that runs, or the next one. The pool asks for tasks that were begun only,
    /// and numbers grow, so the highest is the one that may be about to run.
    void interrupt(long task) {
        synchronized (running) {
            if (current == task) {
                thread.interrupt();
            } else {
                early = Math.max(early, task);
            }
        }
    }

    /// Runs a task and sends what came of it.
    void execute(Message task) throws InterruptedException {
        long start = System.nanoTime();
        reply.worker = worker;
        reply.task = task.task;
        reply.place = task.place;
        reply.job = task.job;
        begin(task.task);
        Throwable failure = null;
        try {
            if (task.refused != null) {
                throw task.refused;
            }
            int length = task.kind == Message.CALL ? call(task) : map(task);
            largest = Math.max(largest, Math.max(task.length, length));
            reply.body = Message.Body.of(encoded, length);
        } catch (OutOfMemoryError error) {
            throw error;
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            end();
        }
        reply.nanos = System.nanoTime() - start;
        CrashPoint.POOL_TASK_RUN.reached();
        send(failure);
        CrashPoint.POOL_RESULT_SENT.reached();
        encoded.trim();
    }

    /// Lets go of what only the last tasks needed. After a large one, that is most of the memory of this process, and
    /// nothing else would make the collector come by; unless the heap is so much larger that it would take long.
    void idle() {
        forgetFunction();
        if (largest >= WORTH_COLLECTING_BYTES && Runtime.getRuntime().totalMemory() / MOST_HEAP <= largest) {
            System.gc();
        }
        largest = 0;
    }

    private void forgetFunction() {
        job = NOTHING;
        function = null;
        close(openedByFunction);
    }

    private void begin(long task) {
        synchronized (running) {
            current = task;
            if (early == task) {
                thread.interrupt();
            }
        }
    }

    /// From here on no interrupt comes that was meant for the task.
    private void end() {
        synchronized (running) {
            current = NOTHING;
            var _ = Thread.interrupted();
        }
        close(opened);
    }

    private int call(Message task) throws Exception {
        Object decoded = values.decode(task.buffer, 0, task.length, opened::add);
        Object result = CallJob.perform(decoded);
        reply.kind = Message.VALUE;
        return values.encode(result, encoded, 0);
    }

    private int map(Message task) throws Exception {
        TaskFunction<Object, Object> applied = function(task);
        int batchBytes = task.length - task.functionBytes;
        Object[] elements = Batch.decode(values, task.buffer, task.functionBytes, batchBytes, opened::add);
        boolean each = task.kind == Message.MAP_EACH;
        for (int i = 0; i < elements.length; i++) {
            try {
                elements[i] = applied.apply(elements[i]);
            } catch (OutOfMemoryError error) {
                throw error;
            } catch (Throwable thrown) {
                if (!each) {
                    throw thrown;
                }
                elements[i] = new Failure(thrown);
            }
        }
        reply.kind = Message.BATCH;
        return Batch.encode(values, elements, elements.length, where, encoded, 0);
    }

    @SuppressWarnings("unchecked") // the pool sends functions only
    private TaskFunction<Object, Object> function(Message task) {
        if (task.job != job) {
            forgetFunction();
            function = (TaskFunction<Object, Object>) values.decode(
                    task.buffer, 0, task.functionBytes, openedByFunction::add);
            job = task.job;
        }
        return function;
    }

    /// A handle that came as an argument is the task's, and goes with it.
    private static void close(List<ObjectHandle> handles) {
        for (ObjectHandle handle : handles) {
            try {
                handle.close();
            } catch (RuntimeException | Error leftInDisorder) {
                // Another process that has the object open finishes that.
            }
        }
        handles.clear();
    }

    private void send(Throwable failure) throws InterruptedException {
        if (failure != null) {
            reply.kind = Message.FAILURE;
            sendFailure(reply, failure);
            return;
        }
        try {
            results.put(reply);
        } catch (OutOfMemoryError error) {
            throw error;
        } catch (RuntimeException | Error refused) {
            reply.kind = Message.FAILURE;    // a large result for which there is no room, perhaps
            sendFailure(reply, refused);
        }
    }

    /// Sends a failure, whatever it is made of.
    void sendFailure(Message message, Throwable failure) throws InterruptedException {
        message.body = Message.Body.of(encoded, values.failures().encode(failure, where, encoded, 0));
        results.put(message);
    }
}
