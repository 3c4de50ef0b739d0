package io.sluice.pool.process;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Waiter;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.linux.MemoryFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// The memory shared by a parent and its child: the order goes to the child, its end is reported to the parent. Only
/// its path is on the command line, which other users cannot open, and which is gone after the death of the parent.
///
/// ```
///          0         4         8         12        16        20        24
///      0   +---------+---------+---------+---------+---------+---------+--------+
///          | magic   | standby | phase   | signal  | failure | leave   | parent |
///          +---------+---------+---------+---------+---------+---------+--------+
///     64   | events  | order   |          order: bytes of it, written last
///   4096   | failure: type, message, trace                             |
///  65536   | order: name, daemon, parent, kept, printed, task          |
///          +-----------------------------------------------------------+
/// ```
///
/// `magic`, `standby`, `leave`, `parent` (its pid) and the order are written by the parent, the rest by the child.
///
/// - **Threads:** any.
/// - **Death:** that of the child leaves what it wrote, for the parent to read; that of the parent removes the path.
final class Control implements AutoCloseable {
    /*
     * Both sides read and write with plain file calls, which delay a child's start less than a mapping and a native
     * call would. The page is mapped only if one side sleeps on it: a child of a stock that waits for its order, and a
     * parent that keeps what the task captured until the child has opened it.
     */
    // Values of phase(). In the first one the JVM is coming up, and would handle a signal itself.
    static final int NEW = 0;
    static final int STARTED = 1;
    /// It waits for its order, in a stock.
    static final int READY = 2;
    static final int RUNNING = 3;
    static final int EXITING = 4;

    private static final int MAGIC = 0x534C_5044;
    private static final int STANDBY_AT = 4;
    private static final int PHASE_AT = 8;
    private static final int SIGNAL_AT = 12;
    private static final int FAILURE_BYTES_AT = 16;
    private static final int LEAVE_AT = 20;
    private static final int PARENT_AT = 24;
    private static final int EVENTS_AT = 64;
    private static final int ORDER_BYTES_AT = 68;
    private static final int FAILURE_AT = 4096;
    private static final int ORDER_AT = 65536;
    private static final int LONGEST_FAILURE = ORDER_AT - FAILURE_AT;
    private static final int LONGEST_NAME = 1024;
    /// In characters, of which each is three bytes or less.
    private static final int LONGEST_ARGUMENT = 32_768;

    private final MemoryFile memory;
    private final RandomAccessFile file;
    private final List<MemoryFile> arguments = new ArrayList<>();
    private volatile MemorySegment page;
    private volatile boolean closed;

    private Control(MemoryFile memory, RandomAccessFile file) {
        this.memory = memory;
        this.file = file;
    }

    /// What a child is to do, and as which process.
    ///
    /// @param name of the child
    /// @param daemon whether it leaves when its parent dies
    /// @param parent the process that started it
    /// @param kept whether the parent keeps what the task captured until it is told that the child has it
    /// @param printed lowest severity of the messages that it prints on standard error
    /// @param task encoded
    @SuppressWarnings("ArrayRecordComponent") // no code compares orders
    record Order(String name, boolean daemon, ProcessInfo parent, boolean kept, int printed, byte[] task) {}

    /// Makes the memory, on the side of the parent.
    ///
    /// @param standby whether the child waits for an order, instead of starting with one
    static Control create(boolean standby) {
        MemoryFile memory = MemoryFile.create("sluice-process");
        RandomAccessFile file = null;
        boolean made = false;
        try {
            file = new RandomAccessFile(memory.path().toFile(), "rw");
            Control control = new Control(memory, file);
            file.setLength(ORDER_AT);
            control.putInt(STANDBY_AT, standby ? 1 : 0);
            control.putLong(PARENT_AT, ProcessHandle.current().pid());
            control.putInt(0, MAGIC);
            made = true;
            return control;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        } finally {
            if (!made) {
                close(memory, file);
            }
        }
    }

    /// Opens the memory, on the side of the child.
    ///
    /// @throws IOException if the parent is dead, or the path leads to another file
    static Control open(Path path) throws IOException {
        Control control = new Control(null, new RandomAccessFile(path.toFile(), "rw"));
        if (control.file.length() < ORDER_AT || control.getInt(0) != MAGIC) {
            control.close();
            throw new IOException(path + " holds no order of this release of Sluice");
        }
        return control;
    }

    Path path() {
        return memory.path();
    }

    /// An argument for the command line of the child, which takes no more than 128 KiB for each: a longer one, such as
    /// a class path of many jars, goes into a memory file of its own, which is closed with this one. The child's JVM
    /// reads it before it begins: `java @file`.
    synchronized String argument(String text) {
        if (text.length() <= LONGEST_ARGUMENT) {
            return text;
        }
        MemoryFile next = MemoryFile.create("sluice-argument");
        arguments.add(next);
        String quoted = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
        try {
            // As the JDK encodes the arguments of a command.
            var _ = Files.write(next.path(), quoted.getBytes(Charset.forName(System.getProperty("sun.jnu.encoding"))));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return "@" + next.path();
    }

    boolean isStandby() {
        return getInt(STANDBY_AT) != 0;
    }

    long parentPid() {
        return getLong(PARENT_AT);
    }

    // The order.

    void give(Order order) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeInfo(out, order.name(), order.daemon());
            writeInfo(out, order.parent().name(), order.parent().daemon());
            out.writeBoolean(order.kept());
            out.writeInt(order.printed());
            out.writeInt(order.task().length);
            out.write(order.task());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        write(ORDER_AT, bytes.toByteArray(), bytes.size());
        if (isStandby()) {
            long address = address();
            Memory.putIntRelease(address + ORDER_BYTES_AT, bytes.size());    // pairs with the acquire in awaitOrder
            new EventCount(address + EVENTS_AT, Futex.INSTANCE).signal();
        } else {
            putInt(ORDER_BYTES_AT, bytes.size());
        }
    }

    boolean hasOrder() {
        return getInt(ORDER_BYTES_AT) != 0;
    }

    /// Waits until the order has arrived; in a stock, without limit.
    ///
    /// @return false if this JVM was dismissed instead
    boolean awaitOrder() throws InterruptedException {
        long address = address();
        await(() -> Memory.getIntAcquire(address + ORDER_BYTES_AT) != 0
                || Memory.getIntAcquire(address + LEAVE_AT) != 0);
        return hasOrder();
    }

    /// Tells a JVM of a stock to leave, as soon as it has come up, instead of waiting for an order.
    void dismiss() {
        long address = address();
        Memory.putIntRelease(address + LEAVE_AT, Signals.TERM);  // pairs with the acquire in awaitOrder
        new EventCount(address + EVENTS_AT, Futex.INSTANCE).signal();
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        Liveness otherSideIsWatchedElsewhere = new Liveness() {
            @Override
            public int self() {
                return 0;
            }

            @Override
            public void sweep() {}

            @Override
            public boolean hasDead(long sinceNanos) {
                return false;
            }
        };
        new Waiter(new EventCount(address() + EVENTS_AT, Futex.INSTANCE), otherSideIsWatchedElsewhere,
                WaitStrategy.PARK, Wait.UNREPORTED).await(condition, Waiter.FOREVER);
    }

    /// @throws IOException if there is no whole order
    Order order() throws IOException {
        int length = getInt(ORDER_BYTES_AT);
        if (length < 0 || length > file.length() - ORDER_AT) {
            throw new IOException("expected an order within the %,d bytes of its memory, found one of %,d".formatted(
                    file.length(), length));
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(read(ORDER_AT, length)))) {
            String name = in.readUTF();
            boolean daemon = in.readBoolean();
            ProcessInfo parent = new ProcessInfo(in.readUTF(), parentPid(), in.readBoolean());
            return new Order(name, daemon, parent, in.readBoolean(), in.readInt(), bytes(in));
        }
    }

    /// Reads a length and so many bytes.
    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException(
                    "expected a length of at most %,d bytes, found %,d".formatted(in.available(), length));
        }
        return in.readNBytes(length);
    }

    private static void writeInfo(DataOutputStream out, String name, boolean daemon) throws IOException {
        out.writeUTF(name.substring(0, Math.min(LONGEST_NAME, name.length())));
        out.writeBoolean(daemon);
    }

    // Progress and end.

    void phase(int phase) {
        putInt(PHASE_AT, phase);
    }

    int phase() {
        return childWord(PHASE_AT);
    }

    /// Notes that it can take an order. The page is mapped before, so that the order finds all prepared.
    void ready() {
        Memory.putIntRelease(address() + PHASE_AT, READY);
    }

    /// Notes that the task runs, and wakes a parent that waits for that.
    void running() {
        long address = address();
        Memory.putIntRelease(address + PHASE_AT, RUNNING);       // pairs with the acquire in awaitRunning
        new EventCount(address + EVENTS_AT, Futex.INSTANCE).signal();
    }

    /// Waits until the task runs, or this is closed.
    void awaitRunning() throws InterruptedException {
        long address = address();
        await(() -> Memory.getIntAcquire(address + PHASE_AT) >= RUNNING || closed);
    }

    /// A word that the child wrote, or 0 if the memory cannot be read: the child could have truncated it.
    private int childWord(long at) {
        try {
            return getInt(at);
        } catch (UncheckedIOException unreadable) {
            return 0;
        }
    }

    /// Asks a child that is coming up to leave instead of doing its work, as by a signal.
    ///
    /// @param signal its number
    /// @return false if it has come up already, or ended: then only a signal reaches it
    boolean tellToLeave(int signal) {
        try {
            putInt(LEAVE_AT, signal);
        } catch (UncheckedIOException closed) {
            return false;
        }
        VarHandle.fullFence();       // either this sees the child's phase, or the child, behind its fence, sees this
        return phase() == NEW;
    }

    /// Notes that the child has come up.
    ///
    /// @return the signal by which it was asked to leave before, or 0
    int startedInVain() {
        putInt(PHASE_AT, STARTED);
        VarHandle.fullFence();       // as in tellToLeave
        return getInt(LEAVE_AT);
    }

    /// Notes the reason of the exit that follows, see [Signals#reasonOfTheEnd].
    void signalled(int signal) {
        putInt(SIGNAL_AT, signal);
    }

    int signal() {
        return childWord(SIGNAL_AT);
    }

    /// Notes what the task threw; a trace that is too long is truncated.
    void failed(String type, String message, String trace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            int left = LONGEST_FAILURE - 3 * Integer.BYTES;
            for (String text : new String[] {type, message, trace}) {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                int length = Math.min(encoded.length, Math.max(0, left));
                left -= length;
                out.writeInt(length);
                out.write(encoded, 0, length);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        write(FAILURE_AT, bytes.toByteArray(), bytes.size());
        putInt(FAILURE_BYTES_AT, bytes.size());
    }

    /// What the task threw, or null.
    Exit.Failed failure() {
        int length = childWord(FAILURE_BYTES_AT);
        if (length <= 0 || length > LONGEST_FAILURE) {
            return null;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(read(FAILURE_AT, length)))) {
            return new Exit.Failed(text(in), text(in), text(in));
        } catch (IOException | UncheckedIOException halfWritten) {
            return null;
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    // Memory.

    private synchronized long address() {
        if (page == null) {
            try {
                page = file.getChannel().map(MapMode.READ_WRITE, 0, FAILURE_AT, Arena.ofAuto());
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }
        return page.address();
    }

    private byte[] read(long at, int length) {
        byte[] bytes = new byte[length];
        try {
            synchronized (file) {
                file.seek(at);
                file.readFully(bytes);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return bytes;
    }

    private void write(long at, byte[] bytes, int length) {
        try {
            synchronized (file) {
                file.seek(at);
                file.write(bytes, 0, length);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private int getInt(long at) {
        return ByteBuffer.wrap(read(at, Integer.BYTES)).order(ByteOrder.nativeOrder()).getInt();
    }

    private void putInt(long at, int value) {
        byte[] bytes = new byte[Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
        write(at, bytes, bytes.length);
    }

    private long getLong(long at) {
        return ByteBuffer.wrap(read(at, Long.BYTES)).order(ByteOrder.nativeOrder()).getLong();
    }

    private void putLong(long at, long value) {
        byte[] bytes = new byte[Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(value);
        write(at, bytes, bytes.length);
    }

    /// Closes this side of the memory; the other side keeps what it has open. Ends the waits of this side.
    @Override
    public void close() {
        closed = true;
        Closing closing = new Closing().then(this::wakeWaiting).then(() -> close(memory, file));
        arguments.forEach(closing::then);
        closing.end();
    }

    private void wakeWaiting() {
        MemorySegment mapped = page;
        if (mapped != null) {
            new EventCount(mapped.address() + EVENTS_AT, Futex.INSTANCE).signal();
            Reachability.upToHere(mapped);
        }
    }

    private static void close(MemoryFile memory, RandomAccessFile file) {
        try (memory; file) {
            // Closes both, also if one of them throws.
        } catch (IOException nothingLeftToDo) {
            throw new UncheckedIOException(nothingLeftToDo);
        }
    }
}
