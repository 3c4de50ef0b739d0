package io.sluice.pool.process;

import io.sluice.pool.log.Log;
import io.sluice.pool.log.StandardError;
import io.sluice.pool.task.Action;
import io.sluice.shm.space.ObjectHandle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The main class of a child: reads its order, runs the task, and reports how it ended.
final class ChildMain {
    private static final int FAILED = 1;

    private ChildMain() {}

    /// Runs one task.
    ///
    /// @param arguments the last one is the path of the control memory; a launcher may add others before it
    public static void main(String[] arguments) {
        String path = arguments[arguments.length - 1];
        Control control;
        boolean leavesWithParent = true;
        try {
            control = Control.open(Path.of(path));
        } catch (IOException unreadable) {
            if (isThere(path)) {
                System.err.println("sluice: a new process cannot read its order: " + unreadable);
            }
            Runtime.getRuntime().halt(FAILED);
            return;
        }
        if (!reportEnd(control)) {
            return;
        }
        int signal = control.startedInVain();
        if (signal != 0) {
            leave(control, signal);
        }
        try {
            if (control.isStandby()) {
                rehearse(control);           // before the watch: an end in the middle would leave a space behind
                ParentWatch.start(control.parentPid());
                control.ready();
                if (!control.awaitOrder()) {
                    leave(control, Signals.TERM);
                }
            }
            Control.Order order = control.order();
            CurrentProcess.set(order.name(), order.daemon(), order.parent());
            StandardError.process(order.name());
            StandardError.from(order.printed());
            boolean logs = order.printed() != StandardError.OFF;     // or not even the class of the log is loaded
            if (logs) {
                Log.step("started by " + order.parent().name());
            }
            leavesWithParent = order.daemon();
            if (!order.daemon()) {
                ParentWatch.ignore();
            } else if (!control.isStandby()) {
                ParentWatch.start(control.parentPid());
            }
            List<ObjectHandle> given = new ArrayList<>();
            Action task = (Action) TaskBytes.decode(order.task(), new Consumer<ObjectHandle>() {     // no lambda
                @Override
                public void accept(ObjectHandle handle) {
                    given.add(handle);
                }
            });
            if (order.kept()) {
                control.running();
            } else {
                control.phase(Control.RUNNING);
            }
            task.act();
            if (logs) {
                Log.step("its task has returned");
            }
            if (!given.isEmpty()) {
                awaitOtherThreads();
                for (ObjectHandle handle : given) {
                    close(handle);
                }
            }
        } catch (Throwable failure) {
            if (isEnding() || (leavesWithParent && !isThere(path))) {
                System.exit(FAILED);         // a failure caused by the end is not its reason
            }
            fail(control, failure);
        }
    }

    /// Ends this process, which was told to leave before it had begun anything.
    private static void leave(Control control, int signal) {
        control.signalled(signal);
        Runtime.getRuntime().halt(Signals.EXIT_CODE_BASE + signal);
    }

    /// Does once what most tasks do, unless the order is there already. If that fails, the order comes as well, and its
    /// task fails by itself.
    private static void rehearse(Control control) {
        if (control.hasOrder()) {
            return;
        }
        try {
            new Rehearsal().act();
        } catch (Throwable refused) {
            // For instance: there is no room for another space.
        }
    }

    /// Whether the control memory still has its path; it has until the parent has ended.
    private static boolean isThere(String path) {
        return Files.exists(Path.of(path));
    }

    /// Whether the shutdown hooks run, which may close the objects of the task.
    private static boolean isEnding() {
        try {
            Thread probe = new Thread();
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException hooksRun) {
            return true;
        }
    }

    /// Waits as the JVM does before it ends: threads that the task started may still use its handles.
    private static void awaitOtherThreads() throws InterruptedException {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        for (Thread other = otherThread(top); other != null; other = otherThread(top)) {
            other.join();
        }
    }

    /// Another thread that is not a daemon, or null. A thread that has ended has started its successors before.
    @SuppressWarnings("ReferenceEquality")   // a thread is itself
    private static Thread otherThread(ThreadGroup top) {
        Thread[] alive = new Thread[top.activeCount() + 1];
        int count = top.enumerate(alive);
        while (count == alive.length) {      // then some may be missing
            alive = new Thread[2 * count];
            count = top.enumerate(alive);
        }
        for (Thread thread : Arrays.copyOf(alive, count)) {
            if (!thread.isDaemon() && thread != Thread.currentThread()) {
                return thread;
            }
        }
        return null;
    }

    /// Closes a handle of a task that has returned: the process has not died.
    private static void close(ObjectHandle handle) {
        try {
            handle.close();
        } catch (RuntimeException | Error leftInDisorder) {
            // Another process that has the object open completes the close.
        }
    }

    /// Reports a failure and ends the process, also if there is no memory for the report.
    private static void fail(Control control, Throwable failure) {
        try {
            String trace = trace(failure);
            control.failed(failure.getClass().getName(), message(failure), trace);
            Log.uncaught(ProcessHandle.current().pid(), failure, trace);
        } finally {
            System.exit(FAILED);
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            failure.printStackTrace(out);
        } catch (Throwable ofUserCode) {
            return failure.getClass().getName() + System.lineSeparator();
        }
        return text.toString();
    }

    private static String message(Throwable failure) {
        try {
            return failure.getMessage() == null ? "" : failure.getMessage();
        } catch (Throwable ofUserCode) {
            return "";
        }
    }

    /// Adds a hook that reports that an exit began in order, and which signal was its reason, if one was: an exit code
    /// above 128 may be a program's own or mean a signal.
    ///
    /// @return false if the exit has begun already: a signal came while this JVM was starting
    private static boolean reportEnd(Control control) {
        EndReport report = new EndReport(control);
        try {
            Runtime.getRuntime().addShutdownHook(report);
            return true;
        } catch (IllegalStateException ending) {
            report.write();
            return false;
        }
    }

    /// A class and not a lambda, which would cost every child some milliseconds of its start.
    private static final class EndReport extends Thread {
        private final Control control;

        EndReport(Control control) {
            this.control = control;
        }

        @Override
        public void run() {
            write();
        }

        void write() {
            control.signalled(Signals.reasonOfTheEnd());
            control.phase(Control.EXITING);
        }
    }
}
