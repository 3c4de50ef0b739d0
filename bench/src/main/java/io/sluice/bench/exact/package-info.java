/// Exact figures of the hot path: the bytes that an operation allocates and the system calls that it makes. They are
/// counted, not timed, so they are the same on every machine and under any load.
///
/// Start at [HotPath], the operations and their promises. [Measurement] runs them in a JVM of their own: [Allocation]
/// reads the bytes from the JVM, and the kernel reports each system call, by seccomp, to the JVM that started it.
///
/// System calls need Linux 5.9, on x86-64 or aarch64, and no privileges. Where a kernel or container refuses, the
/// result is [SystemCalls.Refused] with the reason, in place of a number.
package io.sluice.bench.exact;
