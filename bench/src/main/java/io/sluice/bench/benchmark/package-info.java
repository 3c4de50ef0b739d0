/// What all kinds of benchmarks share: a named question, the conditions of a run, the facts about the machine.
package io.sluice.bench.benchmark;
