package io.sluice.pool.codec;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;

/// A lambda within an object that java.io writes, preceded by the identity of its class. Reading gives the lambda,
/// recreated by its class, if that class is the same here.
final class TravellingLambda implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private transient Object lambda;         // its parts when written, the lambda itself when read
    private final transient long identity;

    /// @param identity of the class that implements it
    TravellingLambda(SerializedLambda lambda, long identity) {
        this.lambda = lambda;
        this.identity = identity;
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
        out.writeUTF(((SerializedLambda) lambda).getImplClass());
        out.writeLong(identity);
        out.writeObject(lambda);
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Class<?> type = ObjectStreams.classNamed(in.readUTF().replace('/', '.'));
        ClassIdentity.check(type, in.readLong());
        lambda = in.readObject();
    }

    @Serial
    private Object readResolve() {
        return lambda;
    }
}
