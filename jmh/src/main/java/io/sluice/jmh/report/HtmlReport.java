package io.sluice.jmh.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// A report as one page: no script, nothing from elsewhere, light and dark, also on paper.
public final class HtmlReport {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>sluice bench</title>
            <style>
            :root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --back: #ffffff;
              --good: #1a7f37; --bad: #cf222e; }
            @media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --quiet: #9198a1; --line: #3d444d;
              --back: #0d1117; --good: #3fb950; --bad: #f85149; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 860px;
              margin: 2em auto; padding: 0 1em; }
            h2 { margin: 2em 0 0; font-size: 1.15em; border-top: 1px solid var(--line); padding-top: 1.2em; }
            p.question { margin: 0 0 .5em; color: var(--quiet); }
            table { border-collapse: collapse; font-size: .88em; margin: .8em 0; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .15em .7em; border-bottom: 1px solid var(--line); }
            th { font-weight: 600; } th:first-child, td:first-child, .values td:last-child, .values th:last-child { text-align: left; }
            table.machine td { text-align: left; }
            nav { columns: 3; font-size: .9em; } nav a { display: block; color: inherit; }
            .reached { color: var(--good); } .missed { color: var(--bad); }
            svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); } svg .quiet { fill: var(--quiet); }
            svg .strong { font-weight: 600; } svg .axis { stroke: var(--line); }
            svg .error { stroke: var(--ink); stroke-width: 1.5; }
            @media print { h2 { break-after: avoid; } svg, table { break-inside: avoid; } }
            </style>
            </head>
            <body>
            <h1>sluice bench</h1>
            <p>Bars are medians of blocks; the thin lines hold the true median with 90 %. What is ours is blue. Only
            quotients of one run mean something on another machine.</p>
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private HtmlReport() {}

    /// Writes a report.
    ///
    /// @param report what a run measured
    /// @param file is replaced
    /// @throws IOException if it cannot be written
    public static void write(Report report, Path file) throws IOException {
        Files.writeString(file, new HtmlReport().draw(report));
    }

    private String draw(Report report) {
        open("table", "machine");
        report.machine().forEach((fact, value) -> row(List.of(fact, value), "td"));
        page.append("</table>\n<nav>\n");
        for (Result result : report.results()) {
            page.append("<a href=\"#%s\">%s</a>%n".formatted(escape(result.name()), escape(result.name())));
        }
        page.append("</nav>\n");
        report.results().forEach(this::draw);
        return page.append("</body>\n</html>\n").toString();
    }

    private void draw(Result result) {
        page.append("<h2 id=\"%s\">%s</h2>%n<p class=\"question\">%s</p>%n".formatted(
                escape(result.name()), escape(result.name()), escape(result.question())));
        page.append(BarChart.of(result));
        drawQuotients(result);
        for (Distance distance : result.distances()) {
            String chart = PercentileChart.of(result, distance);
            if (!chart.isEmpty()) {
                page.append("<p class=\"question\">Latencies%s</p>%n".formatted(
                        distance == Distance.ANY ? "" : ", cores " + distance.text()));
                page.append(chart);
                drawPercentiles(result, distance);
            }
        }
        drawValues(result);
    }

    private void drawQuotients(Result result) {
        if (result.quotients().isEmpty()) {
            return;
        }
        open("table", "quotients");
        row(List.of("quotient", "cores", "of the medians", "from", "to", "asked for"), "th");
        for (Quotient quotient : result.quotients()) {
            String asked = quotient.isBound()
                    ? "<span class=\"%s\">%s %s, %s</span>".formatted(
                            quotient.isReached() ? "reached" : "missed",
                            result.higherIsBetter() ? "≥" : "≤", quotient.goal().bound(),
                            quotient.isReached() ? "reached" : "missed")
                    : "";
            page.append("<tr><td>%s</td><td>%s</td><td>%.2f</td><td>%.2f</td><td>%.2f</td><td>%s</td></tr>%n".formatted(
                    escape(quotient.goal().text()), quotient.distance().text(),
                    quotient.value(), quotient.low(), quotient.high(), asked));
        }
        page.append("</table>\n");
    }

    private void drawPercentiles(Result result, Distance distance) {
        open("table", "percentiles");
        page.append("<tr><th></th>");
        for (double percentile : Numbers.PERCENTILES) {
            page.append("<th>%s</th>".formatted(Numbers.percentile(percentile)));
        }
        page.append("<th>max</th></tr>\n");
        for (Series series : result.series()) {
            Optional<Histogram> latencies = series.latencies(distance);
            if (latencies.isPresent()) {
                page.append("<tr><td>%s</td>".formatted(escape(series.name())));
                for (double percentile : Numbers.PERCENTILES) {
                    page.append("<td>%s</td>".formatted(Numbers.latency(latencies.get(), percentile)));
                }
                page.append("<td>%s</td></tr>%n".formatted(Numbers.nanos((double) latencies.get().getMaxValue())));
            }
        }
        page.append("</table>\n");
    }

    private void drawValues(Result result) {
        open("table", "values");
        row(List.of("contestant", "cores", result.unit(), "interval", "blocks", "in round trips", "what it is"), "th");
        for (Distance distance : result.distances()) {
            for (Series series : result.series()) {
                Summary summary = series.summary(distance);
                if (!summary.isEmpty()) {
                    row(List.of(series.name(), distance.text(), Numbers.text(summary.median()),
                            Numbers.interval(summary), Integer.toString(summary.samples()),
                            Numbers.inTrips(result, summary), series.detail()), "td");
                }
            }
        }
        page.append("</table>\n");
    }

    private void open(String element, String style) {
        page.append("<%s class=\"%s\">%n".formatted(element, style));
    }

    private void row(List<String> cells, String element) {
        page.append("<tr>");
        cells.forEach(cell -> page.append("<%s>%s</%s>".formatted(element, escape(cell), element)));
        page.append("</tr>\n");
    }

    private static String escape(String words) {
        return Svg.escape(words);
    }
}
