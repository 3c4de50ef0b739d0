/// Links between two processes: ours, those of the peers, and the bare floors. All ends do the same work on the same
/// payload. Start at [Link] and [Transport], the list of them.
package io.sluice.bench.link;
