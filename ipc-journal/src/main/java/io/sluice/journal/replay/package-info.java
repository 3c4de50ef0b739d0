/// Replaying: the records of a journal go into a ring, a queue, or anywhere else, at the pace at which they came or at
/// another one.
///
/// Start at [io.sluice.journal.replay.Replay].
package io.sluice.journal.replay;
