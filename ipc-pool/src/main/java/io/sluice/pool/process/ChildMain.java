package io.sluice.pool.process;

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

/// The main class of a child: reads its order, does it, and leaves word how that ended.
final class ChildMain {
    private static final int FAILED = 1;

    private ChildMain() {}

    /// Runs one task.
    ///
    /// @param arguments the path of the control memory comes last; before it stands what a launcher may add
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
        if (!noteHowItEnds(control)) {
            return;
        }
        if (control.startedInVain()) {
            control.signalled(Signals.TERM);
            Runtime.getRuntime().halt(Signals.EXIT_CODE_BASE + Signals.TERM);
        }
        try {
            if (control.isStandby()) {
                ParentWatch.start(control.parentPid());
                Standby.warmUp();
                control.phase(Control.READY);
                control.awaitOrder();
            }
            Control.Order order = control.order();
            CurrentProcess.set(order.name(), order.daemon(), order.parent());
            leavesWithParent = order.daemon();
            if (!order.daemon()) {
                ParentWatch.ignore();
            } else if (!control.isStandby()) {
                ParentWatch.start(control.parentPid());
            }
            List<ObjectHandle> given = new ArrayList<>();
            Action task = (Action) TaskBytes.decode(order.task(), given::add);
            if (order.kept()) {
                control.running();
            } else {
                control.phase(Control.RUNNING);
            }
            task.act();
            if (!given.isEmpty()) {
                awaitOtherThreads();
                given.forEach(ChildMain::close);
            }
        } catch (Throwable failure) {
            if (isEnding() || (leavesWithParent && !isThere(path))) {
                System.exit(FAILED);         // what fails because of the end is not its reason
            }
            fail(control, failure);
        }
    }

    /// Whether the control memory still has its path, which it has until the parent has ended.
    private static boolean isThere(String path) {
        return Files.exists(Path.of(path));
    }

    /// Whether the shutdown hooks run, which may close what the task works with.
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

    /// What the JVM does before it ends: the task may have left threads behind that still use its handles.
    private static void awaitOtherThreads() throws InterruptedException {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        for (Thread other = otherThread(top); other != null; other = otherThread(top)) {
            other.join();
        }
    }

    /// Null if this thread is the last one but daemons. A thread that ends has started its successors before.
    @SuppressWarnings("ReferenceEquality")   // itself
    private static Thread otherThread(ThreadGroup top) {
        Thread[] alive = new Thread[top.activeCount() + 1];
        int count = top.enumerate(alive);
        while (count == alive.length) {      // then some of them may be missing
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

    /// A task that has returned leaves what it was given: it has not died.
    private static void close(ObjectHandle handle) {
        try {
            handle.close();
        } catch (RuntimeException | Error leftInDisorder) {
            // Another process that has the object open finishes that.
        }
    }

    /// Ends the process, also if there is no memory, or no room, to say why.
    private static void fail(Control control, Throwable failure) {
        try {
            String trace = trace(failure);
            System.err.print("Exception in process \"%s\" (%s) %s".formatted(
                    CurrentProcess.process().name(), ProcessHandle.current().pid(), trace));
            System.err.flush();
            control.failed(failure.getClass().getName(), message(failure), trace);
        } finally {
            System.exit(FAILED);
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            failure.printStackTrace(out);
        } catch (Throwable ofTheUsersOwn) {
            return failure.getClass().getName() + System.lineSeparator();
        }
        return text.toString();
    }

    private static String message(Throwable failure) {
        try {
            return failure.getMessage() == null ? "" : failure.getMessage();
        } catch (Throwable ofTheUsersOwn) {
            return "";
        }
    }

    /// An exit code above 128 may be a program's own or mean a signal. So this notes that an exit began in order, and
    /// which signal was its reason, where one was.
    ///
    /// @return false if it has begun already: it was told to end while its JVM was starting
    private static boolean noteHowItEnds(Control control) {
        LastWord word = new LastWord(control);
        try {
            Runtime.getRuntime().addShutdownHook(word);
            return true;
        } catch (IllegalStateException ending) {
            word.leave();
            return false;
        }
    }

    /// A class and not a lambda, which would cost every child some milliseconds of its start.
    private static final class LastWord extends Thread {
        private final Control control;

        LastWord(Control control) {
            this.control = control;
        }

        @Override
        public void run() {
            leave();
        }

        void leave() {
            control.signalled(Signals.reasonOfTheEnd());
            control.phase(Control.EXITING);
        }
    }
}
