package io.sluice.pool.manager;

import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.ConnectionOptions;
import java.io.Serial;
import java.io.Serializable;
import java.util.UUID;

/// What travels for a [Remote]: names.
///
/// @param server which server has the object
/// @param address where it listens
/// @param object number of the object
/// @param way how to connect, in the task of a child or a pool; null in other streams, whose readers must be connected
record RemoteForm(UUID server, Address address, long object, Way way) implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /// How to connect.
    ///
    /// @param key that of the manager
    /// @param options those of the sender; with TLS they do not travel
    record Way(AuthKey key, ConnectionOptions options) implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    @Serial
    private Object readResolve() {
        if (References.CURRENT.isBound()) {
            Remote found = References.CURRENT.get().read(this);
            if (found != null) {
                return found;
            }
        }
        return Session.of(this).attach(object);
    }
}
