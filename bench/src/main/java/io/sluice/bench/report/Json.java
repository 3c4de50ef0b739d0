package io.sluice.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads and writes records as JSON files.
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    private Json() {}

    /// Writes a record.
    ///
    /// @param value the record
    /// @param file is replaced
    /// @throws IOException if it cannot be written
    public static void write(Object value, Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(value) + "\n");
    }

    /// Reads a file that [#write] wrote.
    ///
    /// @param file of JSON
    /// @param type of the record
    /// @param what name of the expected content, for the message of the exception
    /// @return the record
    /// @param <T> type of the record
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if it has other content, or a key is missing or unknown; the message says which
    public static <T> T read(Path file, Class<T> type, String what) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), type);
        } catch (JsonProcessingException broken) {
            // Advice to programmers may follow a semicolon.
            String problem = broken.getOriginalMessage().split(";", 2)[0];
            throw new IllegalArgumentException("%s is not a %s: %s".formatted(file, what, problem), broken);
        }
    }
}
