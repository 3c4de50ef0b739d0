package io.sluice.pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Starts JVMs with the same options.
final class Launcher {
    private final ProcessOptions options;
    private final boolean cached;

    /// A running JVM, and the memory from which it gets its order.
    record Launched(Process process, Control control) {
        /// Ends a JVM that has begun nothing.
        void discard() {
            try (control) {
                process.destroyForcibly();
            }
        }

        /// Ends a JVM of a stock: it leaves in order, as it may have shared objects open. One that is stopped cannot.
        void leave() {
            if (isStopped()) {
                discard();
            } else {
                control.dismiss();
                // Until its end: the path of the memory, which it may not have opened, would lead to another file.
                var _ = process.onExit().thenRun(control::close);
            }
        }

        /// Whether it is stopped, as by SIGSTOP or a debugger.
        boolean isStopped() {
            return "Tt".indexOf(state()) >= 0;
        }

        /// Whether it has ended, which the JDK may not have noticed yet.
        boolean hasEnded() {
            return !process.isAlive() || "ZX".indexOf(state()) >= 0;
        }

        /// The state that the kernel shows; `X` if there is none.
        private char state() {
            try {
                Path file = Path.of("/proc", Long.toString(process.pid()), "stat");
                String stat = Files.readString(file, StandardCharsets.ISO_8859_1);
                return stat.charAt(stat.lastIndexOf(')') + 2);
            } catch (IOException gone) {
                return 'X';
            }
        }
    }

    /// @param cached whether its JVMs start from the [AotCache]
    Launcher(ProcessOptions options, boolean cached) {
        this.options = options;
        this.cached = cached;
    }

    /// Starts a JVM.
    ///
    /// @param order present when it comes up; null for a JVM that waits for its order
    Launched launch(Control.Order order) throws IOException {
        CommandLine.checkLoadable(ChildMain.class, options.classPath());
        Control control = Control.create(order == null);
        Launched launched = null;
        try {
            if (order != null) {
                control.give(order);
            }
            Path cache = cached ? AotCache.find(options) : null;
            List<String> command = CommandLine.of(options.jvmOptions(), options.classPath(), cache, control.path());
            ProcessBuilder builder = new ProcessBuilder(command.stream().map(control::argument).toList());
            builder.environment().putAll(options.environment());
            if (options.directory() != null) {
                builder.directory(options.directory().toFile());
            }
            builder.redirectInput(options.input()).redirectOutput(options.output()).redirectError(options.error());
            launched = new Launched(builder.start(), control);
            return launched;
        } finally {
            if (launched == null) {
                control.close();
            }
        }
    }
}
