/// The questions to one process, answered by JMH.
package io.sluice.bench.micro;
