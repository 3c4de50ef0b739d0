package io.sluice.examples;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Ten processes print blocks of several lines on one terminal: mixed up without a lock, whole with one.
///
/// ```
/// sluice-examples io.sluice.examples.LockedOutput            starts its printers by itself
/// ```
public final class LockedOutput {
    private static final int PRINTERS = 10;
    private static final int LINES = 3;

    private LockedOutput() {}

    /// Runs all, or one who prints.
    ///
    /// @param arguments nothing for all; the name of the space, a number, and whether to lock, for one who prints
    /// @throws IOException if a printer cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "locked-output-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var lock = space.lock("terminal")) {
            if (arguments.length == 0) {
                System.out.println("without a lock:");
                printAll(spaceName, false);
                System.out.println("with a lock:");
                printAll(spaceName, true);
            } else if (Boolean.parseBoolean(arguments[2])) {
                printLocked(lock, arguments[1]);
            } else {
                print(arguments[1]);
            }
        }
    }

    private static void printAll(String spaceName, boolean locked) throws IOException, InterruptedException {
        List<Process> printers = new ArrayList<>();
        for (int i = 0; i < PRINTERS; i++) {
            printers.add(ChildJvm.start(
                    LockedOutput.class, spaceName, Integer.toString(i), Boolean.toString(locked)));
        }
        for (Process printer : printers) {
            printer.waitFor();
        }
    }

    private static void printLocked(SharedLock lock, String printer) throws InterruptedException {
        lock.lock();
        try {
            print(printer);
        } finally {
            lock.unlock();
        }
    }

    private static void print(String printer) throws InterruptedException {
        for (int line = 1; line <= LINES; line++) {
            System.out.println("process " + printer + ", line " + line + " of " + LINES);
            Thread.sleep(5);
        }
    }
}
