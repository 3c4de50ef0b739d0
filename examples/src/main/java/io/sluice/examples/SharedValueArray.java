package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import java.util.Arrays;

/// A child sets a shared number and an element of a shared array, and the parent sees both: they are in shared memory;
/// all other captures of a task are copies.
///
/// ```
/// examples/run SharedValueArray
/// ```
public final class SharedValueArray {
    private SharedValueArray() {}

    /// Prints the values before and after the child writes.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var number = space.doubleValue(0.0);
                var numbers = space.intArray(10)) {
            int[] copied = new int[1];
            System.out.println(number.get() + " " + Arrays.toString(numbers.toArray()));
            JavaProcess child = JavaProcess.start(() -> {
                number.set(3.14);
                numbers.set(0, 5);
                copied[0] = 5;
            });
            child.join();
            System.out.println(number.get() + " " + Arrays.toString(numbers.toArray()));
            System.out.println("an array of the JDK: " + Arrays.toString(copied));
        }
    }
}
