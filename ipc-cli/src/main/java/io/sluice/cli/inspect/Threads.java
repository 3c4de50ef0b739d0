package io.sluice.cli.inspect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The threads of JVMs by their ids, as `jcmd PID Thread.print` tells them. That stops the JVM for an instant, so it is
/// done on demand alone. It works for JVMs of this user and this pid namespace, unless they disable attaching.
final class Threads {
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MOST_FRAMES = 12;

    private final Map<Long, Map<Long, Shown>> byProcess = new HashMap<>();

    /// A thread.
    ///
    /// @param name its name
    /// @param stack its youngest frames, but for those below the call of a lock
    record Shown(String name, List<String> stack) {}

    /// A thread of a process.
    ///
    /// @param pid process id
    /// @param thread id in it, as `Thread.threadId()` tells it
    /// @return null if it is not known
    Shown find(long pid, long thread) {
        return byProcess.computeIfAbsent(pid, Threads::read).get(thread);
    }

    private static Map<Long, Shown> read(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (pid <= 0 || !Files.isExecutable(jcmd)) {
            return Map.of();
        }
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "Thread.print")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            // A JVM that is stopped never answers; the end of jcmd ends the reading.
            CompletableFuture<Void> _ = process.onExit().completeOnTimeout(process, TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .thenAccept(Process::destroyForcibly);
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                return parse(lines.lines().toList());
            }
        } catch (IOException | RuntimeException refused) {
            return Map.of();
        }
    }

    /// Reads a dump.
    ///
    /// @param lines of it: `"name" #33 [4711] prio=5 ...`, and behind it frames that begin with a tab
    /// @return the threads by id
    static Map<Long, Shown> parse(List<String> lines) {
        Map<Long, Shown> threads = new HashMap<>();
        List<String> stack = new ArrayList<>();
        for (String line : lines) {
            int end = line.startsWith("\"") ? line.indexOf("\" #") : -1;
            if (end > 0) {
                int from = end + 3;
                int to = from;
                while (to < line.length() && Character.isDigit(line.charAt(to))) {
                    to++;
                }
                stack = new ArrayList<>();
                if (to > from && to - from < 19) {
                    threads.put(Long.parseLong(line.substring(from, to)), new Shown(line.substring(1, end), stack));
                }
            } else if (line.startsWith("\tat ") && stack.size() < MOST_FRAMES && !isInner(line.substring(4))) {
                stack.add(line.substring(4));
            }
        }
        return threads;
    }

    /// Whether a frame is of the machinery of a wait, and not of the code that waits.
    private static boolean isInner(String frame) {
        return frame.startsWith("java.lang.invoke.") || frame.startsWith("jdk.internal.")
                || frame.startsWith("io.sluice.core.") || frame.startsWith("io.sluice.shm.linux.");
    }
}
