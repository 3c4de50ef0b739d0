/// Benchmarks of journals: what a tap costs its producer, and how fast records go to the disk and come back.
package io.sluice.bench.journal;
