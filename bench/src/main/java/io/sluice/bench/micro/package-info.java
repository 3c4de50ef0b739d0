/// Benchmarks in one process, run by JMH.
package io.sluice.bench.micro;
