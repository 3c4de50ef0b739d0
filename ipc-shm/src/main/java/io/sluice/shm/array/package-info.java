/// Arrays of numbers between processes, of any size. Start at [io.sluice.shm.array.SharedArray], which says what all of
/// them promise; there is one class for each type, as [io.sluice.shm.array.SharedLongArray]. Arrays of records are in
/// `io.sluice.shm.value`.
package io.sluice.shm.array;
