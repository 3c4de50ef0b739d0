/// Benchmarks in one process, by JMH: the cost of an operation on cache lines that no other thread uses.
///
/// Each class asks one question, and has a baseline, the cost of a common alternative, and a floor, the cost that no
/// implementation can beat. Run them with `-prof gc`, which adds the allocation of each operation. The module `bench`
/// runs them beside its benchmarks between processes; `./sluice bench --list` shows them as `micro-…`.
package io.sluice.jmh;
