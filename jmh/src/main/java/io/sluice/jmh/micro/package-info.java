/// The questions to one process, answered by JMH.
package io.sluice.jmh.micro;
