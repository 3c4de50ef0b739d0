package io.sluice.shm;

import io.sluice.core.crash.CrashPoint;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Another JVM that does jobs, each in a thread of its own, and that can be killed and stopped.
public final class Peer implements Party {
    private static final long WATCHDOG_SECONDS = 60;
    private static final Deque<Peer> STARTED = new ArrayDeque<>();

    private final Process process;
    private final DataOutputStream jobs;
    private final Map<Integer, Reply<Object>> replies = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final CompletableFuture<Long> diesAt = new CompletableFuture<>();
    private volatile boolean killed;

    private Peer() {
        List<String> line = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PeerMain.class.getName());
        try {
            process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            jobs = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        Thread.ofPlatform().daemon().name("peer-" + process.pid()).start(this::listen);
    }

    /// A running JVM. The next one is started at once, so that it is warm when it is needed.
    ///
    /// @return a JVM that no other caller has
    public static Peer fresh() {
        synchronized (STARTED) {
            Peer peer = STARTED.isEmpty() ? new Peer() : STARTED.removeFirst();
            STARTED.addLast(new Peer());
            return peer;
        }
    }

    private void listen() {
        try (DataInputStream answers = new DataInputStream(process.getInputStream())) {
            for (;;) {
                byte[] bytes = new byte[answers.readInt()];
                answers.readFully(bytes);
                receive((PeerMain.Answer) PeerMain.fromBytes(bytes));
            }
        } catch (EOFException gone) {
            fail(new PeerGoneException(pid()));
        } catch (IOException | ClassNotFoundException broken) {
            fail(killed ? new PeerGoneException(pid()) : broken);     // a kill closes this end as well
        }
    }

    private void receive(PeerMain.Answer answer) {
        if (answer.job() == PeerMain.DYING) {
            diesAt.complete((Long) answer.value());
            return;
        }
        Reply<Object> reply = replies.get(answer.job());
        switch (answer.what()) {
            case TOLD -> reply.events.add(answer.value());
            case DONE -> {
                reply.answer.complete(answer.value());
                replies.remove(answer.job());
            }
            case FAILED -> {
                reply.answer.completeExceptionally((Throwable) answer.value());
                replies.remove(answer.job());
            }
        }
    }

    private void fail(Throwable why) {
        replies.values().forEach(reply -> reply.answer.completeExceptionally(why));
    }

    @Override
    @SuppressWarnings("unchecked") // the answer is what the job returns
    public <T> Reply<T> start(Job<T> job) {
        Reply<Object> reply = new Reply<>();
        int number = next.getAndIncrement();
        replies.put(number, reply);
        try {
            byte[] order = PeerMain.toBytes(new PeerMain.Order(number, job));
            synchronized (jobs) {
                jobs.writeInt(order.length);
                jobs.write(order);
                jobs.flush();
            }
        } catch (NotSerializableException cannotTravel) {
            throw new IllegalArgumentException("the job captures something that cannot travel", cannotTravel);
        } catch (IOException gone) {
            reply.answer.completeExceptionally(new PeerGoneException(pid()));
        }
        return (Reply<T>) reply;
    }

    /// Makes it kill itself at a step.
    ///
    /// @param point the step
    /// @param hit at which hit from now on, 1 for the next
    public void dieAt(CrashPoint point, int hit) {
        call(desk -> {
            PeerMain.arm(point, hit, PeerMain.SIGKILL);
            return null;
        });
    }

    /// Makes it stop itself at a step.
    ///
    /// @param point the step
    /// @param hit at which hit from now on, 1 for the next
    public void stopAt(CrashPoint point, int hit) {
        call(desk -> {
            PeerMain.arm(point, hit, PeerMain.SIGSTOP);
            return null;
        });
    }

    /// Its process.
    ///
    /// @return process id
    public long pid() {
        return process.pid();
    }

    /// Whether it lives.
    ///
    /// @return whether
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Kills it with SIGKILL, without waiting.
    ///
    /// @return when, on the clock of [System#nanoTime]
    public long kill() {
        killed = true;
        long now = System.nanoTime();
        process.destroyForcibly();
        return now;
    }

    /// Waits until it has killed itself at the step given to [#dieAt].
    ///
    /// @return when, on the clock of [System#nanoTime], which all processes share
    public long awaitSelfKill() {
        try {
            long when = diesAt.get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            int code = awaitDeath();
            if (code != 128 + PeerMain.SIGKILL) {
                throw new AssertionError("exit code " + code);
            }
            return when;
        } catch (Exception never) {
            throw new AssertionError("process %d did not kill itself".formatted(pid()), never);
        }
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code
    public int awaitDeath() {
        try {
            if (!process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("process %d does not end".formatted(pid()));
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Waits until it is stopped by SIGSTOP.
    public void awaitStop() {
        long start = System.nanoTime();
        while (state() != 'T') {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS)) {
                throw new AssertionError("process %d does not stop".formatted(pid()));
            }
            Thread.onSpinWait();
        }
    }

    private char state() {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
            return line.charAt(line.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'X';
        }
    }

    /// Stops it with SIGSTOP, wherever it is, and waits until it stands still.
    public void stop() {
        PeerMain.signal(pid(), PeerMain.SIGSTOP);
        awaitStop();
    }

    /// Resumes it after a stop.
    public void resume() {
        PeerMain.signal(pid(), PeerMain.SIGCONT);
    }

    /// Leaves its spaces.
    public void leave() {
        call(desk -> {
            desk.close();
            return null;
        });
    }

    /// Kills it, and waits until it has ended.
    @Override
    public void close() {
        kill();
        awaitDeath();
    }

    /// Thrown to each caller whose job did not answer before its process ended.
    public static final class PeerGoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PeerGoneException(long pid) {
            super("process %d is gone".formatted(pid));
        }
    }
}
