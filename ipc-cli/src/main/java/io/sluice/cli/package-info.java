/// The `sluice` command: its main class, helpers of all subcommands, and the commands that inspect spaces.
///
/// Start at [io.sluice.cli.Main]. Lines from shell to shell are in `io.sluice.cli.lines`, the demonstrations in
/// `io.sluice.cli.demo`. Exit codes: 0 done, 1 failed, 2 wrong usage.
package io.sluice.cli;
