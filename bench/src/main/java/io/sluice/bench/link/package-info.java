/// The ways by which messages go from one end to the other: ours, those of the peers, and the bare floors. All ends do
/// the same work on the same payload.
package io.sluice.bench.link;
