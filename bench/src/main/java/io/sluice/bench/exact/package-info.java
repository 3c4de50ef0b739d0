/// Exact figures of the hot path: the bytes that an operation allocates and the system calls that it makes, counted and
/// not timed, so that they are the same on every machine and under any load.
///
/// Start at [HotPath], the operations and what each of them promises. [Measurement] runs one in a JVM of its own:
/// [Allocation] asks the JVM for the bytes, and the kernel reports each system call, by seccomp, to the JVM that
/// started it.
///
/// Needs Linux 5.9 for the system calls, on x86-64 or aarch64, and no privileges. A kernel or container that refuses
/// gives [SystemCalls.Refused], with the reason, in place of a number.
package io.sluice.bench.exact;
