package io.sluice.pool.codec;

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

/// What all lambdas of one class, that is of one place in a program, have in common: how to take them apart, and the
/// names they are made of as bytes.
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

    /// The form of a lambda, or `null` if it is none that we can take apart: java.io knows what to do with those.
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

    /// Lets us see the private members of a class, if its package is open to us.
    static MethodHandles.Lookup lookupIn(Class<?> type) throws IllegalAccessException {
        LambdaForm.class.getModule().addReads(type.getModule());
        return MethodHandles.privateLookupIn(type, LOOKUP);
    }

    /// Takes a lambda apart, or returns `null` if it does not want to.
    SerializedLambda takeApart(Object value) throws Throwable {
        Object parts = (Object) writeReplace.invokeExact(value);
        return parts instanceof SerializedLambda lambda ? lambda : null;
    }

    /// Takes any serializable lambda apart, also one whose package is closed to us: java.io does it, and shows the
    /// parts. Slow; for messages.
    ///
    /// @return the parts, or `null`
    static SerializedLambda takeApartByStream(Object value) {
        try (var out = new Overhearing()) {
            out.writeObject(value);
            return out.heard;
        } catch (IOException | RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return null; // what it captures may throw what it likes when it is written
        }
    }

    private static final class Overhearing extends ObjectOutputStream {
        private SerializedLambda heard;

        Overhearing() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            if (heard == null && object instanceof SerializedLambda lambda) {
                heard = lambda;
                return null; // what it captures need not be written, and may not let itself be
            }
            return object;
        }
    }

    /// The names, and the identity of the class that they are names of, as `Lambdas` reads them.
    ///
    /// @param loader of the lambda
    /// @throws io.sluice.core.codec.CodecException if that class may not be the one that runs here
    byte[] names(SerializedLambda lambda, ClassLoader loader) {
        byte[] known = names;
        if (known == null) {
            known = bytesOf(lambda, identityOf(lambda, loader));
            hash = hashOf(known);
            names = known; // the volatile write publishes the hash as well; a second thread finds the same
        }
        return known;
    }

    /// Finds the names in a table; asked after [#names].
    long hash() {
        return hash;
    }

    /// Of the class that implements it.
    ///
    /// @param loader that finds the class, or null for that of the thread
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
            throw new IllegalStateException(e); // neither has the stream an end nor a name of a class file 64 KiB
        }
        return bytes.toByteArray();
    }

    /// FNV-1a.
    private static long hashOf(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
        }
        return hash ^ (hash >>> 32);
    }
}
