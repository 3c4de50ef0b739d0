package io.sluice.pool.manager;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;

/// A reference to an object of a manager's server: what all proxies consist of. It calls the object's methods, and
/// travels as names.
///
/// - **Threads:** any.
/// - **Lifetime:** the server keeps the object as long as this is reachable.
@SuppressWarnings("serial")      // its fields do not travel: RemoteForm does
final class Remote implements InvocationHandler, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Link link;
    private final transient long id;
    /// In the server, what keeps the object; null in clients.
    private final transient Exported object;
    private transient volatile Object proxy;

    Remote(Link link, long id, Exported object) {
        this.link = link;
        this.id = id;
        this.object = object;
    }

    long id() {
        return id;
    }

    Link link() {
        return link;
    }

    Exported object() {
        return object;
    }

    /// The object as one of its interfaces, always the same one: each call of a method is a call of the object.
    <T> T as(Class<T> type) {
        Object made = proxy;
        if (made == null) {
            made = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
            proxy = made;
        }
        return type.cast(made);
    }

    boolean travels(Object function) {
        return link.travels(function);
    }

    List<Object> unpack(Chunk chunk) {
        return link.unpack(chunk);
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments[0] != null && Proxy.isProxyClass(arguments[0].getClass())
                        && equals(Proxy.getInvocationHandler(arguments[0]));
                case "hashCode" -> hashCode();
                default -> "%s of %s".formatted(self.getClass().getInterfaces()[0].getSimpleName(), this);
            };
        }
        return link.call(this, method, arguments);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Remote that && id == that.id && link.server().equals(that.link.server());
    }

    @Override
    public int hashCode() {
        return Objects.hash(link.server(), id);
    }

    @Override
    public String toString() {
        return "%s, object %d".formatted(link.name(), id);
    }

    /// Does nothing: a reference to this method keeps the object.
    void keep() {}

    @Serial
    private Object writeReplace() {
        return link.form(this);
    }

    @Serial
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException(("%s: expected the names of an object, found fields; the bytes are damaged or"
                + " forged").formatted(Remote.class.getName()));
    }
}
