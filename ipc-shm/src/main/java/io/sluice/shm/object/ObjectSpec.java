package io.sluice.shm.object;

import io.sluice.shm.body.Body;
import io.sluice.shm.region.RegionLayout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.LongConsumer;

/// The specification of an object, by a caller that creates it or attaches to it.
///
/// @param name 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or a digit
/// @param kind what the body is
/// @param parameters eight numbers whose meaning the kind defines; compared when attaching
/// @param bodyBytes size of the body in bytes; compared when attaching
/// @param elementType name of the codec and of what it encodes; compared when attaching. One of more than 512 bytes of
///     UTF-8 is cut, and ends with a hash of the whole
/// @param temporary whether the object goes when no live process has it open; its creator alone decides
/// @param initializer fills the body of a new object, given its address, before another process can see it; the body is
///     zero at first. It must not keep the address, nor any object that holds it
@SuppressWarnings("ArrayRecordComponent") // copied on the way in, compared by its own method, read once
public record ObjectSpec(
        String name,
        Kind kind,
        long[] parameters,
        long bodyBytes,
        String elementType,
        boolean temporary,
        LongConsumer initializer) {

    /// Checks the specification.
    ///
    /// @throws IllegalArgumentException if the name or a number is invalid
    public ObjectSpec {
        Names.check("object", name);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(initializer, "initializer");
        if (parameters.length != RegionLayout.PARAMETERS) {
            throw new IllegalArgumentException("object '%s': %d parameters, %d are needed"
                    .formatted(name, parameters.length, RegionLayout.PARAMETERS));
        }
        elementType = fitting(elementType);
        RegionLayout.fileBytes(bodyBytes);
        parameters = parameters.clone();
    }

    /// The specification of an object of a structure.
    ///
    /// @param name of the object
    /// @param kind of the object
    /// @param body its structure, whose first state is the contents
    /// @param elementType of the object; empty if it has no elements
    /// @param temporary whether the object goes when no live process has it open
    /// @return the specification
    public static ObjectSpec of(String name, Kind kind, Body body, String elementType, boolean temporary) {
        return of(name, kind, body, elementType, temporary, body);
    }

    /// The specification of an object of a structure, with contents of its own.
    ///
    /// @param name of the object
    /// @param kind of the object
    /// @param body its structure
    /// @param elementType of the object; empty if it has no elements
    /// @param temporary whether the object goes when no live process has it open
    /// @param initializer fills the body of a new object
    /// @return the specification
    public static ObjectSpec of(String name, Kind kind, Body body, String elementType, boolean temporary,
            LongConsumer initializer) {
        return new ObjectSpec(name, kind, body.numbers(), body.bytes(), elementType, temporary, initializer);
    }

    static String fitting(String elementType) {
        byte[] text = elementType.getBytes(StandardCharsets.UTF_8);
        if (text.length <= RegionLayout.ELEMENT_TYPE_BYTES) {
            return elementType;
        }
        try {
            String hash = " ... sha-256 " + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
            int room = RegionLayout.ELEMENT_TYPE_BYTES - hash.length();
            while ((text[room] & 0xc0) == 0x80) {     // not in the middle of a character
                room--;
            }
            return new String(text, 0, room, StandardCharsets.UTF_8) + hash;
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// Hash over all that must agree between two users of one object.
    ///
    /// @return the fingerprint
    public long fingerprint() {
        return Fingerprint.of(kind, parameters, elementType);
    }
}
