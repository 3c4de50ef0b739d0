/// How fast is a pool of processes, and how soon does a process start, beside threads, Python and bare floors? Start at
/// [io.sluice.jmh.pool.PoolComparison].
package io.sluice.jmh.pool;
