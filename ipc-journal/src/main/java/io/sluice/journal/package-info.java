/// Journals: records of everything that passed, on disk, in order, to be read and replayed.
///
/// A journal is a directory of cycles, one file each. Start at [io.sluice.journal.Journal]; a recorder that follows a
/// ring or a queue is in `io.sluice.journal.tap`, a replay in `io.sluice.journal.replay`.
///
/// Promised: sequences grow by one from record to record over all cycles; a record that was appended survives the
/// death of its process; what is read was checked against the hash chain of its cycle. Not promised: the records of the
/// last seconds before a power cut, unless the writer was told to force them; [io.sluice.journal.Journal#verify] tells
/// what is there.
package io.sluice.journal;
