/// The `sluice bench` command: selects and runs benchmarks, shows their results, and guards the hot path against
/// regressions.
///
/// Start at [BenchCommand]. A [io.sluice.bench.benchmark.Benchmark] compares subjects: ours, peers and bare floors.
package io.sluice.bench;
