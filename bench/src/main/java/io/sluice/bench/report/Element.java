package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An element of HTML or SVG that escapes its attributes and text. The output is both HTML and well-formed XML: only
/// elements that are void in HTML close themselves, and characters that XML forbids become U+FFFD.
final class Element {
    private static final Set<String> VOID = Set.of("br", "col", "hr", "meta");
    private static final String REPLACEMENT = "\uFFFD";

    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Object> children = new ArrayList<>();

    private Element(String name) {
        this.name = name;
    }

    static Element of(String name) {
        return new Element(name);
    }

    Element with(String attribute, String value) {
        attributes.put(attribute, value);
        return this;
    }

    /// A length or coordinate, to a hundredth: more digits are invisible and enlarge the file.
    Element with(String attribute, double value) {
        return with(attribute, Digits.plain(value));
    }

    Element text(String text) {
        children.add(text);
        return this;
    }

    Element add(Element child) {
        children.add(child);
        return this;
    }

    Element addAll(List<Element> all) {
        children.addAll(all);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        out.append('<').append(name);
        attributes.forEach((key, value) ->
                out.append(' ').append(key).append("=\"").append(escape(value).replace("\"", "&quot;")).append('"'));
        if (VOID.contains(name)) {
            out.append("/>");
            return;
        }
        out.append('>');
        // Each element has its line, so that a diff of the file is readable; not beside text, where a line break shows.
        boolean lines = !children.isEmpty() && children.stream().allMatch(Element.class::isInstance);
        for (Object child : children) {
            if (lines) {
                out.append('\n');
            }
            if (child instanceof Element element) {
                element.write(out);
            } else {
                out.append(escape(child.toString()));
            }
        }
        out.append(lines ? "\n</" : "</").append(name).append('>');
    }

    private static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                default -> out.append(isXml(c) ? Character.toString(c) : REPLACEMENT);
            }
        });
        return out.toString();
    }

    /// The characters of XML 1.0, §2.2; unpaired surrogates are not among them.
    private static boolean isXml(int c) {
        return c == '\t' || c == '\n' || c == '\r'
                || (c >= 0x20 && c < 0xD800)
                || (c >= 0xE000 && c < 0xFFFE)
                || c >= 0x10000;
    }
}
