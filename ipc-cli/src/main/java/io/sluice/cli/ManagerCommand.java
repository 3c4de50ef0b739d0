package io.sluice.cli;

import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.manager.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Serves the objects of a manager.
@Command(
        name = "manager",
        description = "Serve maps, lists and other objects that many processes share.",
        mixinStandardHelpOptions = true,
        subcommands = ManagerCommand.ServeCommand.class)
final class ManagerCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private ManagerCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command: serve");
    }

    /// Serves until a signal ends the process.
    @Command(
            name = "serve",
            description = "Serve until a signal ends the process. Clients call Manager.connect(address, key).",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "The server needs the classes of keys, values and functions: add the application to its class path, as",
                "java -cp app.jar:ipc-cli/target/sluice.jar io.sluice.cli.Main manager serve ...",
            })
    static final class ServeCommand implements Callable<Integer> {
        @Option(
                names = "--listen",
                required = true,
                paramLabel = "ADDRESS",
                description = "unix:/path or tcp://host:port; port 0 lets the system choose.")
        private String listen;

        @Option(
                names = "--key-file",
                required = true,
                paramLabel = "FILE",
                description = "The key that clients must have; made with mode 0600 if it is not there.")
        private Path keyFile;

        @Option(
                names = "--allow",
                paramLabel = "CLASS",
                description = "A class of the JDK that may travel besides values; more than once for more.")
        private List<String> allowed = List.of();

        private ServeCommand() {}

        @Override
        public Integer call() throws IOException, InterruptedException {
            Address address = Address.parse(listen);
            if (Files.notExists(keyFile)) {
                AuthKey.generate().writeTo(keyFile);
            }
            ConnectionOptions connection = ConnectionOptions.defaults().withAllowed(allowed.toArray(String[]::new));
            Manager.Options options = Manager.Options.defaults().withAddress(address)
                    .withKey(AuthKey.fromFile(keyFile)).withConnection(connection);
            try (Manager manager = Manager.serve(options)) {
                System.out.println("manager at " + manager.address());
                System.out.flush();
                new CountDownLatch(1).await();
            }
            return 0;
        }
    }
}
