package io.sluice.cli.inspect;

import io.sluice.cli.Json;
import io.sluice.core.codec.CodecException;
import io.sluice.core.codec.DescribedCodec;
import io.sluice.shm.space.ObjectInfo.Kind;
import io.sluice.shm.space.RingMessage;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Shows a message: by the fields of its record where the text of the codec tells them, otherwise as text or as bytes.
final class MessageText {
    /// Between the codecs of the requests and the answers of a service.
    private static final String ANSWERS = " -> ";
    /// What the type of a pipe's message says: bytes, not an encoded object.
    private static final int PIPE_BYTES = 1;
    private static final int HEX_ROW = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final DescribedCodec codec;
    private final boolean pipe;
    private final int flows;
    private final boolean hex;
    private final boolean json;

    MessageText(Kind kind, String elementType, int flows, boolean hex, boolean json) {
        int answers = kind == Kind.SERVICE ? elementType.indexOf(ANSWERS) : -1;
        this.codec = DescribedCodec.of(answers < 0 ? elementType : elementType.substring(0, answers));
        this.pipe = kind == Kind.PIPE;
        this.flows = flows;
        this.hex = hex;
        this.json = json;
    }

    /// A message in one line; in several with the bytes.
    String line(RingMessage message) {
        Object value = value(message);
        if (json) {
            return json(message, value);
        }
        StringBuilder line = new StringBuilder();
        line.append(message.position()).append(message.whole() ? "  " : "~ ");
        if (flows > 1) {
            line.append(message.flow() == 0 ? "first  " : "second  ");
        }
        line.append(state(message)).append("  ");
        if (hex) {
            return line.append(message.bytes().length).append(" bytes, type ").append(message.type())
                    .append(dump(message.bytes())).toString();
        }
        return line.append(value == null ? bytes(message.bytes()) : text(value)).toString();
    }

    private static String state(RingMessage message) {
        return message.state().name().toLowerCase(Locale.ROOT);
    }

    /// @return null if the bytes are no encoding that the text of the codec describes
    private Object value(RingMessage message) {
        if (codec == null || !message.whole() || (pipe && (message.type() & PIPE_BYTES) != 0)) {
            return null;
        }
        try {
            return codec.decode(message.bytes());
        } catch (CodecException another) {
            return null;
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case byte[] bytes -> bytes(bytes);
            case DescribedCodec.Value record -> {
                StringBuilder text = new StringBuilder(record.type()).append('[');
                String separator = "";
                for (Map.Entry<String, Object> field : record.fields().entrySet()) {
                    text.append(separator).append(field.getKey()).append('=')
                            .append(field.getValue() == null ? "null" : text(field.getValue()));
                    separator = ", ";
                }
                yield text.append(']').toString();
            }
            case Object array when array.getClass().isArray() -> {
                StringBuilder text = new StringBuilder("[");
                for (int i = 0; i < Array.getLength(array); i++) {
                    Object each = Array.get(array, i);
                    text.append(i == 0 ? "" : ", ").append(each == null ? "null" : text(each));
                }
                yield text.append(']').toString();
            }
            default -> escaped(value.toString());
        };
    }

    /// Printable text as it is, other bytes as digits.
    private static String bytes(byte[] bytes) {
        String text = printable(bytes);
        return text == null ? HEX.formatHex(bytes) : escaped(text.stripTrailing());
    }

    /// @return null if the bytes are no text
    private static String printable(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            for (int i = 0; i < text.length(); i++) {
                char letter = text.charAt(i);
                if (Character.isISOControl(letter) && letter != '\n' && letter != '\t' && letter != '\r') {
                    return null;
                }
            }
            return text;
        } catch (CharacterCodingException binary) {
            return null;
        }
    }

    /// A text in one line, without characters that move the cursor.
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> escaped.append(Character.isISOControl(letter) ? '?' : letter);
            }
        }
        return escaped.toString();
    }

    private static String dump(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < bytes.length; row += HEX_ROW) {
            int end = Math.min(bytes.length, row + HEX_ROW);
            StringBuilder digits = new StringBuilder();
            StringBuilder letters = new StringBuilder();
            for (int i = row; i < end; i++) {
                digits.append(HEX.toHexDigits(bytes[i])).append(i % 8 == 7 ? "  " : " ");
                letters.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
            }
            text.append('\n').append("    ").append(HEX.toHexDigits(row, 6)).append("  ").append(digits)
                    .append(" ".repeat(Math.max(0, HEX_ROW * 3 + 2 - digits.length()))).append('|').append(letters)
                    .append('|');
        }
        return text.toString();
    }

    private String json(RingMessage message, Object value) {
        Json line = new Json().beginObject().field("position", message.position());
        if (flows > 1) {
            line.field("flow", message.flow());
        }
        line.field("state", state(message)).field("type", message.type())
                .field("bytes", message.bytes().length).field("whole", message.whole());
        if (value != null && !hex && !(value instanceof byte[])) {
            line.name("value").value(plain(value));
        } else {
            byte[] bytes = value instanceof byte[] decoded ? decoded : message.bytes();
            String text = hex ? null : printable(bytes);
            line.field(text == null ? "hex" : "text", text == null ? HEX.formatHex(bytes) : text);
        }
        return line.endObject().toString();
    }

    /// A value as JSON has it: records are objects, and what JSON does not have is a text.
    private static Object plain(Object value) {
        return switch (value) {
            case DescribedCodec.Value record -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                record.fields().forEach((name, field) -> fields.put(name, field == null ? null : plain(field)));
                yield fields;
            }
            case byte[] bytes -> HEX.formatHex(bytes);
            case Optional<?> optional -> optional.isEmpty() ? "" : plain(optional.get());
            case Map<?, ?> map -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                map.forEach((key, field) -> fields.put(String.valueOf(key), field == null ? null : plain(field)));
                yield fields;
            }
            case Iterable<?> list -> {
                List<Object> plain = new ArrayList<>();
                list.forEach(each -> plain.add(each == null ? null : plain(each)));
                yield plain;
            }
            case Object[] array -> {
                List<Object> plain = new ArrayList<>();
                for (Object each : array) {
                    plain.add(each == null ? null : plain(each));
                }
                yield plain;
            }
            default -> value;
        };
    }
}
