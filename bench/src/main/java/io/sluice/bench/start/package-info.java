/// Benchmarks of what is fresh: JVMs, child processes and pools until their first result, beside Python and a bare JVM.
package io.sluice.bench.start;
