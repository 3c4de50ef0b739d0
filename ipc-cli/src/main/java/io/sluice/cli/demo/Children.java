package io.sluice.cli.demo;

import io.sluice.core.error.SluiceException;
import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A temporary space, and the JVMs that work in it. When this process ends, also by a signal, they end too, and nothing
/// is left.
final class Children implements AutoCloseable {
    private static final long END_TIMEOUT_SECONDS = 5;
    /// Exit codes after SIGHUP, SIGINT and SIGTERM.
    private static final Set<Integer> CODES_OF_SIGNALS = Set.of(129, 130, 143);
    private static final long GRACE_MILLIS = TimeUnit.SECONDS.toMillis(END_TIMEOUT_SECONDS);

    private final SharedSpace space;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::endAll);
    private boolean ended;

    /// @param spaceName of the new space; the id of this process is added
    Children(String spaceName) {
        space = SharedSpace.openTemporary("%s-%s".formatted(spaceName, ProcessHandle.current().pid()));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    SharedSpace space() {
        return space;
    }

    /// Starts a JVM like this one, with the same class path, and the same standard output and error.
    ///
    /// @param name for messages
    /// @param main gets the name of the space as its first argument
    /// @param arguments further arguments
    synchronized Process start(String name, Class<?> main, Object... arguments) {
        if (ended) {
            throw new IllegalStateException("the demonstration is ending");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData"));
        if (System.getProperty("sluice.home") != null) {
            command.add("-Dsluice.home=" + System.getProperty("sluice.home"));
        }
        if (main.getModule().isNamed()) {
            command.addAll(List.of(
                    "--enable-native-access=io.sluice.shm",
                    "--module-path", System.getProperty("jdk.module.path"),
                    "--module", main.getModule().getName() + "/" + main.getName()));
        } else {
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--class-path", System.getProperty("java.class.path"),
                    main.getName()));
        }
        command.add(space.name());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            processes.put(name, process);
            return process;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Throws if one of them has failed.
    void check() throws InterruptedException {
        for (Process process : processes.values()) {
            if (!process.isAlive() && CODES_OF_SIGNALS.contains(process.exitValue())) {
                Thread.sleep(GRACE_MILLIS);      // this process probably got the signal as well, and ends meanwhile
            }
        }
        refuseFailures();
    }

    private synchronized void refuseFailures() {
        processes.forEach((name, process) -> {
            if (!ended && !process.isAlive() && process.exitValue() != 0) {
                throw new SluiceException("the %s (process %d) exited with code %d; the demonstration ends"
                        .formatted(name, process.pid(), process.exitValue()));
            }
        });
    }

    /// Waits until one of them has ended.
    void await(Process process) throws InterruptedException {
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
            check();
        }
        check();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            for (;;) {
                LockSupport.park();      // the hook does the rest, and ends this thread with the process
            }
        }
        endAll();
    }

    private synchronized void endAll() {
        ended = true;
        try {
            processes.values().forEach(Process::destroy);
            for (Process process : processes.values()) {
                if (!process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException hurry) {
            processes.values().forEach(Process::destroyForcibly);
            Thread.currentThread().interrupt();
        } finally {
            space.close();
        }
    }
}
