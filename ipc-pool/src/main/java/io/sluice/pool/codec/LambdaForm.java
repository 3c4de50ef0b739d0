package io.sluice.pool.codec;

import io.sluice.shm.object.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;

/// The common part of all lambdas of one class, that is, of one lambda expression: how to take them apart, and their
/// names as bytes.
final class LambdaForm {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private static final ClassValue<LambdaForm> FORMS = new ClassValue<>() {
        @Override
        protected LambdaForm computeValue(Class<?> type) {
            return new LambdaForm(takingApart(type));
        }
    };

    private final MethodHandle writeReplace;
    private volatile byte[] names;
    private long hash;

    private LambdaForm(MethodHandle writeReplace) {
        this.writeReplace = writeReplace;
    }

    /// Whether objects of a class are lambdas or method references, serializable or not.
    static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.isSynthetic();
    }

    /// The form of a lambda, or `null` if it cannot be taken apart here: java.io handles it then.
    static LambdaForm of(Object value) {
        Class<?> type = value.getClass();
        if (!isLambda(type) || !(value instanceof Serializable)) {
            return null;
        }
        LambdaForm form = FORMS.get(type);
        return form.writeReplace == null ? null : form;
    }

    private static MethodHandle takingApart(Class<?> type) {
        try {
            return lookupIn(type).findVirtual(type, "writeReplace", MethodType.methodType(Object.class))
                .asType(MethodType.methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /// Gives access to the private members of a class, if its package is open to Sluice.
    static MethodHandles.Lookup lookupIn(Class<?> type) throws IllegalAccessException {
        LambdaForm.class.getModule().addReads(type.getModule());
        return MethodHandles.privateLookupIn(type, LOOKUP);
    }

    /// Takes a lambda apart, or returns `null` if its `writeReplace` returns another object.
    SerializedLambda takeApart(Object value) throws Throwable {
        Object parts = (Object) writeReplace.invokeExact(value);
        return parts instanceof SerializedLambda lambda ? lambda : null;
    }

    /// Takes any serializable lambda apart, also one whose package is closed to Sluice, by a stream of java.io that
    /// exposes the parts. Slow; for error messages.
    ///
    /// @return the parts, or `null`
    static SerializedLambda takeApartByStream(Object value) {
        try (var out = new PartsStream()) {
            out.writeObject(value);
            return out.parts;
        } catch (IOException | RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return null; // a captured object may throw anything when it is written
        }
    }

    private static final class PartsStream extends ObjectOutputStream {
        private SerializedLambda parts;

        PartsStream() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            if (parts == null && object instanceof SerializedLambda lambda) {
                parts = lambda;
                return null; // captured objects need not be written, and may not be writable
            }
            return object;
        }
    }

    /// The names, and the identity of their class, as `Lambdas` reads them.
    ///
    /// @param loader of the lambda
    /// @throws io.sluice.core.codec.CodecException if that class may differ from the loaded one
    byte[] names(SerializedLambda lambda, ClassLoader loader) {
        byte[] known = names;
        if (known == null) {
            known = bytesOf(lambda, identityOf(lambda, loader));
            hash = hashOf(known);
            names = known; // the volatile write publishes the hash as well; a second thread computes the same
        }
        return known;
    }

    /// Hash of the names; valid after [#names].
    long hash() {
        return hash;
    }

    /// Identity of the class that implements a lambda.
    ///
    /// @param loader finds the class; null for that of the thread
    static long identityOf(SerializedLambda lambda, ClassLoader loader) {
        String name = lambda.getImplClass().replace('/', '.');
        try {
            return ClassIdentity.ofSent(
                    loader == null ? ObjectStreams.classNamed(name) : Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError invisible) {
            return ClassIdentity.UNKNOWN;
        }
    }

    private static byte[] bytesOf(SerializedLambda lambda, long identity) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(lambda.getImplMethodKind());
            out.writeUTF(lambda.getCapturingClass());
            out.writeUTF(lambda.getFunctionalInterfaceClass());
            out.writeUTF(lambda.getFunctionalInterfaceMethodName());
            out.writeUTF(lambda.getFunctionalInterfaceMethodSignature());
            out.writeUTF(lambda.getImplClass());
            out.writeUTF(lambda.getImplMethodName());
            out.writeUTF(lambda.getImplMethodSignature());
            out.writeUTF(lambda.getInstantiatedMethodType());
            out.writeLong(identity);
        } catch (IOException e) {
            throw new IllegalStateException(e); // impossible: the stream is unbounded, and names are below 64 KiB
        }
        return bytes.toByteArray();
    }

    private static long hashOf(byte[] bytes) {
        long hash = Fingerprint.of(bytes);
        return hash ^ (hash >>> 32);
    }
}
