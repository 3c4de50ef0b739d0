package io.sluice.pool.codec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import javax.tools.ToolProvider;

/// A class that is not on the class path of the tests, with a loader of its own.
final class Compiled implements AutoCloseable {
    private final URLClassLoader loader;
    private final Class<?> type;

    /// @param options of the compiler, such as `-g:none`
    Compiled(Path directory, String name, String source, String... options) throws Exception {
        Path file = directory.resolve(name + ".java");
        Files.writeString(file, source);
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean fine = compiler.getTask(new PrintWriter(messages), files, null,
                List.of(options), null, files.getJavaFileObjects(file)).call();
            if (!fine) {
                throw new IllegalArgumentException(messages.toString());
            }
        }
        this.loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, Compiled.class.getClassLoader());
        this.type = loader.loadClass(name);
    }

    ClassLoader loader() {
        return loader;
    }

    /// Calls a static method without arguments.
    Object call(String method) throws Exception {
        try {
            return type.getMethod(method).invoke(null);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Runs an action in a thread whose context class loader is this one.
    static <T> T within(ClassLoader loader, Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
