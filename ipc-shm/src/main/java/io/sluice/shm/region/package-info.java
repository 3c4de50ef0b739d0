/// One mapped file: reserved, laid out and checked, whatever it holds.
///
/// Start at [Region]. [Directory] is the private directory it lives in, [RegionHeader] what its first page says, and
/// [RegionLayout] where each field is.
///
/// Promised: a file appears under its name whole or not at all; its space is reserved, so that no access finds the
/// file system full; nothing is mapped that has not been checked. A file that another process of the same user
/// truncates is a [io.sluice.core.error.CorruptObjectException] that names it, for every operation that the interpreter
/// runs. Not promised: the same for operations of one word in compiled code, which may throw the JVM's `InternalError`
/// in their caller, see [io.sluice.core.memory.MemoryFault].
package io.sluice.shm.region;
