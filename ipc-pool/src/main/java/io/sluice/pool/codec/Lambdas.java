package io.sluice.pool.codec;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.CodecException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.MutableDirectBuffer;

/// Lambdas and method references: a hash, the names of the called method, and the captured values.
///
/// The class that made a lambda recreates it from the same names, by the method `$deserializeLambda$` that the compiler
/// has added. With the names travels the identity of the class that implements the lambda, so that another version of
/// it, where other lambdas have these names, is refused. The names are one run of bytes, so that a reader that knows
/// them finds the method with one comparison. The table of known names has a fixed size, whatever is sent.
final class Lambdas {
    private static final int TABLE_SIZE = 1024;
    private static final int PROBES = 4;
    private static final Object[] NOTHING = {};

    private final Values values;
    private final ObjectStreams streams;
    private final AtomicReferenceArray<Known> table = new AtomicReferenceArray<>(TABLE_SIZE);

    /// A lambda that has been read before.
    ///
    /// @param loader found the class; another loader may find another class
    /// @param single the lambda itself if it captures nothing, or `null`
    private record Known(
        long hash, MemorySegment names, ClassLoader loader, Names parsed, Class<?> capturing,
        MethodHandle deserialize, Object single) {}

    private record Names(
        int kind, String capturingClass, String type, String method, String signature, String implClass,
        String implMethod, String implSignature, String instantiated, long identity) {}

    Lambdas(Values values, ObjectStreams streams) {
        this.values = values;
        this.streams = streams;
    }

    /// Writes a lambda and returns the position after it, or -1 if java.io must write it.
    int write(Object value, LambdaForm form, MutableDirectBuffer buffer, int at, int depth) {
        SerializedLambda lambda;
        try {
            lambda = form.takeApart(value);
        } catch (VirtualMachineError error) {
            throw error;
        } catch (Throwable e) {
            throw new CodecException("the lambda " + value.getClass().getName() + " does not travel: " + e, e);
        }
        if (lambda == null) {
            return -1;
        }
        byte[] names = form.names(lambda, value.getClass().getClassLoader());
        int captures = lambda.getCapturedArgCount();
        buffer.putByte(at, Values.LAMBDA);
        buffer.putLong(at + 1, form.hash());
        buffer.putInt(at + 9, names.length);
        buffer.putBytes(at + 13, names);
        int next = at + 13 + names.length;
        buffer.putByte(next++, (byte) captures);
        for (int i = 0; i < captures; i++) {
            Object captured = lambda.getCapturedArg(i);
            try {
                next = values.write(captured, buffer, next, depth + 1);
            } catch (CodecException e) {
                throw Captures.refusal(value.getClass(), lambda, i, e);
            }
        }
        return next;
    }

    /// Reads a lambda after its tag.
    Object read(Input in) throws Throwable {
        long hash = in.getLong();
        int length = in.getLength(1);
        int start = in.take(length);
        int captures = in.getByte() & 0xFF;
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Known known = find(hash, in, start, length, loader);
        if (known != null && captures == 0 && known.single != null) {
            return known.single;
        }
        Object[] captured = captures == 0 ? NOTHING : new Object[captures];
        for (int i = 0; i < captures; i++) {
            captured[i] = values.read(in);
        }
        if (known != null) {
            return (Object) known.deserialize.invokeExact(lambda(known.capturing, known.parsed, captured));
        }
        byte[] names = new byte[length];
        in.buffer().getBytes(start, names);
        return readFirst(hash, names, captured, loader, in);
    }

    private Known find(long hash, Input in, int start, int length, ClassLoader loader) {
        for (int i = 0; i < PROBES; i++) {
            Known known = table.get(index(hash, i));
            if (known == null) {
                return null;
            }
            if (known.hash == hash && Objects.equals(known.loader, loader)
                && sameNames(known, in, start, length)) {
                return known;
            }
        }
        return null;
    }

    private static int index(long hash, int probe) {
        return (int) (hash + probe) & (TABLE_SIZE - 1);
    }

    private static boolean sameNames(Known known, Input in, int start, int length) {
        try {
            return PrimitiveArrays.segment(in.buffer(), start, length).mismatch(known.names) < 0;
        } finally {
            Reference.reachabilityFence(in.buffer());
        }
    }

    private Object readFirst(long hash, byte[] names, Object[] captured, ClassLoader loader, Input in)
            throws Throwable {
        Names parsed = parse(names);
        Class<?> capturing;
        try {
            capturing = ObjectStreams.classNamed(parsed.capturingClass.replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new CodecException("class " + parsed.capturingClass.replace('/', '.')
                + ", which made the lambda, is not on the class path of this process", e);
        }
        checkIdentity(parsed);
        SerializedLambda lambda = lambda(capturing, parsed, captured);
        MethodHandle deserialize;
        try {
            deserialize = LambdaForm.lookupIn(capturing).findStatic(capturing, "$deserializeLambda$",
                MethodType.methodType(Object.class, SerializedLambda.class));
        } catch (IllegalAccessException e) {
            return throughStream(lambda, in); // the package is closed to Sluice, not to java.io
        } catch (NoSuchMethodException e) {
            throw new CodecException("class " + capturing.getName() + " of this process makes no lambda that travels;"
                + " start both processes with the same class path", e);
        }
        Object value = (Object) deserialize.invokeExact(lambda);
        remember(new Known(hash, MemorySegment.ofArray(names), loader, parsed, capturing, deserialize,
            captured.length == 0 ? value : null));
        return value;
    }

    /// The class that implements the lambda must equal the sender's: only then the method of that name is the same.
    private static void checkIdentity(Names parsed) {
        try {
            ClassIdentity.check(ObjectStreams.classNamed(parsed.implClass.replace('/', '.')), parsed.identity);
        } catch (ClassNotFoundException absent) {
            // Then the class that made the lambda reports it.
        }
    }

    private void remember(Known known) {
        for (int i = 0; i < PROBES; i++) {
            if (table.compareAndSet(index(known.hash, i), null, known)) {
                return;
            }
        }
        table.set(index(known.hash, 0), known);
    }

    private Object throughStream(SerializedLambda lambda, Input in) {
        var buffer = new ExpandableMemoryBuffer(1024);
        int length = streams.write(lambda, buffer, 0);
        return streams.read(buffer, 0, length, in.handles());
    }

    private static SerializedLambda lambda(Class<?> capturing, Names names, Object[] captured) {
        return new SerializedLambda(capturing, names.type, names.method, names.signature, names.kind, names.implClass,
            names.implMethod, names.implSignature, names.instantiated, captured);
    }

    private static Names parse(byte[] names) {
        try (var in = new DataInputStream(new ByteArrayInputStream(names))) {
            var parsed = new Names(in.readByte(), in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(),
                in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
            if (in.available() > 0) {
                throw new CodecException("expected the names of a lambda, found more");
            }
            return parsed;
        } catch (IOException e) {
            throw new CodecException("expected the names of a lambda, found " + e, e);
        }
    }
}
