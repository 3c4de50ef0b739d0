/// Lines from shell to shell: `sluice send` and `sluice receive`.
///
/// Start at [io.sluice.cli.lines.LineQueue], which describes how lines travel and how the end is detected. Promised:
/// every byte arrives, once and in the order of its sender, and a dead sender is not taken for a finished one. Not
/// promised: lines that a dead receiver had taken and not written.
package io.sluice.cli.lines;
