package io.sluice.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Records in files of JSON.
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /// Writes a record.
    ///
    /// @param value to be written
    /// @param file is replaced
    /// @throws IOException if it cannot be written
    public static void write(Object value, Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(value) + "\n");
    }

    /// Reads what [#write] wrote.
    ///
    /// @param file of JSON
    /// @param type of the record
    /// @param what the file should be, for the message if it is not
    /// @return the record
    /// @param <T> the same
    /// @throws IOException if it cannot be read
    /// @throws IllegalArgumentException if it is something else; the message says what is wrong
    public static <T> T read(Path file, Class<T> type, String what) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), type);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException(
                    "%s is no %s: %s".formatted(file, what, broken.getOriginalMessage()), broken);
        }
    }
}
