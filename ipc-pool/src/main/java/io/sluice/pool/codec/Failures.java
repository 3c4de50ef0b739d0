package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.task.RemoteException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Encodes exceptions for another process, in two forms: as text, which always arrives, and as the object, which may
/// not.
///
/// ```
/// class name | has message (1) | message | trace | why there is no object | the object as a stream, or nothing
/// ```
///
/// Each text is a length in 4 bytes and UTF-8; the stream goes to the end.
///
/// - **Errors:** none, also if methods of the exception throw; a failure to report a failure is reported in it.
/// - **Threads:** any number at once.
public final class Failures {
    private static final int MAX_TEXT = 16 << 20;
    private static final int MAX_CAUSES = 1000;

    private final Values values;

    /// Creates a codec.
    ///
    /// @param values decides which classes may travel
    public Failures(Values values) {
        this.values = values;
    }

    /// Writes an exception.
    ///
    /// @param failure what was thrown
    /// @param where its origin, for readers of the trace: the name of the worker, its process id
    /// @param buffer target; expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    public int encode(Throwable failure, String where, MutableDirectBuffer buffer, int offset) {
        try {
            String message = textOf(failure::getMessage, "(its getMessage() failed)");
            int at = writeTexts(failure, message, where + ":\n" + traceOf(failure, message), buffer, offset);
            return writeObject(failure, buffer, at) - offset;
        } catch (Throwable e) { // as when the texts do not fit into the heap
            int at = writeTexts(failure, null, where, buffer, offset);
            return writeText("", buffer, at) - offset;
        }
    }

    private static int writeTexts(
            Throwable failure, String message, String trace, MutableDirectBuffer buffer, int offset) {
        int at = writeText(failure == null ? "null" : failure.getClass().getName(), buffer, offset);
        buffer.putByte(at, (byte) (message == null ? 0 : 1));
        at = writeText(message == null ? "" : message, buffer, at + 1);
        return writeText(trace == null ? "" : trace, buffer, at);
    }

    private int writeObject(Throwable failure, MutableDirectBuffer buffer, int at) {
        try {
            return values.streams().write(failure, buffer, writeText("", buffer, at));
        } catch (Throwable e) {
            return writeText(String.valueOf(textOf(e::getMessage, e.getClass().getName())), buffer, at);
        }
    }

    private static int writeText(String text, MutableDirectBuffer buffer, int at) {
        return Values.writeText(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text, buffer, at);
    }

    private static String textOf(Supplier<String> text, String otherwise) {
        try {
            return text.get();
        } catch (Throwable e) {
            return otherwise;
        }
    }

    private static String traceOf(Throwable failure, String message) {
        return textOf(() -> {
            var text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            return text.toString();
        }, failure.getClass().getName() + ": " + message + "\n\t(its printStackTrace() failed)\n");
    }

    /// Reads an exception.
    ///
    /// @param buffer source
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @return the same type with a [RemoteTrace] as its root cause, or a [RemoteException] whose suppressed exception
    ///     says why it is not the same
    public Throwable decode(DirectBuffer buffer, int offset, int length) {
        String type = "unknown";
        String message = null;
        String trace = "";
        Throwable why;
        try {
            var in = new Input(buffer, offset, length, handle -> {});
            type = in.getText();
            boolean hasMessage = in.getByte() != 0;
            String text = in.getText();
            message = hasMessage ? text : null;
            trace = in.getText();
            String reason = in.getText();
            if (in.remaining() > 0) {
                return withTrace(object(in), trace);
            }
            why = new CodecException(reason);
        } catch (Throwable e) {
            why = e;
        }
        var standIn = new RemoteException(type, message, trace);
        standIn.addSuppressed(why);
        return standIn;
    }

    private Throwable object(Input in) {
        int length = in.remaining();
        Object object = values.streams().read(in.buffer(), in.take(length), length, in.handles());
        if (object instanceof Throwable failure) {
            return failure;
        }
        throw new CodecException("expected an exception, found " + (object == null ? "null" : object.getClass()));
    }

    private static Throwable withTrace(Throwable failure, String trace) {
        var remote = new RemoteTrace(trace);
        Throwable root = failure;
        try {
            root = rootOf(failure);
            root.initCause(remote);
        } catch (Throwable e) {
            root.addSuppressed(remote); // its cause is fixed
        }
        return failure;
    }

    private static Throwable rootOf(Throwable failure) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        Throwable root = failure;
        while (seen.add(root) && root.getCause() != null && seen.size() < MAX_CAUSES) {
            root = root.getCause();
        }
        return root;
    }
}
