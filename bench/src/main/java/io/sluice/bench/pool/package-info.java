/// Benchmarks of process pools, process starts and managers, beside threads, Python and bare floors.
package io.sluice.bench.pool;
