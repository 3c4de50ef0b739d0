package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import io.sluice.core.memory.BufferInput;
import io.sluice.core.memory.BufferOutput;
import io.sluice.shm.space.ObjectHandle;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Java serialization of one object graph at a time, with a [ClassPolicy] on both sides: the sender refuses what the
/// receiver would refuse. Records travel as [RecordForm] if they are not `Serializable`.
final class ObjectStreams {
    private final ClassPolicy policy;

    ObjectStreams(ClassPolicy policy) {
        this.policy = policy;
    }

    /// Writes a graph and returns the position after it.
    ///
    /// @throws CodecException if a part of it does not travel; names the part
    int write(Object root, MutableDirectBuffer buffer, int at) {
        var bytes = new BufferOutput(buffer, at, Integer.MAX_VALUE);
        Output out = null;
        try {
            out = new Output(bytes, policy, root);
            out.writeObject(root);
            out.flush();
            return at + bytes.written();
        } catch (NotSerializableException e) {
            throw ObjectGraph.notSerializable(root, e);
        } catch (IOException e) {
            throw new CodecException("an object of class " + root.getClass().getName() + " does not travel: " + e, e);
        } catch (RuntimeException e) {
            if (out != null && out.refused != null) {
                throw ObjectGraph.refused(root, out.refused, policy, e);
            }
            throw e;
        }
    }

    /// Reads a graph.
    ///
    /// @param handles receives every handle that was opened for it
    Object read(DirectBuffer buffer, int at, int length, Consumer<? super ObjectHandle> handles) {
        var bytes = new BufferInput(buffer, at, length);
        var filter = new Filter(policy, length);
        try (var in = new Input(bytes, handles)) {
            in.setObjectInputFilter(filter);
            Object root = in.readObject();
            if (bytes.available() > 0) {
                throw new CodecException(
                    "expected the end of the object, found " + bytes.available() + " more bytes");
            }
            return root;
        } catch (ClassNotFoundException e) {
            throw new CodecException("class " + e.getMessage() + " is not on the class path of this process", e);
        } catch (IOException e) {
            throw new CodecException(
                filter.refusal != null ? filter.refusal : "the bytes are no such object: " + e, e);
        }
    }

    /// Finds a class by the loader of the application; its classes may be invisible to the loader of Sluice.
    static Class<?> classNamed(String name) throws ClassNotFoundException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return Class.forName(name, false, loader != null ? loader : ClassLoader.getSystemClassLoader());
    }

    private static final class Output extends ObjectOutputStream {
        private final ClassPolicy policy;
        private final ClassLoader loader;
        private Class<?> refused;
        private SerializedLambda within;         // written unchanged: the parts in a TravellingLambda

        /// @param root of the graph; if it is the parts of a lambda, their class was compared before
        Output(OutputStream out, ClassPolicy policy, Object root) throws IOException {
            super(out);
            this.policy = policy;
            this.loader = root.getClass().getClassLoader();
            this.within = root instanceof SerializedLambda lambda ? lambda : null;
            enableReplaceObject(true);
        }

        /// Adds the identity of its class to a lambda, and replaces a record that is not `Serializable`.
        @Override
        @SuppressWarnings("ReferenceEquality") // the same object that was put into a TravellingLambda
        protected Object replaceObject(Object object) {
            if (object instanceof SerializedLambda lambda && lambda != within) {
                within = lambda;
                return new TravellingLambda(lambda, LambdaForm.identityOf(lambda, loader));
            }
            return object instanceof Record value && !(object instanceof Serializable) ? RecordForm.of(value) : object;
        }

        @Override
        protected void annotateClass(Class<?> type) {
            check(type);
        }

        @Override
        protected void annotateProxyClass(Class<?> type) {
            for (Class<?> implemented : type.getInterfaces()) {
                check(implemented);
            }
        }

        private void check(Class<?> type) {
            if (!policy.allows(type)) {
                refused = type;
                throw new CodecException(policy.refusal(type));
            }
        }
    }

    private static final class Input extends ObjectInputStream {
        private final Consumer<? super ObjectHandle> handles;

        Input(InputStream in, Consumer<? super ObjectHandle> handles) throws IOException {
            super(in);
            this.handles = handles;
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object object) {
            if (object instanceof ObjectHandle handle) {
                handles.accept(handle);
            }
            return object;
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return classNamed(description.getName());
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // it also finds primitives
            }
        }

        @Override
        protected Class<?> resolveProxyClass(String[] names) throws IOException, ClassNotFoundException {
            try {
                var interfaces = new Class<?>[names.length];
                for (int i = 0; i < names.length; i++) {
                    interfaces[i] = classNamed(names[i]);
                }
                return Proxy.newProxyInstance(
                    Thread.currentThread().getContextClassLoader(), interfaces, (proxy, method, arguments) -> null)
                    .getClass();
            } catch (ClassNotFoundException | IllegalArgumentException e) {
                return super.resolveProxyClass(names);
            }
        }
    }

    /// The limits of one stream; remembers why it refused.
    private static final class Filter implements ObjectInputFilter {
        private static final int MAX_DEPTH = 1000;
        /// A hash table of the JDK allocates fewer than three array elements per entry, and an entry takes at least a
        /// byte.
        private static final long ELEMENTS_PER_BYTE = 4;

        private final ClassPolicy policy;
        private final int length;
        private String refusal;

        Filter(ClassPolicy policy, int length) {
            this.policy = policy;
            this.length = length;
        }

        @Override
        public Status checkInput(FilterInfo info) {
            Class<?> type = info.serialClass();
            if (type != null && !policy.allows(type)) {
                return refuse(policy.refusal(type));
            }
            if (info.arrayLength() > ELEMENTS_PER_BYTE * length) {
                return refuse("expected arrays no longer than the " + length + " bytes of the object allow, found "
                    + info.arrayLength() + " elements");
            }
            if (info.depth() > MAX_DEPTH) {
                return refuse("expected at most " + MAX_DEPTH + " levels of nesting, found more");
            }
            return Status.ALLOWED;
        }

        private Status refuse(String why) {
            refusal = why;
            return Status.REJECTED;
        }
    }
}
