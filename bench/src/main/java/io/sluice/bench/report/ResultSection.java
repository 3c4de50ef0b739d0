package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.List;

/// One result as a section of the page: chart, values, ratios, latencies.
final class ResultSection {
    private ResultSection() {}

    /// The section.
    ///
    /// @param anchor target of the link in the table of contents
    static Element of(Result result, String anchor) {
        Element section = Element.of("section").with("id", anchor)
                .add(Element.of("h2").text(result.name()))
                .add(Element.of("p").text(result.question()))
                .add(Element.of("figure").add(BarChart.of(result)));
        if (!Row.of(result).isEmpty()) {
            section.add(heading("Values in " + result.unit())).add(values(result));
        }
        section.addAll(notes(result));
        if (!result.goals().isEmpty()) {
            section.add(heading("Ratios")).add(ratios(result));
        }
        return section.addAll(latencies(result));
    }

    private static Element heading(String text) {
        return Element.of("h3").text(text);
    }

    private static Element values(Result result) {
        HtmlTable table = new HtmlTable(2, Row.headings(result));
        Row.of(result).forEach(row -> table.add(row.cells()));
        return table.element();
    }

    private static List<Element> notes(Result result) {
        List<String> notes = Row.remarks(result);
        if (notes.isEmpty()) {
            return List.of();
        }
        List<Element> items = notes.stream().map(note -> Element.of("li").text(note)).toList();
        return List.of(Element.of("ul").with("class", "notes").addAll(items));
    }

    private static Element ratios(Result result) {
        HtmlTable table = new HtmlTable(
                2, List.of("ratio", "distance", "value", "interval", "goal", ""));
        List<Ratio> ratios = result.ratios();
        for (Goal goal : result.goals()) {
            List<Ratio> ofGoal = ratios.stream().filter(one -> one.goal().equals(goal)).toList();
            ofGoal.forEach(ratio -> table.add(cells(ratio), ratio.isReached() ? "reached" : "missed"));
            if (ofGoal.isEmpty()) {
                table.add(List.of(goal.text(), "", "not measured", "", "", ""));
            }
        }
        return table.element();
    }

    private static List<String> cells(Ratio ratio) {
        Goal goal = ratio.goal();
        String best = goal.peers().size() == 1 ? "" : " (" + ratio.peer() + ")";
        return List.of(
                goal.text() + best,
                ratio.distance().text(),
                Digits.text(ratio.value()),
                Digits.interval(ratio.low(), ratio.high()),
                ratio.asked(),
                verdict(ratio));
    }

    private static String verdict(Ratio ratio) {
        if (!ratio.isBound()) {
            return "";
        }
        return ratio.isReached() ? "✓ reached" : "✗ missed";
    }

    private static List<Element> latencies(Result result) {
        List<Percentiles> all = Percentiles.of(result);
        List<Element> elements = new ArrayList<>();
        for (Distance distance : all.stream().map(Percentiles::distance).distinct().toList()) {
            elements.add(heading(distance == Distance.ANY ? "Latencies" : "Latencies, " + distance.text()));
            elements.add(Element.of("figure").add(PercentileChart.of(result, distance, all)));
        }
        if (!all.isEmpty()) {
            HtmlTable table = new HtmlTable(2, Percentiles.headings());
            all.forEach(row -> table.add(row.cells()));
            elements.add(table.element());
        }
        return elements;
    }
}
