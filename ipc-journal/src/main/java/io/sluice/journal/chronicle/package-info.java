/// The engine that keeps a journal in the files of Chronicle Queue. Nothing else names a type of Chronicle's.
///
/// Chronicle writes and we read: start at `ChronicleCursor`, which tells why.
package io.sluice.journal.chronicle;
