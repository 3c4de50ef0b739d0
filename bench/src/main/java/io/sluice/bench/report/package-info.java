/// What a run measured, whoever measured it: results, the sums that are drawn from them, and the ways to show them.
///
/// Start at [Report], which is read and written as JSON. [TextTable] shows a result at a terminal, [HtmlReport] a
/// report as a page, [BarChart] a result as a picture for a README, and [Comparison] sets two reports beside each
/// other.
package io.sluice.bench.report;
