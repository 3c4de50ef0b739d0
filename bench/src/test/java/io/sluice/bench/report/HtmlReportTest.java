package io.sluice.bench.report;

import static io.sluice.bench.report.Markup.elements;
import static io.sluice.bench.report.Markup.number;
import static io.sluice.bench.report.Markup.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// The page is self-contained, and no text of a report becomes markup.
class HtmlReportTest {
    private static final Report ALL = Samples.report(
            Samples.oneWay(), Samples.roundTrip(), Samples.hostile(),
            Samples.result("empty", "ns", false, List.of(), List.of()));

    private static Document parse(Report report) {
        return Markup.parse(HtmlReport.page(report));
    }

    @Test
    void itIsWrittenToTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("report.html");
        HtmlReport.write(ALL, file);
        assertThat(Files.readString(file)).isEqualTo(HtmlReport.page(ALL)).startsWith("<!DOCTYPE html>");
    }

    @Test
    void itIsSelfContained() {
        String page = HtmlReport.page(ALL);
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                .doesNotContain("http:", "https:", "url(", "@import", " src=", "<link");
        assertThat(elements(parse(ALL), "script")).isEmpty();
    }

    @Test
    void everyEntryOfTheContentsLeadsToItsResult() {
        Document page = parse(ALL);
        List<String> sections = elements(page, "section").stream().map(one -> "#" + one.getAttribute("id")).toList();
        List<String> links = elements(page, "a").stream().map(one -> one.getAttribute("href")).toList();
        assertThat(links).hasSize(ALL.results().size()).doesNotHaveDuplicates();
        assertThat(sections).containsAll(links).doesNotHaveDuplicates();
    }

    @Test
    void hostileTextIsShownAsItIs() {
        String shown = Samples.HOSTILE.replace('\u0000', '\uFFFD');
        Report report = new Report(Map.of(Samples.HOSTILE, Samples.HOSTILE), List.of(Samples.hostile()));
        Document page = parse(report);
        assertThat(elements(page, "script")).isEmpty();
        assertThat(texts(page, "h2")).contains(shown);
        assertThat(texts(page, "dt")).containsExactly(shown);
        assertThat(texts(page, "dd")).containsExactly(shown);
    }

    @Test
    void tablesCarryValuesAndVerdicts() {
        assertThat(texts(parse(Samples.report(Samples.oneWay())), "td")).contains(
                "42.0", "[40.7, 43.3]", "2.52", "few", "at least 1.4", "✓ reached", "✗ missed", "not measured");
    }

    @Test
    void aResultWithoutGoalsHasNoRatios() {
        Result result = Samples.result("any", "ns", false, List.of(Series.of("one", "", List.of(1.))), List.of());
        assertThat(texts(parse(Samples.report(result)), "h3")).containsExactly("Values in ns");
        assertThat(texts(parse(Samples.report(Samples.oneWay())), "h3")).contains("Ratios");
    }

    @Test
    void aCurveEndsWhereThereAreTooFewLatencies() {
        Document page = parse(Samples.report(Samples.roundTrip()));
        List<Element> curves = elements(page, "polyline");
        assertThat(curves).hasSize(2);
        assertThat(lastX(curves.get(0))).isEqualTo(ninesAt(page, "99.99 %"));
        assertThat(lastX(curves.get(1))).isBetween(ninesAt(page, "99 %"), ninesAt(page, "99.9 %"));
        assertThat(elements(page, "circle")).hasSize(2);
    }

    private static double lastX(Element curve) {
        String points = curve.getAttribute("points");
        return Double.parseDouble(points.substring(points.lastIndexOf(' ') + 1, points.lastIndexOf(',')));
    }

    private static double ninesAt(Document page, String tick) {
        return elements(page, "text").stream()
                .filter(text -> text.getTextContent().equals(tick))
                .mapToDouble(text -> Math.round(number(text, "x") * 10) / 10.)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEmptyHistogramIsLeftOut() {
        Series series = new Series("one", "", List.of(),
                Map.of(Distance.NEAR, Series.encode(new Histogram(3))));
        Document page = parse(Samples.report(Samples.result("any", "ns", false, List.of(series), List.of())));
        assertThat(elements(page, "polyline")).isEmpty();
    }
}
