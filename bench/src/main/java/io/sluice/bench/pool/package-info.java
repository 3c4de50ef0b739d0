/// Benchmarks of process pools and of process starts, beside threads, Python and bare floors.
package io.sluice.bench.pool;
