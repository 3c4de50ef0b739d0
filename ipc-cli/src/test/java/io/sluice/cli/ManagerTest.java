package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.manager.Manager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagerTest {
    private final Shell shell = new Shell();

    @AfterEach
    void removeEverything() {
        shell.close();
    }

    /// The first start makes the key; a signal ends the server in order.
    @Test
    void aManagerServesUntilASignal() throws Exception {
        Path key = shell.file("key");
        Shell.Run server = shell.start(
                "manager", "serve", "--listen", "tcp://127.0.0.1:0", "--key-file", key.toString());
        Shell.await("the server listens", () -> read(server.out()).endsWith("\n"));
        String printed = read(server.out()).strip();
        assertThat(printed).startsWith("manager at tcp://127.0.0.1:");
        Address address = Address.parse(printed.substring("manager at ".length()));
        try (Manager manager = Manager.connect(address, AuthKey.fromFile(key))) {
            manager.map("prices").put("VOD.L", 71.25);
            assertThat(manager.map("prices")).containsEntry("VOD.L", 71.25);
        }
        server.process().destroy();
        assertThat(server.await().code()).isEqualTo(143);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWrongAddressIsWrongUsage() {
        assertThat(shell.run("manager", "serve", "--listen", "somewhere", "--key-file", "none")).satisfies(wrong -> {
            assertThat(wrong.code()).isEqualTo(2);
            assertThat(wrong.err()).contains("expected unix:/path, tcp://host:port");
        });
    }
}
