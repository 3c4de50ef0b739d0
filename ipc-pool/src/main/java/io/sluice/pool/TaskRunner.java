package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Failure;
import io.sluice.pool.codec.Values;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.submission.TaskContext;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.space.ObjectHandle;
import java.util.ArrayList;
import java.util.List;

/// Runs tasks in a worker, one after the other, and sends their results.
///
/// - **Threads:** any for [#interrupt]; the main thread of the worker for the rest.
final class TaskRunner {
    private static final long NONE = 0;
    private static final int MIN_COLLECTED_BYTES = 16 << 20;
    /// The heap is collected after a large message if it is at most this many times as large as the message.
    private static final int MAX_HEAP_PER_MESSAGE = 8;

    private final int worker;
    private final Values values;
    private final SharedQueue<Message> results;
    private final ExpandableMemoryBuffer encoded = new ExpandableMemoryBuffer(4096);
    private final Message reply = new Message();
    private final List<ObjectHandle> opened = new ArrayList<>();
    private final Thread thread = Thread.currentThread();
    private final Object running = new Object();
    private final String where =
            "worker " + JavaProcess.current().name() + " (" + ProcessHandle.current().pid() + ")";
    private long current = NONE;          // guarded by running
    /// The last task whose interrupt came while it did not run: it is over, or marked as begun and about to run.
    private long early = NONE;            // guarded by running

    /// The job of the last function: the next chunk of the same map need not decode it again.
    private long job = NONE;
    private TaskFunction<Object, Object> function;
    /// Size in bytes of the largest task or result since the worker was idle.
    private int largest;
    private final List<ObjectHandle> openedByFunction = new ArrayList<>();
    private final List<ObjectHandle> openedByInitializer = new ArrayList<>();

    TaskRunner(int worker, List<String> allowed, SharedQueue<Message> results) {
        this.worker = worker;
        this.values = new Values(allowed);
        this.results = results;
    }

    /// Runs the pool's initializer, whose handles stay open as long as this process lives.
    ///
    /// @param bytes an encoded [Action]
    void initialize(byte[] bytes) throws Exception {
        encoded.putBytes(0, bytes);
        ((Action) values.decode(encoded, 0, bytes.length, openedByInitializer::add)).act();
    }

    /// Closes the handles of functions and of the initializer after the last task: this process ends in order.
    void leave() {
        forgetFunction();
        close(openedByInitializer);
    }

    /// Interrupts a task if it runs, or is the next one. The pool names only tasks that were begun, and numbers grow,
    /// so the highest is the one that may be about to run.
    void interrupt(long task) {
        synchronized (running) {
            if (current == task) {
                thread.interrupt();
            } else {
                early = Math.max(early, task);
            }
        }
    }

    /// Runs a task and sends its result or failure.
    void execute(Message task) throws InterruptedException {
        long start = System.nanoTime();
        reply.worker = worker;
        reply.task = task.task;
        reply.wordIndex = task.wordIndex;
        reply.job = task.job;
        begin(task.task);
        Throwable failure = null;
        try {
            if (task.refused != null) {
                throw task.refused;
            }
            int length = task.arrivedContext == null ? run(task)
                    : ScopedValue.where(TaskContext.CURRENT, task.arrivedContext).call(() -> run(task));
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

    /// Releases what only the last tasks needed. After a large one, that is most of the memory of this process, and
    /// nothing else would start a collection. It is omitted if the heap is so much larger that it would take long.
    void idle() {
        forgetFunction();
        if (largest >= MIN_COLLECTED_BYTES && Runtime.getRuntime().totalMemory() / MAX_HEAP_PER_MESSAGE <= largest) {
            System.gc();
        }
        largest = 0;
    }

    private void forgetFunction() {
        job = NONE;
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

    /// From here on no interrupt of this task arrives.
    private void end() {
        synchronized (running) {
            current = NONE;
            var _ = Thread.interrupted();
        }
        close(opened);
    }

    private int run(Message task) throws Exception {
        return task.kind == Message.CALL ? call(task) : map(task);
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

    /// A handle that came as an argument belongs to the task, and is closed with it.
    private static void close(List<ObjectHandle> handles) {
        for (ObjectHandle handle : handles) {
            try {
                handle.close();
            } catch (RuntimeException | Error leftInDisorder) {
                // Another process that has the object open completes the close.
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
            reply.kind = Message.FAILURE;    // a large result for which there is no memory, for example
            sendFailure(reply, refused);
        }
    }

    /// Sends a failure, also one that does not travel as an object.
    void sendFailure(Message message, Throwable failure) throws InterruptedException {
        message.body = Message.Body.of(encoded, values.failures().encode(failure, where, encoded, 0));
        results.put(message);
    }
}
