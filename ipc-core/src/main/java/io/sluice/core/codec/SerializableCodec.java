package io.sluice.core.codec;

import io.sluice.core.memory.BufferInput;
import io.sluice.core.memory.BufferOutput;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamException;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Java serialization of one message at a time. Writing checks classes against the same list as reading, so the
/// sender gets the error that its receivers would get.
final class SerializableCodec<T> implements Codec<T> {
    private static final long serialVersionUID = 1L;
    private static final int TYPICAL_BYTES = 256;

    private final transient Class<T> type;
    private final transient StreamLimits limits;
    private final transient List<String> named;
    private final transient ClassAllowList allowed;

    SerializableCodec(Class<T> type, StreamLimits limits, String... named) {
        this.type = Objects.requireNonNull(type, "type");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.named = List.of(named);
        var patterns = new ArrayList<>(this.named);
        Class<?> element = ClassAllowList.innermost(type);
        if (element != Object.class && !element.isPrimitive()) {
            patterns.add(element.getName());
        }
        this.allowed = new ClassAllowList(patterns);
    }

    @Override
    public int encode(T value, MutableDirectBuffer buffer, int offset) {
        var bytes = new BufferOutput(buffer, offset, limits.bytes());
        try (var out = new CheckedOutput(bytes)) {
            if (value == null) {
                throw new CodecException("expected a value, found null");
            }
            out.writeObject(value);
            out.flush();
            return bytes.written();
        } catch (NotSerializableException e) {
            throw failure("expected objects that implement Serializable, found " + e.getMessage()
                + "; let that class implement it, or send records with Codec.ofRecord, which need not", e);
        } catch (StackOverflowError e) {
            throw failure("expected an object that fits on the stack, found one nested too deeply", e);
        } catch (IOException | RuntimeException e) {
            throw CodecException.within(type.getSimpleName(), e);
        }
    }

    @Override
    public T decode(DirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        var filter = new StreamFilter(this, allowed, limits, length);
        var bytes = new BufferInput(buffer, offset, length);
        try (var in = new LoadingInput(bytes, type.getClassLoader())) {
            in.setObjectInputFilter(filter);
            Object value = in.readObject();
            if (!type.isInstance(value)) {
                throw new CodecException("expected " + type.getName() + ", found "
                    + (value == null ? "null" : value.getClass().getName()));
            }
            if (bytes.available() > 0) {
                throw new CodecException(
                    "expected the end of the message, found " + bytes.available() + " more bytes");
            }
            return type.cast(value);
        } catch (ClassNotFoundException e) {
            throw failure("class " + e.getMessage() + " is not on the class path of this process", e);
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            throw e instanceof CodecException known
                ? CodecException.within(type.getSimpleName(), known)
                : failure(filter.refusal() != null ? filter.refusal() : "the bytes are not such an object: " + e, e);
        }
    }

    private CodecException failure(String detail, Throwable cause) {
        return CodecException.within(type.getSimpleName(), new CodecException(detail, cause));
    }

    @Override
    public String identity() {
        return "java.io " + type.getName();
    }

    @Override
    public int typicalBytes() {
        return TYPICAL_BYTES;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SerializableCodec<?> that && type == that.type && limits.equals(that.limits)
            && named.equals(that.named);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, limits, named);
    }

    @Override
    public String toString() {
        return "Codec[" + identity() + ", allowed=" + allowed.patterns() + "]";
    }

    private Object writeReplace() {
        return new Travelling(type, limits, named);
    }

    private void readObject(ObjectInputStream in) throws ObjectStreamException {
        throw new InvalidObjectException("a codec travels as its type and its allow-list");
    }

    private record Travelling(Class<?> type, StreamLimits limits, List<String> named) implements Serializable {
        private Object readResolve() {
            return new SerializableCodec<>(type, limits, named.toArray(String[]::new));
        }
    }

    /// The message for a class that is not in the list.
    String refusal(Class<?> refused) {
        Class<?> element = ClassAllowList.innermost(refused);
        return Proxy.isProxyClass(element)
            ? "class " + element.getName() + " is a dynamic proxy, which is never allowed; send the value behind it"
            : "class " + element.getName() + " is not allowed; if objects of it are expected here, add it to the"
                + " allow-list: " + call(limits, element.getName());
    }

    /// The message for a value beyond a limit.
    String excess(String of, StreamLimits wider) {
        return "expected at most " + of + ", found more; if so many are expected here, raise the limit: " + call(wider);
    }

    /// The call that makes this codec, with the given changes.
    private String call(StreamLimits otherLimits, String... more) {
        var arguments = new ArrayList<String>();
        boolean usual = otherLimits.equals(StreamLimits.defaults());
        if (type != Object.class || !usual) {
            arguments.add(type.getSimpleName() + ".class");
        }
        if (!usual) {
            arguments.add(otherLimits.call());
        }
        Stream.concat(named.stream(), Stream.of(more)).map(name -> "\"" + name + "\"").forEach(arguments::add);
        return "Codec.serializable(" + String.join(", ", arguments) + ")";
    }

    private final class CheckedOutput extends ObjectOutputStream {
        CheckedOutput(OutputStream out) throws IOException {
            super(out);
        }

        @Override
        protected void annotateClass(Class<?> described) {
            check(described);
        }

        @Override
        protected void annotateProxyClass(Class<?> described) {
            check(described);
        }

        private void check(Class<?> described) {
            if (!allowed.allows(described)) {
                throw new CodecException(refusal(described));
            }
        }
    }

    /// Looks classes up in the loader of the type of the values, or in the thread's context loader if that type has
    /// none: the loader of this library may not see the user's classes.
    private static final class LoadingInput extends ObjectInputStream {
        private final ClassLoader loader;

        LoadingInput(BufferInput in, ClassLoader loader) throws IOException {
            super(in);
            this.loader = loader != null ? loader : Thread.currentThread().getContextClassLoader();
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, loader);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description);
            }
        }
    }
}
