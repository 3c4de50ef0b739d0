package io.sluice.journal.command;

import io.sluice.cli.Main;
import java.lang.reflect.Constructor;

/// Runs several command lines in one JVM; each output ends with a line with its exit code.
public final class Script {
    private Script() {}

    /// Runs them.
    ///
    /// @param lines words with blanks between
    /// @throws ReflectiveOperationException never
    public static void main(String[] lines) throws ReflectiveOperationException {
        Constructor<JournalMain> constructor = JournalMain.class.getDeclaredConstructor();
        constructor.setAccessible(true);
        for (String line : lines) {
            int code = Main.run(constructor.newInstance(), line.split(" ", -1));
            System.out.println("exit " + code);
            System.err.println("exit " + code);
        }
    }
}
