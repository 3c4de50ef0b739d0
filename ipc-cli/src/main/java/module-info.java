/// The `sluice` command: demonstrations, lines from shell to shell, and commands that inspect spaces.
@SuppressWarnings("requires-automatic")
module io.sluice.cli {
    requires HdrHistogram;
    requires info.picocli;
    requires io.sluice.pool;

    opens io.sluice.cli to info.picocli;
    opens io.sluice.cli.demo to info.picocli, io.sluice.core;
    opens io.sluice.cli.doctor to info.picocli;
    opens io.sluice.cli.inspect to info.picocli;
    opens io.sluice.cli.lines to info.picocli;
}
