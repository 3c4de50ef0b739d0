/// What can go wrong at every level, one type for each meaning. Start at [SluiceException].
///
/// A handle used after its end is a [ClosedException], content that cannot be right a [CorruptObjectException], and an
/// object that differs from what its user declares a [MismatchException], whichever module finds it out. What only
/// named objects can be refused for stands in `io.sluice.shm.error`. What failed in another process has a [RemoteTrace]
/// as its root cause.
package io.sluice.core.error;
