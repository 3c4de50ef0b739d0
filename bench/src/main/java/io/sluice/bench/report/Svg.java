package io.sluice.bench.report;

/// The few shapes that the charts are made of. What they look like is the style sheet's to say.
final class Svg {
    private Svg() {}

    /// A picture that shrinks with the page.
    ///
    /// @param label what a screen reader says
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

    /// A text that begins at a point, or ends or is centred there if `style` says so.
    static Element text(String style, double x, double y, String text) {
        return Element.of("text").with("class", style).with("x", x).with("y", y).text(text);
    }

    /// What a pointer that rests on an element shows.
    static Element tip(String text) {
        return Element.of("title").text(text);
    }
}
