package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import java.util.List;
import java.util.Objects;

/// How processes are started: a start method with its settings. There is one for everybody, set once, and as many of
/// your own as you like; what was made by one never uses another.
///
/// - **Threads:** any.
/// - **Lifetime:** [#close()] ends a stock of JVMs; processes that were started go on.
public final class ProcessContext implements AutoCloseable {
    private static final int USUAL_STOCK = 2;
    private static ProcessContext usual;

    private final StartMethod method;
    private final boolean archive;
    private final Standby stock;
    private final String classPath;
    private final boolean inherits;

    /// @param classPath instead of this JVM's, or null
    /// @param inherits whether children have the options of this JVM
    private ProcessContext(StartMethod method, boolean archive, Standby stock, String classPath, boolean inherits) {
        this.method = method;
        this.archive = archive;
        this.stock = stock;
        this.classPath = classPath;
        this.inherits = inherits;
    }

    /// A context that starts a fresh JVM for each process.
    ///
    /// @return the context
    public static ProcessContext spawn() {
        return new ProcessContext(StartMethod.SPAWN, false, null, null, false);
    }

    /// A context that starts a fresh JVM for each process, with a class-data archive: the JVM keeps the classes of this
    /// class path in a file under `$XDG_CACHE_HOME/sluice` (`~/.cache/sluice`), ready to be mapped. The first child
    /// that ends in order writes it, which takes it about a second; those after it start sooner. Without effect if the
    /// class path has folders on it, which the JVM cannot archive, and if that folder cannot be made.
    ///
    /// @return the context
    public static ProcessContext spawnWithArchive() {
        return new ProcessContext(StartMethod.SPAWN, true, null, null, false);
    }

    /// A context with a stock of two started JVMs.
    ///
    /// @return the context
    public static ProcessContext standby() {
        return standby(USUAL_STOCK);
    }

    /// A context with a stock of started JVMs: a process starts by taking one of them, in about a millisecond, and the
    /// stock is refilled in the background. If it is used up, a start waits for a fresh JVM. An idle JVM of the stock
    /// costs its memory, some 40 MB, and well below one percent of a core.
    ///
    /// @param stock how many wait, 1 to 256
    /// @param jvmOptions of each of them
    /// @return the context, to be closed by the caller
    /// @throws IllegalArgumentException if the number is out of its range
    public static ProcessContext standby(int stock, String... jvmOptions) {
        return standby(stock, null, List.of(jvmOptions));
    }

    /// A context with a stock of started JVMs that have another class path than this one; see [#classPath].
    ///
    /// @param stock how many wait, 1 to 256
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
                StartMethod.STANDBY, false, new Standby(stock, jvmOptions, classPath), classPath, false);
    }

    /// A context that starts JVMs as this one does, with another class path than this JVM has. Where this JVM found its
    /// classes other than by its class path, as in a plugin or a web server, children need one that is named. (Programs
    /// that Spring Boot has packed need none: their children find the classes as they did.)
    ///
    /// @param wish files and folders, separated by colons: Sluice, what it needs, and the classes of the tasks
    /// @return another context
    /// @throws IllegalStateException if this one has a stock of JVMs, which run already
    public ProcessContext classPath(String wish) {
        Objects.requireNonNull(wish, "classPath");
        if (stock != null) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already; give them the class path when they"
                    + " are started, by ProcessContext.standbyWithClassPath(n, classPath)").formatted(this));
        }
        return new ProcessContext(method, archive, null, wish, inherits);
    }

    /// A context by the name of its method, with its usual settings.
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

    /// The context of [JavaProcess#start(Action)] and of pools that name none: [#spawn()], unless it was set.
    ///
    /// @return the context
    public static synchronized ProcessContext usual() {
        if (usual == null) {
            usual = spawn();
        }
        return usual;
    }

    /// Sets the context for everybody, once and before it was used.
    ///
    /// @param context the context
    /// @throws IllegalStateException if it was set, or used, before
    public static synchronized void setUsual(ProcessContext context) {
        Objects.requireNonNull(context, "context");
        if (usual != null) {
            throw new IllegalStateException(("the usual start method is %s already, set or used before; set it once, at"
                    + " the start of main, or use a context of your own").formatted(usual.method));
        }
        usual = context;
    }

    /// A context like this one, whose processes have the options of this JVM: see [#inheritableJvmOptions()]. Options
    /// of a builder come behind them, and win. Without it a child has none of them, only its own, and what the
    /// environment variable `JAVA_TOOL_OPTIONS` says to every JVM.
    ///
    /// @return another context
    /// @throws IllegalStateException if this one has a stock of JVMs, which run already
    public ProcessContext inheritJvmOptions() {
        if (stock != null) {
            throw new IllegalStateException(("%s: the JVMs of a stock run already; give them the options when they are"
                    + " started, by ProcessContext.standby(n,"
                    + " ProcessContext.inheritableJvmOptions().toArray(String[]::new))").formatted(this));
        }
        return new ProcessContext(method, archive, null, classPath, true);
    }

    /// The options of this JVM's command line that a child can have as well: heap and other `-X` and `-XX` options,
    /// system properties (`-D`), `--add-opens` and the like, assertions. Left out are agents and debuggers, ports of
    /// remote management, recordings, archives, and log files without `%p`, the process id, in their names: what one
    /// JVM alone can have; and the class path, which a child has in any case.
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

    /// How many JVMs of the stock are ready to take an order at once.
    ///
    /// @return the number; 0 if there is no stock
    public int ready() {
        return stock == null ? 0 : stock.ready();
    }

    /// Starts a process on a task, with the usual name and settings.
    ///
    /// @param task what it does
    /// @return the process, running
    /// @throws io.sluice.core.codec.CodecException if the task cannot travel; names what cannot
    public JavaProcess start(Action task) {
        return builder(task).start();
    }

    /// A process with settings of its own.
    ///
    /// @param task what it does
    /// @return a builder
    public JavaProcess.Builder builder(Action task) {
        return new JavaProcess.Builder(this, task);
    }

    Standby stock() {
        return stock;
    }

    /// The class path of its JVMs, or null for that of this one.
    String classPath() {
        return classPath;
    }

    boolean archive() {
        return archive;
    }

    /// Ends the JVMs of the stock. A second call does nothing.
    @Override
    public void close() {
        if (stock != null) {
            stock.close();
        }
    }

    /// Method and stock, for people.
    @Override
    public String toString() {
        return "ProcessContext[%s%s]".formatted(method, archive ? ", archive" : "");
    }
}
