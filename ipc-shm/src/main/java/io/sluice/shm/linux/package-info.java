/// Every native call of the project, through `java.lang.foreign`, for Linux on x86-64 and aarch64.
///
/// One small class for each concern of the kernel: [FileCalls] and [Mapping] for files, [OfdLocks] for liveness,
/// [Futex] for sleeping and waking. A call answers with its result or the negative error number, and [Errno] makes
/// exceptions of the numbers that are not outcomes.
package io.sluice.shm.linux;
