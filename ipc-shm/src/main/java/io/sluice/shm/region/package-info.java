/// One mapped file: reserved, laid out and checked, whatever it holds.
///
/// Start at [Region]. [Directory] is the private directory it lives in, [RegionHeader] what its first page says, and
/// [RegionLayout] where each field is.
///
/// Promised: a file appears under its name whole or not at all; its space is reserved, so that no access finds the
/// file system full; nothing is mapped that has not been checked. A file that another process of the same user truncates is
/// a [io.sluice.shm.error.CorruptObjectException] where it is attached, recovered and closed, and the JVM's
/// `InternalError` elsewhere.
package io.sluice.shm.region;
