package io.sluice.bench.pool;

import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.pipe.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A list of four values through a connection, and back from a child that sends what it receives.
final class Connections implements Subject {
    /// What Python sends as a tuple.
    private static final Object QUOTE = List.of(42, 71.25, "VOD.L", 100);
    private static final int WARM_UP = 20_000;
    private static final long LONGEST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long CONNECT_SECONDS = 60;

    private final String name;
    private final Address address;
    private final boolean moves;

    /// @param moves whether the connection goes from its socket to shared memory
    Connections(String name, Address address, boolean moves) {
        this.name = name;
        this.address = address;
        this.moves = moves;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean answers(Question question) {
        return question == Question.CONNECTION;
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        AuthKey key = AuthKey.generate();
        ConnectionOptions options = ConnectionOptions.defaults().withSharedMemory(moves);
        try (Listener<Object> listener = Listener.open(address, key, options)) {
            Address bound = listener.address();
            JavaProcess child = JavaProcess.start(() -> echo(bound, key));
            try (Connection<Object> connection = listener.accept(CONNECT_SECONDS, TimeUnit.SECONDS)) {
                if (connection == null) {
                    throw new IOException("the child has not connected");
                }
                if (moves != (connection.transport() == Connection.Transport.SHARED_MEMORY)) {
                    throw new IOException("the messages go through " + connection.transport());
                }
                long start = System.nanoTime();
                for (int i = 0; i < WARM_UP && System.nanoTime() - start < LONGEST_WARM_UP_NANOS; i++) {
                    roundTrip(connection);
                }
                long end = System.nanoTime() + millis * 1_000_000;
                return Subject.median(end, () -> roundTrip(connection)) / 1e3;
            } finally {
                child.join();
                child.close();
            }
        }
    }

    private static Object roundTrip(Connection<Object> connection) throws IOException, InterruptedException {
        connection.send(QUOTE);
        return connection.receive();
    }

    private static void echo(Address address, AuthKey key) throws IOException, InterruptedException {
        try (Connection<Object> connection = Client.connect(address, key)) {
            while (true) {
                connection.send(connection.receive());
            }
        } catch (EOFException end) {
            // The other side has measured.
        }
    }
}
