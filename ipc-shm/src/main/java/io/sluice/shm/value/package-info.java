/// Values between processes.
///
/// One word each: [io.sluice.shm.value.SharedLong], [io.sluice.shm.value.SharedInt],
/// [io.sluice.shm.value.SharedDouble], [io.sluice.shm.value.SharedBoolean], with the methods of the JDK's atomics.
/// Several words each: [io.sluice.shm.value.SharedValue], and many of those, [io.sluice.shm.value.SharedRecordArray],
/// which readers never see torn. All come with a lock for changes of several steps. Start at the first.
///
/// Promised: a value is the one before a write or the one after it, whichever process dies.
package io.sluice.shm.value;
