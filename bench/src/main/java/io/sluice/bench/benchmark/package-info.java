/// What every kind of measurement has in common: a question with a name, the conditions of a run, the machine.
package io.sluice.bench.benchmark;
