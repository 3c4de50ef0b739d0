/// The results of a run, of any kind of benchmark: samples, their summaries and ratios, and the ways to show them.
///
/// Start at [Report], which is read and written as JSON. [TextTable] prints a result on a terminal, [HtmlReport] writes
/// a report as a page, [BarChart] draws a result as a picture for a README, and [Comparison] compares two reports.
package io.sluice.bench.report;
