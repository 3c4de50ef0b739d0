package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import java.util.function.Supplier;

/// How handles show themselves in logs and debuggers: kind, name, state.
///
/// - **Errors:** none for memory that is damaged. The state is then what is wrong with it, since a log shows an object
///   also if its operations throw.
///
/// @hidden
public final class Display {
    private Display() {}

    /// What `toString` of a handle returns.
    ///
    /// @param kind of the object
    /// @param name of the object
    /// @param closed whether the handle is
    /// @param state the state of an open one, in a few words
    /// @return a line
    public static String of(String kind, String name, boolean closed, Supplier<String> state) {
        return "%s[%s, %s]".formatted(kind, name, closed ? "closed" : stateOrDamage(state));
    }

    private static String stateOrDamage(Supplier<String> state) {
        try {
            return state.get();
        } catch (CorruptObjectException damage) {
            return damage.getMessage();
        }
    }
}
