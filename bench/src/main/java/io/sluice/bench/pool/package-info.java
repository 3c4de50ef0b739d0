/// How fast is a pool of processes, and how soon does a process start, beside threads, Python and bare floors?
package io.sluice.bench.pool;
