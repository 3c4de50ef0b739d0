package io.sluice.jmh.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/// What people look at: well formed whatever the names and numbers are, and all of it in one file.
class DrawingTest {
    private static final List<Result> RESULTS = List.of(
            Samples.rate(List.of(Goal.against("ours", Samples.HOSTILE, 2)),
                    Samples.near("ours", 1, 2, 3, 4, 5), Samples.near(Samples.HOSTILE, 1000)),
            Samples.time(List.of(), Samples.withLatencies("one", 100, 200, 5_000_000), Samples.withLatencies("two", 7)),
            Samples.rate(List.of(), Samples.near("zero", 0, 0)),
            Samples.rate(List.of(), Samples.near("nothing", Double.NaN)),
            new Result("empty", "Nobody?", "ns", false, List.of(), List.of(Goal.inform("a", "b"))),
            new Result("one process", "?", "ns/op", false, List.of(Series.of("x", "0 B/op", List.of(1.0))), List.of()));

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    @Test
    void everyBarChartIsWellFormedAndShowsEveryContestant() throws Exception {
        for (Result result : RESULTS) {
            Document svg = parse(BarChart.standalone(result));

            assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
            assertThat(BarChart.standalone(result)).doesNotContain("NaN").doesNotContain("Infinity");
        }
        assertThat(parse(BarChart.of(RESULTS.getFirst())).getDocumentElement().getTextContent())
                .contains("ours").contains(Samples.HOSTILE).contains("logarithmic");
    }

    @Test
    void percentileChartsAreWellFormed() throws Exception {
        Document svg = parse(PercentileChart.of(RESULTS.get(1), Distance.NEAR));

        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(PercentileChart.of(RESULTS.getFirst(), Distance.NEAR)).isEmpty();
    }

    @Test
    void thePageNeedsNothingFromElsewhereAndEscapesWhatItShows(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.html");
        HtmlReport.write(new Report(Map.of("cpu", Samples.HOSTILE), RESULTS), file);

        String page = Files.readString(file);

        parse(page.substring(page.indexOf("<html")));
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:").doesNotContain("https:");
        assertThat(page).doesNotContain("<script").contains("&lt;script&gt;");
        for (Result result : RESULTS) {
            assertThat(page).contains("<h2 id=\"" + result.name() + "\">");
        }
    }

    @Test
    void theTableHasEveryContestantAndEveryQuotient() {
        String text = printed(out -> RESULTS.forEach(result -> TextTable.print(result, out)));

        assertThat(text).contains("ours").contains(Samples.HOSTILE).contains("asked for at least 2.0")
                .contains("MISSED").contains("p99.99").contains("0 B/op").contains("few");
    }

    @Test
    void aComparisonTellsNoiseFromChange() {
        Report before = Samples.report(Samples.rate(List.of(), Samples.near("same", 9, 10, 11),
                Samples.near("better", 9, 10, 11), Samples.near("worse", 9, 10, 11)));
        Report after = new Report(Map.of("cpu", "b", "cores", "2"), List.of(
                Samples.rate(List.of(), Samples.near("same", 10, 11, 12), Samples.near("better", 19, 20, 21),
                        Samples.near("worse", 4, 5, 6), Samples.near("new", 1)),
                Samples.time(List.of(), Samples.near("x", 1))));

        List<String> lines = printed(out -> Comparison.print(before, after, out)).lines().toList();

        assertThat(lines).anySatisfy(line -> assertThat(line).contains("WARNING").contains("cpu"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("same").contains("within the noise"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("better").contains("+100.0 %").contains("BETTER"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("worse").contains("-50.0 %").contains("WORSE"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("new").contains("only in the second run"));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("time: only in the second run"));
    }

    private interface Printing {
        void to(PrintStream out);
    }

    private static String printed(Printing printing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        printing.to(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
