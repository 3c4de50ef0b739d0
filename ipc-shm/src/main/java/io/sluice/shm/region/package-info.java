/// One mapped file: reserved, laid out and checked, whatever it holds.
///
/// Start at [Region]. [Directory] is the private directory it lives in, [RegionHeader] what its first page says, and
/// [RegionLayout] where each field is.
///
/// Promised: a file appears under its name whole or not at all; its space is reserved, so that no access finds the
/// file system full; nothing is mapped that has not been checked. Not promised: anything against a process of the same
/// user that truncates the file on purpose.
package io.sluice.shm.region;
