package io.sluice.shm;

import io.sluice.core.crash.CrashPoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;

/// What runs in a [Peer]: jobs come in by standard input, answers go out by standard output, each in one write, so that
/// a death loses no answer that was written.
final class PeerMain {
    static final int SIGKILL = 9;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;
    /// Stands for a job in the last message of a process that kills itself.
    static final int DYING = -1;

    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);
    private static final MethodHandle KILL = handle("kill", 2);
    private static final MethodHandle RAISE = handle("raise", 1);
    private static final Desk DESK = new Desk();

    enum What { TOLD, DONE, FAILED }

    record Order(int number, Job<?> job) implements Serializable {}

    record Answer(int job, What what, Object value) implements Serializable {}

    private PeerMain() {}

    /// Does jobs until standard input ends.
    ///
    /// @param arguments none
    /// @throws Exception if the input cannot be read
    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err);   // the answers have standard output for themselves
        try (DataInputStream orders = new DataInputStream(System.in)) {
            for (;;) {
                byte[] bytes = new byte[orders.readInt()];
                orders.readFully(bytes);
                Order order = (Order) fromBytes(bytes);
                Thread.ofPlatform().daemon().start(() -> perform(order));
            }
        } catch (java.io.EOFException end) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void perform(Order order) {
        int number = order.number();
        Desk.EVENTS.set(event -> send(new Answer(number, What.TOLD, event)));
        try {
            Object value = order.job().run(DESK);
            send(new Answer(number, What.DONE, value));
        } catch (Throwable thrown) {
            send(new Answer(number, What.FAILED, thrown));
        } finally {
            Points.forget(Thread.currentThread());
        }
    }

    private static void send(Answer answer) {
        try {
            byte[] bytes;
            try {
                bytes = toBytes(answer);
            } catch (NotSerializableException refused) {
                bytes = toBytes(new Answer(answer.job(), What.FAILED, refused));
            }
            ByteArrayOutputStream framed = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(framed)) {
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            synchronized (OUT) {
                OUT.write(framed.toByteArray());
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    static byte[] toBytes(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    static Object fromBytes(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        }
    }

    /// Sends itself a signal at a step.
    static void arm(CrashPoint at, int hit, int signal) {
        AtomicInteger left = new AtomicInteger(hit);
        Points.followAll(point -> {
            if (point == at && left.decrementAndGet() == 0) {
                if (signal == SIGKILL) {
                    send(new Answer(DYING, What.TOLD, System.nanoTime()));
                }
                raise(signal);
            }
        });
    }

    @SuppressWarnings("restricted") // tests run with native access
    private static MethodHandle handle(String function, int arguments) {
        Linker linker = Linker.nativeLinker();
        MemoryLayout[] ints = Collections.nCopies(arguments, ValueLayout.JAVA_INT).toArray(MemoryLayout[]::new);
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(function), FunctionDescriptor.of(ValueLayout.JAVA_INT, ints));
    }

    /// Sends a signal to the current thread, so that a stop takes effect before this returns: one that is sent to the
    /// process may stop another thread first, while this one takes some more steps.
    private static void raise(int signal) {
        try {
            int result = (int) RAISE.invokeExact(signal);
            if (result != 0) {
                throw new AssertionError("raise(%d) failed".formatted(signal));
            }
        } catch (Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    static void signal(long pid, int signal) {
        try {
            int result = (int) KILL.invokeExact((int) pid, signal);
            if (result != 0) {
                throw new AssertionError("kill(%d, %d) failed".formatted(pid, signal));
            }
        } catch (Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
