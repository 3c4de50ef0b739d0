/// Recording: a tap reads along in a ring or a queue, in a process of its own, and appends to a journal.
///
/// Start at [io.sluice.journal.tap.Recorder].
package io.sluice.journal.tap;
