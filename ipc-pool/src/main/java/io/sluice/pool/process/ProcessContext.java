package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import java.util.List;
import java.util.Objects;

/// How processes are started: a start method with its settings. There is one default context, set once, and any number
/// of others; a process or pool uses only the context that made it.
///
/// - **Threads:** any.
/// - **Lifetime:** [#close()] ends a stock of JVMs; started processes go on.
public final class ProcessContext implements AutoCloseable {
    private static final int USUAL_STOCK = 2;
    private static ProcessContext usual;

    private final StartMethod method;
    private final Standby stock;
    private final String classPath;
    private final boolean inherits;

    /// @param classPath replaces that of this JVM unless null
    /// @param inherits whether children have the options of this JVM
    private ProcessContext(StartMethod method, Standby stock, String classPath, boolean inherits) {
        this.method = method;
        this.stock = stock;
        this.classPath = classPath;
        this.inherits = inherits;
    }

    /// A context that starts a fresh JVM for each process.
    ///
    /// @return the context
    public static ProcessContext spawn() {
        return new ProcessContext(StartMethod.SPAWN, null, null, false);
    }

    /// A context with a stock of two started JVMs.
    ///
    /// @return the context
    public static ProcessContext standby() {
        return standby(USUAL_STOCK);
    }

    /// A context with a stock of started JVMs: a process starts by taking one of them, in about a millisecond, and the
    /// stock is refilled in the background. If the stock is empty, a start waits for a fresh JVM. An idle JVM of the
    /// stock costs its memory, some 40 MB, and well below one percent of a core.
    ///
    /// @param stock number of waiting JVMs, 1 to 256
    /// @param jvmOptions of each of them
    /// @return the context, to be closed by the caller
    /// @throws IllegalArgumentException if the number is out of its range
    public static ProcessContext standby(int stock, String... jvmOptions) {
        return standby(stock, null, List.of(jvmOptions));
    }

    /// A context with a stock of started JVMs that have another class path than this JVM; see [#classPath].
    ///
    /// @param stock number of waiting JVMs, 1 to 256
    /// @param classPath files and folders, separated by colons
    /// @param jvmOptions of each of them
    /// @return the context, to be closed by the caller
    /// @throws IllegalArgumentException if the number is out of its range
    public static ProcessContext standbyWithClassPath(int stock, String classPath, String... jvmOptions) {
        return standby(stock, Objects.requireNonNull(classPath, "classPath"), List.of(jvmOptions));
    }

    private static ProcessContext standby(int stock, String classPath, List<String> jvmOptions) {
        if (stock < 1 || stock > 256) {
            throw new IllegalArgumentException(
                    "standby: a stock of %,d JVMs is not between 1 and 256".formatted(stock));
        }
        return new ProcessContext(
                StartMethod.STANDBY, new Standby(stock, jvmOptions, classPath), classPath, false);
    }

    /// A context that starts JVMs as this one does, with another class path than that of this JVM. If this JVM found
    /// its classes other than by its class path, as in a plugin or a web server, children need an explicit one.
    /// (Programs that Spring Boot has packed need none: their children find the classes in the same way.)
    ///
    /// @param path files and folders, separated by colons: Sluice, what it needs, and the classes of the tasks
    /// @return another context
    /// @throws IllegalStateException if this one has a stock of JVMs, which run already
    public ProcessContext classPath(String path) {
        Objects.requireNonNull(path, "classPath");
        if (stock != null) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already; give them the class path when they"
                    + " are started, by ProcessContext.standbyWithClassPath(n, classPath)").formatted(this));
        }
        return new ProcessContext(method, null, path, inherits);
    }

    /// A context of a start method, with its default settings.
    ///
    /// @param method how to start
    /// @return the context, to be closed by the caller
    /// @throws UnsupportedOperationException for [StartMethod#FORK], with the reason
    public static ProcessContext of(StartMethod method) {
        return switch (method) {
            case SPAWN -> spawn();
            case STANDBY -> standby();
            case FORK -> throw new UnsupportedOperationException("fork: a JVM cannot be forked: fork(2) copies only the"
                    + " calling thread, and the copy would lack the collector, the compiler and every other thread,"
                    + " with the locks that they held; use SPAWN, or STANDBY for a start within milliseconds");
        };
    }

    /// The default context, of [JavaProcess#start(Action)] and of pools without a context: [#spawn()], unless it was
    /// set.
    ///
    /// @return the context
    public static synchronized ProcessContext usual() {
        if (usual == null) {
            usual = spawn();
        }
        return usual;
    }

    /// Sets the default context, once and before its first use.
    ///
    /// @param context the context
    /// @throws IllegalStateException if it was set, or used, before
    public static synchronized void setUsual(ProcessContext context) {
        Objects.requireNonNull(context, "context");
        if (usual != null) {
            throw new IllegalStateException(("the default start method is %s already, set or used before; set it once,"
                    + " at the start of main, or use a context of your own").formatted(usual.method));
        }
        usual = context;
    }

    /// A context like this one, whose processes have the options of this JVM: see [#inheritableJvmOptions()]. Options
    /// of a builder come behind them, and win. Otherwise a child has only its own options, and those that the
    /// environment variable `JAVA_TOOL_OPTIONS` gives to every JVM.
    ///
    /// @return another context
    /// @throws IllegalStateException if this one has a stock of JVMs, which run already
    public ProcessContext inheritJvmOptions() {
        if (stock != null) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already; give them the options when they are"
                    + " started, by ProcessContext.standby(n,"
                    + " ProcessContext.inheritableJvmOptions().toArray(String[]::new))").formatted(this));
        }
        return new ProcessContext(method, null, classPath, true);
    }

    /// The options of this JVM's command line that a child can have as well: heap and other `-X` and `-XX` options,
    /// system properties (`-D`), `--add-opens` and similar ones, assertions. Excluded are options that only one JVM can
    /// have: agents and debuggers, ports of remote management, recordings, archives, and log files without `%p`, the
    /// process id, in their names. The class path is excluded too, since a child has it in any case.
    ///
    /// @return the options, in their order
    public static List<String> inheritableJvmOptions() {
        return InheritedOptions.ofThisJvm();
    }

    /// Whether its processes have the options of this JVM.
    ///
    /// @return whether it was made by [#inheritJvmOptions()]
    public boolean inheritsJvmOptions() {
        return inherits;
    }

    /// The start method.
    ///
    /// @return the method
    public StartMethod method() {
        return method;
    }

    /// Number of JVMs of the stock that can take an order at once.
    ///
    /// @return the number; 0 if there is no stock
    public int ready() {
        return stock == null ? 0 : stock.ready();
    }

    /// Starts a process on a task, with the default name and settings.
    ///
    /// @param task its work
    /// @return the process, running
    /// @throws io.sluice.core.codec.CodecException if the task cannot travel; names the part that cannot
    public JavaProcess start(Action task) {
        return builder(task).start();
    }

    /// Begins a process with settings of its own.
    ///
    /// @param task its work
    /// @return a builder
    public JavaProcess.Builder builder(Action task) {
        return new JavaProcess.Builder(this, task);
    }

    Standby stock() {
        return stock;
    }

    /// The class path of its JVMs; null for that of this JVM.
    String classPath() {
        return classPath;
    }

    /// Ends the JVMs of the stock. A second call does nothing.
    @Override
    public void close() {
        if (stock != null) {
            stock.close();
        }
    }

    /// The method, for people.
    @Override
    public String toString() {
        return "ProcessContext[%s]".formatted(method);
    }
}
