package io.sluice.pool.process;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/// The main class of a child: reads its order, does it, and leaves word how that ended.
final class ChildMain {
    private static final int FAILED = 1;

    private ChildMain() {}

    /// Runs one task.
    ///
    /// @param arguments the path of the control memory comes last; before it stands what a launcher may add
    public static void main(String[] arguments) {
        Control control;
        try {
            control = Control.open(Path.of(arguments[arguments.length - 1]));
        } catch (IOException gone) {
            System.err.println("sluice: the process that started this one has ended (" + gone.getMessage() + ")");
            System.exit(FAILED);
            return;
        }
        if (!noteHowItEnds(control)) {
            return;
        }
        try {
            if (control.isStandby()) {
                ParentWatch.start(control.parentPid());
                Standby.warmUp();
                control.phase(Control.READY);
                control.awaitOrder();
            }
            Control.Order order = control.order();
            Current.set(order.name(), order.daemon(), order.parent());
            if (!order.daemon()) {
                ParentWatch.ignore();
            } else if (!control.isStandby()) {
                ParentWatch.start(control.parentPid());
            }
            ProcessTask task = (ProcessTask) TaskBytes.decode(order.task());
            control.phase(Control.RUNNING);
            task.run();
        } catch (Throwable failure) {
            fail(control, failure);
        }
    }

    /// Ends the process, also if there is no memory, or no room, to say why.
    private static void fail(Control control, Throwable failure) {
        try {
            String trace = trace(failure);
            System.err.print("Exception in process \"%s\" (%s) %s".formatted(
                    Current.process().name(), ProcessHandle.current().pid(), trace));
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
