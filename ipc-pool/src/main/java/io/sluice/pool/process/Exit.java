package io.sluice.pool.process;

/// How a process ended.
public sealed interface Exit {
    /// It returned, or called `System.exit` or `Runtime.halt`.
    ///
    /// @param code its exit code, 0 to 255
    record Returned(int code) implements Exit {
        @Override
        public String toString() {
            return code == 0 ? "returned normally" : "exited with code " + code;
        }
    }

    /// A signal ended it; also one that let the JVM run its shutdown hooks first, as SIGTERM does.
    ///
    /// @param signal its number
    record Killed(int signal) implements Exit {
        /// The name of the signal.
        ///
        /// @return as in `SIGKILL`, or the number if it has no name
        public String name() {
            return Signals.name(signal);
        }

        @Override
        public String toString() {
            return "was killed by " + name();
        }
    }

    /// Its task threw, which is exit code 1.
    ///
    /// @param type class of what was thrown
    /// @param message of what was thrown; empty if it had none
    /// @param trace its stack trace, as on the standard error of the process
    record Failed(String type, String message, String trace) implements Exit {
        @Override
        public String toString() {
            return "failed with " + type + (message.isEmpty() ? "" : ": " + message);
        }
    }

    /// Whether the process succeeded.
    ///
    /// @return true for exit code 0
    default boolean isSuccess() {
        return this instanceof Returned(int code) && code == 0;
    }
}
