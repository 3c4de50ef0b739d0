package io.sluice.bench.report;

import static io.sluice.bench.report.Markup.elements;
import static io.sluice.bench.report.Markup.number;
import static io.sluice.bench.report.Markup.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// Bars start at 0 and are in proportion; where that is impossible, points replace them.
class BarChartTest {
    private static Document draw(Result result) {
        return Markup.parse(BarChart.of(result).toString());
    }

    private static Result of(double... medians) {
        List<Series> series = IntStream.range(0, medians.length)
                .mapToObj(i -> Series.of("series-" + i, "", List.of(medians[i])))
                .toList();
        return Samples.result("any", "ns", false, series, List.of());
    }

    @Test
    void lengthsAreInProportion() {
        Document chart = draw(of(10, 40));
        List<Element> bars = elements(chart, "rect", "other");
        assertThat(bars).hasSize(2);
        assertThat(number(bars.get(1), "width") / number(bars.get(0), "width")).isEqualTo(4, Offset.offset(0.01));
        assertThat(number(bars.get(0), "x")).isEqualTo(number(bars.get(1), "x"));
    }

    @Test
    void theErrorBarGoesFromTheLowToTheHighEnd() {
        Result result = Samples.result(
                "any", "ns", false, List.of(Series.of("one", "", List.of(10., 20., 30., 40., 50.))), List.of());
        Document chart = draw(result);
        Element bar = elements(chart, "rect", "other").getFirst();
        Element whisker = elements(chart, "line", "whisker").getFirst();
        double zero = number(bar, "x");
        double perUnit = number(bar, "width") / 30;
        assertThat(number(whisker, "x1")).isEqualTo(zero + 10 * perUnit, Offset.offset(0.05));
        assertThat(number(whisker, "x2")).isEqualTo(zero + 50 * perUnit, Offset.offset(0.05));
    }

    @Test
    void aHundredfoldMakesTheAxisLogarithmicAndSaysSo() {
        Document far = draw(of(2, 200));
        assertThat(elements(far, "circle", "other")).hasSize(2);
        assertThat(elements(far, "rect")).isEmpty();
        assertThat(texts(far, "text")).anyMatch(text -> text.contains("the axis is logarithmic"));
        assertThat(texts(draw(of(2, 199)), "text")).noneMatch(text -> text.contains("logarithmic"));
    }

    @Test
    void rolesHaveTheirColours() {
        Document chart = draw(Samples.oneWay());
        // One in the legend, and one at each of two distances.
        assertThat(elements(chart, "rect", "ours")).hasSize(3);
        assertThat(elements(chart, "rect", "peer")).hasSize(3);
        assertThat(elements(chart, "rect", "other")).hasSize(3);
        assertThat(texts(chart, "text")).contains("ours", "peers and floors", "others", "42.0", "9.70 (few)");
    }

    @Test
    void valuesThatAreNotFiniteHaveNoBarButALabel() {
        Document chart = draw(of(5, Double.NaN, Double.POSITIVE_INFINITY, 0));
        assertThat(elements(chart, "rect", "other")).hasSize(2);
        assertThat(texts(chart, "text")).contains("NaN (few)", "Infinity (few)", "0 (few)");
    }

    @Test
    void aResultWithoutSamplesSaysSo() {
        assertThat(texts(draw(of()), "text")).contains("no samples");
    }

    @Test
    void aSeparateFileHasBackgroundAndStyle() {
        for (Result result : List.of(Samples.oneWay(), Samples.hostile(), of(), of(0), of(0, 1, 1000))) {
            Document file = Markup.parse(BarChart.standalone(result));
            assertThat(elements(file, "style")).hasSize(1);
            assertThat(elements(file, "rect", "card")).hasSize(1);
            assertThat(number(file.getDocumentElement(), "width")).isGreaterThan(800);
            assertThat(elements(file, "script")).isEmpty();
        }
    }

    @Test
    void aHostileNameStaysText() {
        assertThat(BarChart.standalone(Samples.hostile())).doesNotContain("<script").contains("&lt;script");
    }
}
