package io.sluice.jmh.report;

/// Builds a drawing, element by element. Texts and names come from outside, so all are escaped.
final class Svg {
    /// Colours that people who see few colours tell apart (M. Okabe, K. Ito, Color Universal Design, 2008).
    private static final String[] PALETTE = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#999933", "#aa4499", "#44aa99"
    };

    private final StringBuilder text = new StringBuilder();

    Svg(double width, double height, String title) {
        text.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" \
                aria-label="%s" font-family="system-ui, sans-serif" font-size="12">
                """.formatted(Numbers.coordinate(width), Numbers.coordinate(height),
                Numbers.coordinate(width), Numbers.coordinate(height), escape(title)));
    }

    static String colour(int index) {
        return PALETTE[index % PALETTE.length];
    }

    void line(double fromX, double fromY, double toX, double toY, String style) {
        text.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>%n".formatted(
                Numbers.coordinate(fromX), Numbers.coordinate(fromY),
                Numbers.coordinate(toX), Numbers.coordinate(toY), style));
    }

    void rectangle(double x, double y, double width, double height, String fill) {
        text.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>%n".formatted(
                Numbers.coordinate(x), Numbers.coordinate(y),
                Numbers.coordinate(Math.max(0, width)), Numbers.coordinate(height), fill));
    }

    /// @param points pairs, as SVG takes them
    void curve(String points, String stroke) {
        text.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n".formatted(
                points, stroke));
    }

    /// @param anchor `start`, `middle` or `end`
    void label(double x, double y, String anchor, String style, String words) {
        text.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>%n".formatted(
                Numbers.coordinate(x), Numbers.coordinate(y), anchor, style, escape(words)));
    }

    /// A style sheet inside the drawing, for one that stands alone.
    void style(String sheet) {
        text.append("<style>").append(sheet).append("</style>\n");
    }

    void background(double width, double height) {
        text.append("<rect class=\"back\" width=\"%s\" height=\"%s\"/>%n".formatted(
                Numbers.coordinate(width), Numbers.coordinate(height)));
    }

    String end() {
        return text + "</svg>\n";
    }

    static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
