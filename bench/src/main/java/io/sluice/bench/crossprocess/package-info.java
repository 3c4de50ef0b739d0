/// What passes between two processes, and how fast: ours and its peers in one run, in alternating blocks.
///
/// Start at [CrossProcess], the program. A [Benchmark] is one question; its [Subject]s are pairs of JVMs, one pinned to
/// each of two cores, that live through the whole benchmark and sleep while the others play, so that each keeps its own
/// compiled code and its own flags. What they do is a [Measure]; through what they do it is a [Link], behind which
/// stand our rings and queue, Agrona's ring buffers and the floors: two bare cache lines, and a bare futex.
///
/// Each block lies between two probes, the round trip of two bare cache lines between the same two threads, since
/// virtual cores that share a cache in one block may not in the next. Only blocks of the same distance are compared.
package io.sluice.bench.crossprocess;
