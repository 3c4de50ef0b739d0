package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.AuthenticationException;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;

/// A process that answers, and one that asks. They share a key, and need neither a space nor a host in common.
///
/// ```
/// examples/run ListenerAndClient
/// examples/run ListenerAndClient tcp://127.0.0.1:0
/// ```
public final class ListenerAndClient {
    sealed interface Message {}

    record Question(int number) implements Message {}

    record Answer(int number, int square) implements Message {}

    private ListenerAndClient() {}

    /// Answers the questions of a child, until it leaves.
    ///
    /// @param arguments address to listen at; without one, a new Unix-domain socket
    /// @throws IOException if the connection breaks
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Address wanted = arguments.length > 0 ? Address.parse(arguments[0]) : Address.unix();
        AuthKey key = AuthKey.generate();                          // for unrelated programs: AuthKey.fromFile(path)
        try (var listener = Listener.open(wanted, key, Codec.of(Message.class))) {
            Address address = listener.address();                  // with the port that the system chose
            JavaProcess child = JavaProcess.start(() -> ask(address, key));    // the key travels in memory
            try (var connection = listener.accept()) {
                System.out.println("listener: messages go through " + connection.transport());
                answer(connection);
            }
            child.join();
            System.out.println("listener: refused " + listener.refused());
        }
    }

    private static void answer(Connection<Message> connection) throws IOException, InterruptedException {
        try {
            while (connection.receive() instanceof Question(int number)) {
                connection.send(new Answer(number, number * number));
            }
        } catch (PeerDiedException died) {
            System.out.println("listener: the client died");
        } catch (EOFException closed) {
            System.out.println("listener: the client has closed");
        }
    }

    private static void ask(Address address, AuthKey key) throws IOException, InterruptedException {
        try (var stranger = Client.connect(address, AuthKey.generate(), Codec.of(Message.class))) {
            System.out.println("never printed: " + stranger);
        } catch (AuthenticationException refused) {
            System.out.println("client: without the key there is no connection");
        }
        try (var connection = Client.connect(address, key, Codec.of(Message.class))) {
            for (int number = 1; number <= 3; number++) {
                connection.send(new Question(number));
            }
            for (int number = 1; number <= 3; number++) {
                System.out.println("client: " + connection.receive());
            }
        }
    }
}
