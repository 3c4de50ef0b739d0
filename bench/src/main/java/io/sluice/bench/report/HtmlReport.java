package io.sluice.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A report as one self-contained page: no script, no external picture, no external font.
public final class HtmlReport {
    private static final String TITLE = "Sluice: benchmarks";

    private HtmlReport() {}

    /// Writes the page.
    ///
    /// @param report of a run
    /// @param file is replaced
    /// @throws IOException if it cannot be written
    public static void write(Report report, Path file) throws IOException {
        Files.writeString(file, page(report));
    }

    static String page(Report report) {
        Element body = Element.of("body")
                .add(Element.of("h1").text(TITLE))
                .add(summary(report))
                .add(contents(report))
                .add(machine(report))
                .add(reading());
        for (int i = 0; i < report.results().size(); i++) {
            body.add(ResultSection.of(report.results().get(i), anchor(i)));
        }
        return "<!DOCTYPE html>\n" + Element.of("html").with("lang", "en").add(head()).add(body) + "\n";
    }

    private static Element head() {
        return Element.of("head")
                .add(Element.of("meta").with("charset", "utf-8"))
                .add(Element.of("meta")
                        .with("name", "viewport").with("content", "width=device-width, initial-scale=1"))
                .add(Element.of("title").text(TITLE))
                .add(Element.of("style").text(Style.CHART + Style.PAGE));
    }

    private static Element summary(Report report) {
        List<Ratio> all = report.results().stream().flatMap(result -> result.ratios().stream()).toList();
        String goals = bound(all) == 0 ? "" : "; of the goals, " + reached(all);
        int results = report.results().size();
        return Element.of("p").with("class", "muted")
                .text((results == 1 ? "1 result" : results + " results") + goals);
    }

    private static long bound(List<Ratio> ratios) {
        return ratios.stream().filter(Ratio::isBound).count();
    }

    private static String reached(List<Ratio> ratios) {
        long reached = ratios.stream().filter(Ratio::isBound).filter(Ratio::isReached).count();
        return "%s of %s reached".formatted(reached, bound(ratios));
    }

    private static Element contents(Report report) {
        Element list = Element.of("ol");
        for (int i = 0; i < report.results().size(); i++) {
            Result result = report.results().get(i);
            Element item = Element.of("li")
                    .add(Element.of("a").with("href", "#" + anchor(i)).text(result.name()))
                    .text(" " + result.question());
            List<Ratio> ratios = result.ratios();
            if (bound(ratios) > 0) {
                boolean all = ratios.stream().filter(Ratio::isBound).allMatch(Ratio::isReached);
                item.text(" ").add(Element.of("span")
                        .with("class", all ? "reached" : "missed").text(reached(ratios)));
            }
            list.add(item);
        }
        return Element.of("nav").add(list);
    }

    /// A number, since names may contain any character.
    private static String anchor(int index) {
        return "result-" + (index + 1);
    }

    private static Element machine(Report report) {
        Element facts = Element.of("dl");
        report.machine().forEach((name, fact) ->
                facts.add(Element.of("dt").text(name)).add(Element.of("dd").text(fact)));
        return Element.of("section").with("id", "machine")
                .add(Element.of("h2").text("Machine"))
                .add(facts);
    }

    private static Element reading() {
        return Element.of("section").with("id", "reading")
                .add(Element.of("h2").text("How to read this"))
                .add(Element.of("p").text("""
                        A value is the median of n samples. Its interval, the error bar of the charts, is a \
                        90\u00a0%% confidence interval for the median, for any distribution. Fewer than %s samples, \
                        marked "few", are not enough for it; theirs is from the least to the greatest. The \
                        interval of a ratio is the widest that those of its two sides allow."""
                        .formatted(Summary.MIN_SAMPLES)))
                .add(Element.of("p").text("""
                        Near and far are distances of the two cores, by the round trip of a bare cache line. Only \
                        samples of the same distance are compared, and samples during which it changed are not \
                        counted. A percentile is shown as "-" if there are too few latencies to tell it from the \
                        maximum."""));
    }
}
