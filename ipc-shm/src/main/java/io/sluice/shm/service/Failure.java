package io.sluice.shm.service;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import java.io.PrintWriter;
import java.io.StringWriter;

/// What a handler threw, as it travels: three texts.
///
/// @param type name of the class
/// @param message may be null
/// @param trace as it was printed
record Failure(String type, String message, String trace) {
    static final Codec<String[]> TEXTS = Codec.of(String[].class);
    private static final int SHORT_CHARS = 64;

    static Failure of(Throwable thrown) {
        String type = thrown.getClass().getName();
        try {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return new Failure(type, thrown.getMessage(), text.toString());
        } catch (RuntimeException | StackOverflowError fromUsersCode) {
            return new Failure(type, null, type);
        }
    }

    static Failure of(String[] texts) {
        if (texts.length != 3 || texts[0] == null || texts[2] == null) {
            throw new CodecException("a failure has three texts, and these are %,d".formatted(texts.length));
        }
        return new Failure(texts[0], texts[1], texts[2]);
    }

    String[] texts() {
        return new String[] {type, message, trace};
    }

    /// What is left of it where there is no memory for the whole.
    Failure shortened() {
        return new Failure(type.substring(Math.max(0, type.length() - SHORT_CHARS)), null, "");
    }
}
