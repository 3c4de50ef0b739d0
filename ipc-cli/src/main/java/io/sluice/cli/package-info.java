/// The `sluice` command: its main class, and what all subcommands share, such as options, tables, messages of failures.
///
/// Start at [io.sluice.cli.Main]. The commands that look into spaces are in `io.sluice.cli.inspect`, the checks of
/// `sluice doctor` in `io.sluice.cli.doctor`, lines from shell to shell in `io.sluice.cli.lines`, the demonstrations in
/// `io.sluice.cli.demo`. Exit codes: 0 done, 1 failed, 2 wrong usage.
package io.sluice.cli;
