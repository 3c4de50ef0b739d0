/// What a run measured, whoever measured it: results, the sums that are drawn from them, and the ways to show them.
package io.sluice.jmh.report;
