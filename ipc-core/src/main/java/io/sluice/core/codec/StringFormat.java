package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// Strings as UTF-8. A surrogate without its other half, which UTF-8 cannot express, is refused, never replaced; so is
/// malformed UTF-8.
final class StringFormat extends Format {
    static final StringFormat INSTANCE = new StringFormat();

    private static final int TYPICAL_CHARS = 16;
    private static final char REPLACEMENT = '\uFFFD';

    private StringFormat() {}

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        int next = writeWhole(value, buffer, at + Integer.BYTES);
        buffer.putInt(at, next - at - Integer.BYTES, LITTLE_ENDIAN);
        return next;
    }

    @Override
    int writeWhole(Object value, MutableDirectBuffer buffer, int at) {
        String text = (String) value;
        if (isAscii(text)) {
            return at + buffer.putStringWithoutLengthAscii(at, text); // the common case, and the one without garbage
        }
        checkSurrogates(text);
        byte[] bytes = text.getBytes(UTF_8);
        buffer.putBytes(at, bytes);
        return at + bytes.length;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private static void checkSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw new CodecException("expected text, found half a surrogate pair at character " + i
                        + "; UTF-8 cannot express it");
                }
                i++;
            }
        }
    }

    @Override
    Object read(Source source) {
        return text(source.getBytes(source.getLength(1)));
    }

    @Override
    Object readWhole(Source source) {
        return text(source.getBytes(source.remaining()));
    }

    private static String text(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(UTF_8), bytes)) {
            throw new CodecException("expected UTF-8, found malformed bytes");
        }
        return text;
    }

    @Override
    void describe(Description description) {
        description.append("String");
    }

    @Override
    int max(Set<Format> open) {
        return Codec.UNBOUNDED;
    }

    @Override
    int typical(Set<Format> open) {
        return Integer.BYTES + TYPICAL_CHARS;
    }
}
