package io.sluice.pool.process;

import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.Waitable;
import io.sluice.pool.log.StandardError;
import io.sluice.pool.task.Action;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Pidfd;
import io.sluice.shm.linux.SignalCalls;
import io.sluice.shm.object.KeptObjects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A JVM that runs one [Action]: a process with the class path of this one.
///
/// ```java
/// try (var process = JavaProcess.start(() -> System.out.println("hello from " + ProcessHandle.current().pid()))) {
///     Exit exit = process.join();              // Returned(0), Killed(9), Failed("java.io.IOException", ...)
/// }
/// ```
///
/// The task is copied to the new process, with what it captures: queues, locks, arrays and the other shared objects
/// open themselves there. The process has no options of this JVM (`-Xmx`, `-D`, `--add-opens`, ...), except by
/// [Builder#inheritJvmOptions()], and without `-Xmx` its heap may take a quarter of the memory. The process ends when
/// the task has returned and all threads that it started have ended, except daemon threads.
///
/// - **Threads:** any.
/// - **Blocking:** [#join()] and the timed one wait, and `close` never; a start takes a few milliseconds, while the new
///   JVM comes up in the background.
/// - **Shared objects** that the task captured stay open until the child has opened them, even if this process closes
///   them meanwhile. A child that returns closes them, once its other threads have ended: it is no longer a party of a
///   barrier, an end of a pipe or a holder of a lock. A child that fails, or ends by `System.exit` or a signal, has
///   died for the processes that share them with it.
/// - **Death of the child**, by any cause, is an [Exit].
/// - **End of this process** by return or `System.exit`: daemon children get SIGTERM, and SIGKILL eight seconds later,
///   and the others are waited for. By SIGTERM or another signal: the same, but the others go on running, with a line
///   on standard error. By SIGKILL or a crash: daemon children leave, the others go on. No child stays a zombie.
/// - **Signals:** SIGTERM ([#terminate()]), SIGINT ([#interrupt()]) and SIGHUP end a JVM in order, and its shutdown
///   hooks run; SIGKILL ([#kill()]) does not. The children of a killed process are not killed with it.
/// - **Errors:** `IllegalStateException` for a call that is invalid before the start; [ClosedException] after
///   [#close()].
public final class JavaProcess implements Waitable, AutoCloseable {
    private final ProcessContext context;
    private final ProcessOptions options;
    private final ProcessInfo info;          // its pid is unknown before the start
    private final boolean owned;
    private final byte[] task;
    /// Shared objects that the task captured, kept until the child has opened them, or has ended.
    private final KeptObjects kept;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private Process process;
    private Control control;
    private Pidfd pidfd;
    private boolean closed;

    /// The states of a process.
    public enum State {
        /// Not started.
        INITIAL,
        /// Running.
        STARTED,
        /// Ended.
        STOPPED
    }

    /// The settings of a new process.
    ///
    /// - **Threads:** one.
    public static final class Builder {
        private final ProcessContext context;
        private final Action task;
        private final List<String> jvmOptions = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private String name;
        private String classPath;
        private Path directory;
        private boolean daemon = CurrentProcess.isDaemon();
        private boolean inherits;
        private boolean owned;
        private Redirect input = ProcessOptions.USUAL.input();
        private Redirect output = ProcessOptions.USUAL.output();
        private Redirect error = ProcessOptions.USUAL.error();

        Builder(ProcessContext context, Action task) {
            this.context = context;
            this.task = Objects.requireNonNull(task, "task");
            this.inherits = context.inheritsJvmOptions();
        }

        /// Names it; the default is `Process-1` and so on.
        ///
        /// @param processName for people
        /// @return this
        public Builder name(String processName) {
            name = Objects.requireNonNull(processName, "name");
            return this;
        }

        /// Makes it leave when this process dies, and stop when this process ends. The default is the flag of this
        /// process.
        ///
        /// @param flag true for a daemon
        /// @return this
        public Builder daemon(boolean flag) {
            daemon = flag;
            return this;
        }

        /// Gives it the options of this JVM: see [ProcessContext#inheritableJvmOptions()]. Those of [#jvmOptions] come
        /// behind them, and win.
        ///
        /// @return this
        public Builder inheritJvmOptions() {
            inherits = true;
            return this;
        }

        /// Leaves its end to its owner: when this process ends in order, the owner ends it in a shutdown hook of its
        /// own. A daemon still leaves when this process is dead.
        ///
        /// @param hasOwner the default is false: a daemon is stopped, any other process is waited for
        /// @return this
        public Builder endedByOwner(boolean hasOwner) {
            owned = hasOwner;
            return this;
        }

        /// Adds options of the JVM. They win over those of Sluice: the serial collector, no performance data in `/tmp`.
        /// A process has no options of this JVM, such as `-Xmx`, `-D` and `--add-opens`, except by
        /// [#inheritJvmOptions()].
        ///
        /// @param more such as `-Xmx64m`
        /// @return this
        public Builder jvmOptions(String... more) {
            jvmOptions.addAll(List.of(more));
            return this;
        }

        /// Adds an environment variable to those of this process.
        ///
        /// @param variable its name
        /// @param value its value
        /// @return this
        /// @throws IllegalArgumentException if Linux cannot have such a variable: a name with `=`, or a zero character
        public Builder environment(String variable, String value) {
            if (variable.isEmpty() || variable.indexOf('=') >= 0 || (variable + value).indexOf('\0') >= 0) {
                throw new IllegalArgumentException(("process: '%s' is no environment variable; a name is not empty and"
                        + " has no '=', and neither it nor its value has a zero character").formatted(variable));
            }
            environment.put(variable, Objects.requireNonNull(value, "value"));
            return this;
        }

        /// Gives it another class path than that of this process. It must contain Sluice and the classes of the task.
        ///
        /// @param path files and folders, separated by colons
        /// @return this
        public Builder classPath(String path) {
            classPath = Objects.requireNonNull(path, "classPath");
            return this;
        }

        /// Starts it in another working directory.
        ///
        /// @param folder the directory
        /// @return this
        public Builder directory(Path folder) {
            directory = Objects.requireNonNull(folder, "directory");
            return this;
        }

        /// Sets the source of its standard input. The default is empty input, `/dev/null`.
        ///
        /// @param from `Redirect.INHERIT`, a file, or `Redirect.PIPE` for [JavaProcess#stdin()]
        /// @return this
        public Builder stdin(Redirect from) {
            input = Objects.requireNonNull(from, "from");
            return this;
        }

        /// Sets the target of its standard output. The default is that of this process.
        ///
        /// @param to `Redirect.INHERIT`, `Redirect.DISCARD`, a file, or `Redirect.PIPE` for [JavaProcess#stdout()]
        /// @return this
        public Builder stdout(Redirect to) {
            output = Objects.requireNonNull(to, "to");
            return this;
        }

        /// Sets the target of its standard error. The default is that of this process.
        ///
        /// @param to `Redirect.INHERIT`, `Redirect.DISCARD`, a file, or `Redirect.PIPE` for [JavaProcess#stderr()]
        /// @return this
        public Builder stderr(Redirect to) {
            error = Objects.requireNonNull(to, "to");
            return this;
        }

        /// Makes the process without starting it. The task is copied now: the process does not see later changes of its
        /// objects.
        ///
        /// @return the process
        /// @throws io.sluice.core.codec.CodecException if the task cannot travel; names the part that cannot
        /// @throws IllegalArgumentException if a new JVM would not find the class of the task
        /// @throws IllegalStateException if the context has a stock of JVMs, which cannot have settings of their own
        public JavaProcess build() {
            CommandLine.checkLoadable(task.getClass(), classPath != null ? classPath : context.classPath());
            List<String> all = new ArrayList<>(inherits ? ProcessContext.inheritableJvmOptions() : List.of());
            all.addAll(jvmOptions);
            ProcessOptions options = new ProcessOptions(List.copyOf(all), Map.copyOf(environment),
                    classPath != null || context.stock() != null ? classPath : context.classPath(),
                    directory, input, output, error);
            if (context.stock() != null && !options.equals(ProcessOptions.USUAL)) {
                throw new IllegalStateException(("%s: the JVMs of a stock run already, so this process can have no JVM"
                        + " options, environment, class path, directory or streams of its own; give options and class"
                        + " path to the context, or use ProcessContext.spawn()").formatted(context));
            }
            KeptObjects kept = new KeptObjects();
            byte[] encoded = TaskBytes.encode(task, kept);
            return new JavaProcess(
                    context, options, new ProcessInfo(name != null ? name : CurrentProcess.nextName(), 0, daemon),
                    owned, encoded, kept);
        }

        /// Makes the process and starts it.
        ///
        /// @return the process
        /// @throws io.sluice.core.codec.CodecException if the task cannot travel; names the part that cannot
        /// @throws UncheckedIOException if the system starts no process
        public JavaProcess start() {
            JavaProcess built = build();
            boolean started = false;
            try {
                built.start();
                started = true;
                return built;
            } finally {
                if (!started) {
                    built.kept.close();
                }
            }
        }
    }

    private JavaProcess(
            ProcessContext context, ProcessOptions options, ProcessInfo info, boolean owned, byte[] task,
            KeptObjects kept) {
        this.context = context;
        this.options = options;
        this.info = info;
        this.owned = owned;
        this.task = task;
        this.kept = kept;
    }

    /// Starts a process on a task in the default context, see [ProcessContext#usual()].
    ///
    /// @param task its work
    /// @return the process, running
    /// @throws io.sluice.core.codec.CodecException if the task cannot travel; names the part that cannot
    /// @throws UncheckedIOException if the system starts no process
    public static JavaProcess start(Action task) {
        return builder(task).start();
    }

    /// Begins a process of the default context, with settings of its own.
    ///
    /// @param task its work
    /// @return a builder
    public static Builder builder(Action task) {
        return new Builder(ProcessContext.usual(), task);
    }

    /// The live processes that this one has started.
    ///
    /// @return a snapshot, by process id
    public static List<JavaProcess> children() {
        return Children.alive();
    }

    /// This process.
    ///
    /// @return its name, pid and daemon flag
    public static ProcessInfo current() {
        return CurrentProcess.process();
    }

    /// The process that started this one.
    ///
    /// @return empty if this one was not started by [JavaProcess]
    public static Optional<ProcessInfo> parent() {
        return CurrentProcess.parent();
    }

    /// Makes this process ignore SIGINT: Ctrl-C signals every process of the terminal, and a process whose parent ends
    /// it in order needs no signal.
    public static void ignoreInterruptSignal() {
        SignalCalls.ignore(Signals.INT);
    }

    /// Starts it, once.
    ///
    /// @throws IllegalStateException if it was started before
    /// @throws UncheckedIOException if the system starts no process
    public synchronized void start() {
        checkNotClosed();
        if (process != null) {
            throw new IllegalStateException("process '%s' was started before; build another one".formatted(name()));
        }
        Control.Order order = new Control.Order(
                info.name(), info.daemon(), CurrentProcess.process(), !kept.isEmpty(), StandardError.threshold(), task);
        try {
            Standby stock = context.stock();
            Launcher.Launched waiting = stock == null ? null : stock.take();
            if (waiting != null) {
                adopt(waiting, () -> waiting.control().give(order));
            } else {
                adopt(stock != null ? stock.launch(order) : new Launcher(options, true).launch(order), () -> {});
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("process '%s': the system started no JVM; %s".formatted(
                    name(), refused.getMessage()), refused);
        }
    }

    /// Takes a launched JVM for this process. If that fails, discards the JVM: then nothing was started.
    private void adopt(Launcher.Launched launched, Runnable giveOrder) {
        boolean adopted = false;
        try {
            CompletableFuture<Process> end = launched.process().onExit();
            giveOrder.run();
            pidfd = open(launched.process().pid());
            Children.add(this);
            process = launched.process();
            control = launched.control();
            if (!kept.isEmpty()) {
                Thread.ofVirtual().name("sluice-start-watch").start(() -> releaseOnceItRuns(launched.control()));
            }
            var _ = end.thenAccept(ended -> ended(launched.control(), ended.exitValue()));
            adopted = true;
        } finally {
            if (!adopted) {
                process = null;
                Children.remove(this);
                closePidfd();
                launched.discard();
            }
        }
    }

    private void releaseOnceItRuns(Control control) {
        try {
            control.awaitRunning();
            kept.close();
        } catch (InterruptedException | RuntimeException | Error notNow) {
            // Then they are released when the child has ended.
        }
    }

    /// A descriptor of a process; null if it has ended already.
    private static Pidfd open(long pid) {
        try {
            return Pidfd.of(pid);
        } catch (SystemCallException gone) {
            return null;
        }
    }

    /// Releases everything first, since stages that depend on the exit may take long. All waiters for the end are
    /// woken, also if a step fails here.
    private void ended(Control control, int exitValue) {
        Exit how = new Exit.Returned(exitValue);
        try (control; kept) {
            how = exitOf(control, exitValue, waitStatus());
            closePidfd();
        } catch (RuntimeException | Error unreadable) {
            // Then the exit is that of the JDK, or the one read before.
        } finally {
            Children.remove(this);
            exit.complete(how);
        }
    }

    private synchronized int waitStatus() {
        return pidfd == null ? Pidfd.UNKNOWN : pidfd.waitStatus();
    }

    private synchronized void closePidfd() {
        if (pidfd != null) {
            pidfd.close();
            pidfd = null;
        }
    }

    /// How it ended: by its own report first, then by the kernel's. Without either, a code above 128 without any sign
    /// of an orderly exit is taken for a signal.
    static Exit exitOf(Control control, int exitValue, int waitStatus) {
        Exit.Failed failed = control.failure();
        if (failed != null && exitValue == 1) {
            return failed;
        }
        int signal = exitValue - Signals.EXIT_CODE_BASE;
        if (signal > 0 && (control.signal() == signal || control.phase() <= Control.STARTED)) {
            return new Exit.Killed(signal);
        }
        int killer = waitStatus == Pidfd.UNKNOWN ? 0 : waitStatus & 0x7F;
        if (killer == 0 && control.signal() == Signals.BY_RETURN && Signals.endsJvm(signal)) {
            return new Exit.Returned(0);     // a signal came during the return, and its exit code won
        }
        if (waitStatus != Pidfd.UNKNOWN) {
            return killer != 0 ? new Exit.Killed(killer) : new Exit.Returned((waitStatus >> Byte.SIZE) & 0xFF);
        }
        return signal > 0 && control.phase() != Control.EXITING
                ? new Exit.Killed(signal)
                : new Exit.Returned(exitValue);
    }

    // Waiting.

    /// Waits until it has ended.
    ///
    /// @return how it ended
    /// @throws InterruptedException if interrupted while waiting; the process goes on
    public Exit join() throws InterruptedException {
        checkStarted();
        try {
            return exit.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("process '%s'".formatted(name()), impossible.getCause());
        }
    }

    /// Waits until it has ended, at most for a given time.
    ///
    /// @param timeout longest wait; zero or less does not wait
    /// @param unit of the time-out
    /// @return whether it has ended
    /// @throws InterruptedException if interrupted while waiting; the process goes on
    public boolean join(long timeout, TimeUnit unit) throws InterruptedException {
        checkStarted();
        try {
            var _ = exit.get(Math.max(0, timeout), unit);
            return true;
        } catch (TimeoutException running) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("process '%s'".formatted(name()), impossible.getCause());
        }
    }

    /// Ready if it has ended.
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return join(timeout, unit);
    }

    /// How it ended, if it has. Never blocks.
    ///
    /// @return empty before the start and while it runs
    public Optional<Exit> exit() {
        return Optional.ofNullable(exit.getNow(null));
    }

    /// A future of its exit. Cancelling or completing that future does not affect the process.
    ///
    /// @return a new future
    public CompletableFuture<Exit> onExit() {
        return exit.copy();
    }

    // Properties.

    /// The name of the process.
    ///
    /// @return the name
    public String name() {
        return info.name();
    }

    /// Whether it leaves when this process dies.
    ///
    /// @return true for a daemon
    public boolean isDaemon() {
        return info.daemon();
    }

    boolean isOwned() {
        return owned;
    }

    /// Its process id.
    ///
    /// @return the id
    /// @throws IllegalStateException before the start
    public long pid() {
        return started().pid();
    }

    /// The handle of the JDK.
    ///
    /// @return the handle
    /// @throws IllegalStateException before the start
    public ProcessHandle handle() {
        return started().toHandle();
    }

    /// Whether it runs.
    ///
    /// @return false before the start and after the end
    /// @throws IllegalStateException after [#close]; [#state] still answers then
    public synchronized boolean isAlive() {
        checkNotClosed();
        return state() == State.STARTED;
    }

    /// The state of the process.
    ///
    /// @return the state
    public synchronized State state() {
        if (process == null) {
            return State.INITIAL;
        }
        return exit.isDone() ? State.STOPPED : State.STARTED;
    }

    /// Its standard input, if it was redirected to a pipe.
    ///
    /// @return a stream to write to
    public OutputStream stdin() {
        return started().getOutputStream();
    }

    /// Its standard output, if it was redirected to a pipe.
    ///
    /// @return a stream to read from
    public InputStream stdout() {
        return started().getInputStream();
    }

    /// Its standard error, if it was redirected to a pipe.
    ///
    /// @return a stream to read from
    public InputStream stderr() {
        return started().getErrorStream();
    }

    // Ending it.

    /// Asks it to end in order, with SIGTERM: its shutdown hooks run, its own daemon children end with it, and its
    /// other children go on. If its JVM is still coming up, it ends as soon as that is done. No effect after its end.
    /// Does not wait.
    public void terminate() {
        Process running = started();
        // A JVM that gets SIGTERM while it comes up prints that on standard output.
        if (!control.tellToLeave(Signals.TERM)) {
            var _ = running.toHandle().destroy();
        }
    }

    /// Interrupts it with SIGINT, as Ctrl-C does: it ends as by [#terminate()], unless it ignores that signal
    /// ([#ignoreInterruptSignal()]). It inherits that from this program, if a script has started it in the background.
    /// If its JVM is still coming up, it ends as soon as that is done. No effect after its end. Does not wait.
    public void interrupt() {
        var _ = started();
        if (!control.tellToLeave(Signals.INT)) {
            var _ = signal(Signals.INT);
        }
    }

    /// Ends it at once, with SIGKILL. No effect after its end.
    public void kill() {
        var _ = started().toHandle().destroyForcibly();
    }

    /// Sends it a signal; never to another process that has got its id meanwhile.
    ///
    /// @param number of the signal, 1 to 64
    /// @return whether it still ran and got the signal
    /// @throws IllegalArgumentException if there is no such signal
    public synchronized boolean signal(int number) {
        if (number < 1 || number > Signals.HIGHEST) {
            throw new IllegalArgumentException(
                    "process '%s': signal %d is not between 1 and %d".formatted(name(), number, Signals.HIGHEST));
        }
        var _ = started();
        return pidfd != null && pidfd.signal(number);
    }

    /// Releases the process after its end. A second call does nothing.
    ///
    /// @throws IllegalStateException if it still runs: join or end it first
    @Override
    public synchronized void close() {
        if (state() == State.STARTED) {
            throw new IllegalStateException(("process '%s' (%d) runs; join it, or terminate and join it, before it is"
                    + " closed").formatted(name(), process.pid()));
        }
        closed = true;
        if (process == null) {
            kept.close();        // it was never started
        }
    }

    private synchronized Process started() {
        checkStarted();
        return process;
    }

    private synchronized void checkStarted() {
        checkNotClosed();
        if (process == null) {
            throw new IllegalStateException("process '%s' was not started; start it first".formatted(name()));
        }
    }

    private void checkNotClosed() {
        if (closed) {
            throw new ClosedException("process '%s' was closed".formatted(name()));
        }
    }

    /// Name, pid and state, for people.
    @Override
    public synchronized String toString() {
        String how = switch (state()) {
            case INITIAL -> "initial";
            case STARTED -> "pid %d, started".formatted(process.pid());
            case STOPPED -> "pid %d, stopped: %s".formatted(process.pid(), exit.join());
        };
        return "JavaProcess[%s, %s%s]".formatted(name(), how, info.daemon() ? ", daemon" : "");
    }
}
