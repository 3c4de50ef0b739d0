package io.sluice.pool.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Starts JVMs with the same options.
final class Launcher {
    private final ProcessOptions options;
    private final Path archive;

    /// A running JVM, and the memory from which it gets its order.
    record Launched(Process process, Control control) {
        /// Ends a JVM that is not needed.
        void discard() {
            try (control) {
                process.destroyForcibly();
            }
        }
    }

    Launcher(ProcessOptions options, boolean archive) {
        this.options = options;
        this.archive = archive ? ClassArchive.of(options.classPath()) : null;
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
            List<String> command =
                    CommandLine.of(options.jvmOptions(), options.classPath(), archive, control.path());
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
