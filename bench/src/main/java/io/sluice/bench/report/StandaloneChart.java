package io.sluice.bench.report;

import java.util.List;

/// A chart as a separate picture, with title, question, background and style sheet. A page that shows it as an image,
/// as a README does, contributes no style, whether the page is light or dark.
final class StandaloneChart {
    private static final double MARGIN = 20;
    private static final double TITLE = 26;
    private static final double LINE = 19;
    private static final int CHARACTERS = 105;

    private StandaloneChart() {}

    static Element of(String title, String question, Element chart, double chartHeight) {
        List<String> lines = Lines.wrap(question, CHARACTERS);
        double top = MARGIN + TITLE + lines.size() * LINE;
        double width = BarChart.WIDTH + 2 * MARGIN;
        double height = top + chartHeight + MARGIN / 2;
        Element picture = Svg.picture(width, height, title + ": " + question)
                .with("width", width)
                .with("height", height)
                .add(Element.of("style").text(Style.CHART))
                .add(Svg.rectangle("card", 0.5, 0.5, width - 1, height - 1).with("rx", 8))
                .add(Svg.text("title", MARGIN, MARGIN + 14, title));
        for (int i = 0; i < lines.size(); i++) {
            picture.add(Svg.text("muted", MARGIN, MARGIN + TITLE + 9 + i * LINE, lines.get(i)));
        }
        return picture.add(Svg.group(MARGIN, top).add(chart));
    }
}
