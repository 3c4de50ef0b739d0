package io.sluice.bench.report;

/// The shapes of the charts. The style sheet sets their look.
final class Svg {
    private Svg() {}

    /// A picture that shrinks with the page.
    ///
    /// @param label text for screen readers
    static Element picture(double width, double height, String label) {
        return Element.of("svg")
                .with("xmlns", "http://www.w3.org/2000/svg")
                .with("viewBox", "0 0 %s %s".formatted(Digits.plain(width), Digits.plain(height)))
                .with("class", "chart")
                .with("role", "img")
                .with("aria-label", label);
    }

    static Element group(double x, double y) {
        return Element.of("g")
                .with("transform", "translate(%s %s)".formatted(Digits.plain(x), Digits.plain(y)));
    }

    static Element line(String style, double x1, double y1, double x2, double y2) {
        return Element.of("line").with("class", style)
                .with("x1", x1).with("y1", y1).with("x2", x2).with("y2", y2);
    }

    static Element rectangle(String style, double x, double y, double width, double height) {
        return Element.of("rect").with("class", style)
                .with("x", x).with("y", y).with("width", width).with("height", height);
    }

    static Element circle(String style, double x, double y, double radius) {
        return Element.of("circle").with("class", style).with("cx", x).with("cy", y).with("r", radius);
    }

    /// A text that starts at a point; with the styles `end` and `middle` it ends or is centred there.
    static Element text(String style, double x, double y, String text) {
        return Element.of("text").with("class", style).with("x", x).with("y", y).text(text);
    }

    /// The tooltip of an element.
    static Element tip(String text) {
        return Element.of("title").text(text);
    }
}
