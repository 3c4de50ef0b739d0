package io.sluice.core.codec;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Parses what [Description] writes.
final class DescriptionReader {
    /*
     *   type     = base { "[]" }
     *   base     = "record" name [ "(" [ type name { ", " type name } ] ")" ]
     *            | "enum" name [ "{" [ name { ", " name } ] "}" ]
     *            | "sealed" name [ "{" type { ", " type } "}" ]
     *            | "List<" type ">" | "Set<" type ">" | "Optional<" type ">" | "Map<" type ", " type ">"
     *            | scalar
     *
     * The parts of a named type follow its first mention only. So a type is known from its name on, before its parts
     * are read: a record may contain itself. The text comes from shared memory: nesting is limited, and whatever does
     * not fit the grammar makes the whole unknown.
     */
    private static final Map<String, Type> SCALARS = Map.ofEntries(
            Map.entry("boolean", boolean.class), Map.entry("Boolean", Boolean.class),
            Map.entry("byte", byte.class), Map.entry("Byte", Byte.class),
            Map.entry("short", short.class), Map.entry("Short", Short.class),
            Map.entry("char", char.class), Map.entry("Character", Character.class),
            Map.entry("int", int.class), Map.entry("Integer", Integer.class),
            Map.entry("long", long.class), Map.entry("Long", Long.class),
            Map.entry("float", float.class), Map.entry("Float", Float.class),
            Map.entry("double", double.class), Map.entry("Double", Double.class),
            Map.entry("Instant", Instant.class), Map.entry("Duration", Duration.class),
            Map.entry("LocalDate", LocalDate.class), Map.entry("LocalTime", LocalTime.class),
            Map.entry("LocalDateTime", LocalDateTime.class), Map.entry("UUID", UUID.class),
            Map.entry("BigInteger", BigInteger.class), Map.entry("BigDecimal", BigDecimal.class));

    /// What the text is not.
    private static final class NotADescription extends Exception {
        private static final long serialVersionUID = 1L;

        NotADescription() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private final Map<String, Format> named = new HashMap<>();
    private int at;
    private int depth;

    DescriptionReader(String text) {
        this.text = text;
    }

    /// The format that the text describes.
    ///
    /// @return null if it describes none
    Format read() {
        try {
            Format format = type();
            return at == text.length() ? format : null;
        } catch (NotADescription unknown) {
            return null;
        }
    }

    private Format type() throws NotADescription {
        if (++depth > Format.MAX_DEPTH) {
            throw new NotADescription();
        }
        String word = word();
        Format format = switch (word) {
            case "record" -> record();
            case "enum" -> enumeration();
            case "sealed" -> sealed();
            case "List" -> CollectionFormat.list(argument());
            case "Set" -> CollectionFormat.set(argument());
            case "Optional" -> OptionalFormat.of(argument());
            case "Map" -> map();
            case "String" -> StringFormat.INSTANCE;
            default -> scalar(word);
        };
        while (skip("[]")) {
            format = ReferenceArrayFormat.of(Object.class, format);
        }
        depth--;
        return format;
    }

    private Format scalar(String word) throws NotADescription {
        Type type = SCALARS.get(word);
        if (type == null) {
            throw new NotADescription();
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isPrimitive() && skip("[]")) {
            return raw == byte.class ? ByteArrayFormat.INSTANCE : PrimitiveArrayFormat.of(raw);
        }
        return ScalarFormat.of(raw);
    }

    private Format argument() throws NotADescription {
        expect("<");
        Format element = type();
        expect(">");
        return element;
    }

    private Format map() throws NotADescription {
        expect("<");
        Format key = type();
        expect(", ");
        Format value = type();
        expect(">");
        return MapFormat.of(key, value);
    }

    private Format record() throws NotADescription {
        expect(" ");
        String name = word();
        if (!skip("(")) {
            return mentioned(name);
        }
        var record = new DescribedFormat.OfRecord(name);
        named.put(name, record);
        if (skip(")")) {
            return record;
        }
        do {
            int start = at;
            Format format = type();
            boolean primitive = Character.isLowerCase(text.charAt(start)) && format instanceof ScalarFormat;
            expect(" ");
            record.add(word(), format, primitive);
        } while (skip(", "));
        expect(")");
        return record;
    }

    private Format enumeration() throws NotADescription {
        expect(" ");
        String name = word();
        if (!skip("{")) {
            return mentioned(name);
        }
        var enumeration = new DescribedFormat.OfEnum(name);
        named.put(name, enumeration);
        while (!skip("}")) {
            enumeration.add(word());
            skip(", ");
        }
        return enumeration;
    }

    private Format sealed() throws NotADescription {
        expect(" ");
        String name = word();
        if (!skip("{")) {
            return mentioned(name);
        }
        var sealed = new DescribedFormat.OfSealed(name);
        named.put(name, sealed);
        do {
            sealed.add(type());
        } while (skip(", "));
        expect("}");
        return sealed;
    }

    private Format mentioned(String name) throws NotADescription {
        Format format = named.get(name);
        if (format == null) {
            throw new NotADescription();
        }
        return format;
    }

    /// A name with its dots.
    private String word() throws NotADescription {
        int start = at;
        while (at < text.length() && (Character.isJavaIdentifierPart(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        if (at == start) {
            throw new NotADescription();
        }
        return text.substring(start, at);
    }

    private boolean skip(String expected) {
        boolean there = text.startsWith(expected, at);
        at += there ? expected.length() : 0;
        return there;
    }

    private void expect(String expected) throws NotADescription {
        if (!skip(expected)) {
            throw new NotADescription();
        }
    }
}
