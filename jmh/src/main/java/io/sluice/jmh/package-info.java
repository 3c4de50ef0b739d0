/// Benchmarks in one process, by JMH: what an operation costs while nobody else wants its lines.
///
/// Each class asks one question, and has a baseline, what others do, and a floor, what cannot be beaten. Run them with
/// `-prof gc`, which adds the allocation of each operation. What passes between two processes is measured by
/// [io.sluice.jmh.crossprocess.CrossProcess].
package io.sluice.jmh;
