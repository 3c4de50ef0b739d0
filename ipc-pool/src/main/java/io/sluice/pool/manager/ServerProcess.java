package io.sluice.pool.manager;

import io.sluice.core.error.SluiceException;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.pipe.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The process of a server. It reports to its starter where it listens, by a connection that is its lifeline: the
/// server ends when the starter closes it, or dies.
final class ServerProcess implements AutoCloseable {
    private static final long LOOK_MILLIS = 20;
    private static final long PATIENCE_SECONDS = 5;

    private final JavaProcess process;
    private final Connection<byte[]> lifeline;
    private final Address address;

    private ServerProcess(JavaProcess process, Connection<byte[]> lifeline, Address address) {
        this.process = process;
        this.lifeline = lifeline;
        this.address = address;
    }

    static ServerProcess start(Manager.Options options) throws IOException, InterruptedException {
        AuthKey reportKey = AuthKey.generate();
        Address reports = Address.unix();
        try (Listener<byte[]> listener = Listener.open(reports, reportKey, Wire.CODEC, Manager.USUAL)) {
            Address wanted = options.address();
            AuthKey key = options.key();
            ConnectionOptions connection = options.connection();
            JavaProcess process = JavaProcess.builder(() -> run(wanted, key, connection, reports, reportKey))
                    .name("manager").daemon(true).jvmOptions(options.jvmOptions().toArray(String[]::new)).start();
            Connection<byte[]> lifeline = null;
            ServerProcess started = null;
            try {
                lifeline = listener.accept(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                while (lifeline == null) {
                    if (process.exit().isPresent()) {
                        throw new IOException("manager '%s': its server did not come up: %s".formatted(
                                wanted, process.exit().get()));
                    }
                    lifeline = listener.accept(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
                String report = new String(lifeline.receiveBytes(), StandardCharsets.UTF_8);
                started = new ServerProcess(process, lifeline, Address.parse(report));
                return started;
            } catch (EOFException e) {
                throw new IOException("manager '%s': its server did not come up".formatted(wanted), e);
            } finally {
                if (started == null) {
                    try (Connection<byte[]> _ = lifeline) {
                        var _ = end(process, 0);
                    }
                }
            }
        }
    }

    /// The task of the process.
    private static void run(Address address, AuthKey key, ConnectionOptions options, Address reports, AuthKey reportKey)
            throws IOException, InterruptedException {
        JavaProcess.ignoreInterruptSignal();         // the starter ends it in order
        try (Server server = Server.open(address, key, options);
                Connection<byte[]> lifeline = Client.connect(
                        reports, reportKey, Wire.CODEC, Manager.USUAL)) {
            lifeline.sendBytes(server.address().toString().getBytes(StandardCharsets.UTF_8));
            try {
                var _ = lifeline.receiveBytes();
            } catch (EOFException starterIsDone) {
                // The end of this process.
            }
        }
    }

    Address address() {
        return address;
    }

    JavaProcess process() {
        return process;
    }

    @Override
    public void close() {
        try (lifeline) {
            // The server takes it as the order to end.
        } finally {
            Exit exit = end(process, PATIENCE_SECONDS);
            if (!exit.equals(new Exit.Returned(0)) && address instanceof Address.Unix) {
                removeSocketFile();
            }
        }
    }

    /// What a killed server has left is replaced by the next one at its address; no other one comes to this.
    private void removeSocketFile() {
        try {
            Listener.open(address, AuthKey.generate(), Wire.CODEC).close();
        } catch (IOException | SluiceException taken) {
            // By the next server.
        }
    }

    private static Exit end(JavaProcess process, long patienceSeconds) {
        boolean interrupted = false;
        boolean killed = false;
        Exit exit = null;
        while (exit == null) {
            try {
                if (!killed && !process.join(interrupted ? 0 : patienceSeconds, TimeUnit.SECONDS)) {
                    process.kill();
                }
                killed = true;
                exit = process.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        process.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return exit;
    }
}
