package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Ten processes print blocks of several lines on one terminal: interleaved without a lock, whole with one.
///
/// ```
/// examples/run LockedOutput
/// ```
public final class LockedOutput {
    private static final int PRINTERS = 10;
    private static final int LINES = 3;

    private LockedOutput() {}

    /// Prints in both ways.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var lock = space.lock()) {
            System.out.println("without a lock:");
            runAll(printer -> () -> print(printer));
            System.out.println("with a lock:");
            runAll(printer -> () -> printLocked(lock, printer));
        }
    }

    private static void runAll(IntFunction<Action> task) throws InterruptedException {
        List<JavaProcess> printers = new ArrayList<>();
        for (int i = 0; i < PRINTERS; i++) {
            printers.add(JavaProcess.start(task.apply(i)));
        }
        for (JavaProcess printer : printers) {
            printer.join();
        }
    }

    private static void printLocked(SharedLock lock, int printer) throws InterruptedException {
        try (var _ = lock.hold()) {
            print(printer);
        }
    }

    private static void print(int printer) throws InterruptedException {
        for (int line = 1; line <= LINES; line++) {
            System.out.println("process " + printer + ", line " + line + " of " + LINES);
            Thread.sleep(5);
        }
    }
}
