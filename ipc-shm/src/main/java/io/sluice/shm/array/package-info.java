/// Arrays of numbers between processes, of any size. Start at [io.sluice.shm.array.SharedArray], which documents what
/// all of them promise; each type has a class of its own, as [io.sluice.shm.array.SharedLongArray]. Arrays of records
/// are in `io.sluice.shm.value`.
package io.sluice.shm.array;
