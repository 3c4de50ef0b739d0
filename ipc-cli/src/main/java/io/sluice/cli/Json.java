package io.sluice.cli;

/// Writes JSON.
final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    Json beginArray() {
        return open('[');
    }

    Json endArray() {
        return close(']');
    }

    Json beginObject() {
        return open('{');
    }

    Json endObject() {
        return close('}');
    }

    Json field(String name, String value) {
        return name(name).string(value);
    }

    Json field(String name, long value) {
        return name(name).literal(Long.toString(value));
    }

    Json field(String name, boolean value) {
        return name(name).literal(Boolean.toString(value));
    }

    /// Begins a field whose value comes next.
    Json name(String name) {
        string(name);
        text.append(':');
        first = true;
        return this;
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
                text.append("\\u%04x".formatted((int) character));
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

    @Override
    public String toString() {
        return text.toString();
    }
}
