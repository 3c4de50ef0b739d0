/// Lines from shell to shell: `sluice send` and `sluice receive`.
///
/// Start at [io.sluice.cli.lines.LineQueue], which says how lines travel and how the end is told. Promised: every byte
/// arrives, once and in the order of its sender, and a sender that died is not taken for one that finished. Not
/// promised: what a receiver that died had taken and not yet written.
package io.sluice.cli.lines;
