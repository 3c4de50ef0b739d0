/// Benchmarks between processes: ours and the peers' in one run, in alternating blocks.
///
/// Start at [CrossProcessBenchmarks], the list. A [CrossProcessBenchmark] is one question; each [Subject] is a pair of
/// JVMs, one pinned to each of two cores. They live through all blocks of a start and sleep while other subjects run,
/// so that each keeps its own compiled code and its own flags. A [Measure] says what they do, an
/// [io.sluice.bench.link.Link] how their messages pass: our rings and queue, the peers, and the floors, two bare cache
/// lines and a bare futex. [CrossProcessRun] starts the subjects and runs their blocks.
///
/// Each block lies between two probes, the round trip of two bare cache lines between the same two threads, because
/// virtual cores that share a cache in one block may not in the next. Only blocks of the same distance are compared.
package io.sluice.bench.crossprocess;
