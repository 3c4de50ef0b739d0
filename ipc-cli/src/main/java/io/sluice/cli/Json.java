package io.sluice.cli;

import java.lang.reflect.Array;
import java.util.HexFormat;
import java.util.Map;

/// Writes JSON.
///
/// - **Threads:** one at a time.
public final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    /// An empty text.
    public Json() {}

    /// Begins an array.
    ///
    /// @return this
    public Json beginArray() {
        return open('[');
    }

    /// Ends an array.
    ///
    /// @return this
    public Json endArray() {
        return close(']');
    }

    /// Begins an object.
    ///
    /// @return this
    public Json beginObject() {
        return open('{');
    }

    /// Ends an object.
    ///
    /// @return this
    public Json endObject() {
        return close('}');
    }

    /// Adds a field.
    ///
    /// @param name of the field
    /// @param value of the field
    /// @return this
    public Json field(String name, String value) {
        return name(name).string(value);
    }

    /// Adds a field.
    ///
    /// @param name of the field
    /// @param value of the field
    /// @return this
    public Json field(String name, long value) {
        return name(name).literal(Long.toString(value));
    }

    /// Adds a field.
    ///
    /// @param name of the field
    /// @param value of the field
    /// @return this
    public Json field(String name, boolean value) {
        return name(name).literal(Boolean.toString(value));
    }

    /// Begins a field whose value comes next.
    ///
    /// @param name of the field
    /// @return this
    public Json name(String name) {
        string(name);
        text.append(':');
        first = true;
        return this;
    }

    /// A value of any kind that JSON has.
    ///
    /// @param value a text, a number, a truth value, a list, a map with texts as its keys, an array, or null; anything
    ///     else by its text
    /// @return this
    public Json value(Object value) {
        return switch (value) {
            case null -> literal("null");
            case Double number when !Double.isFinite(number) -> string(number.toString());
            case Float number when !Float.isFinite(number) -> string(number.toString());
            case Number number -> literal(number.toString());
            case Boolean truth -> literal(truth.toString());
            case Map<?, ?> map -> {
                beginObject();
                map.forEach((name, field) -> name(String.valueOf(name)).value(field));
                yield endObject();
            }
            case Iterable<?> list -> {
                beginArray();
                list.forEach(this::value);
                yield endArray();
            }
            case Object array when array.getClass().isArray() -> {
                beginArray();
                for (int i = 0; i < Array.getLength(array); i++) {
                    value(Array.get(array, i));
                }
                yield endArray();
            }
            default -> string(value.toString());
        };
    }

    private Json open(char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    private Json close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private Json literal(String value) {
        separate();
        text.append(value);
        first = false;
        return this;
    }

    private Json string(String value) {
        separate();
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                text.append("\\u00").append(HexFormat.of().toHexDigits((byte) character));
            } else {
                text.append(character);
            }
        }
        text.append('"');
        first = false;
        return this;
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
    }

    /// The text so far.
    @Override
    public String toString() {
        return text.toString();
    }
}
