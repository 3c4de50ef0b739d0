package io.sluice.shm.region;

import io.sluice.core.error.CorruptObjectException;

import io.sluice.core.error.MismatchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32C;

/// What the first page of a region says: written once by the creator, checked by every other process before anything is
/// mapped, and used from this record afterwards, never read again from shared memory.
///
/// @param kind number of the kind of object
/// @param bodyBytes size of the body
/// @param fingerprint hash over all that must agree between two users
/// @param id this life of the name, random
/// @param parameters eight numbers whose meaning the kind knows
/// @param temporary whether it is removed when no live process has it open
/// @param elementType name of the codec and of what it encodes; may be empty
/// @param creatorToken owner token of the creator
/// @param creatorPid its process id, for display
/// @param createdMillis when, milliseconds since 1970, for display
@SuppressWarnings("ArrayRecordComponent") // written once, never handed out to be changed
public record RegionHeader(
        int kind,
        long bodyBytes,
        long fingerprint,
        UUID id,
        long[] parameters,
        boolean temporary,
        String elementType,
        int creatorToken,
        long creatorPid,
        long createdMillis) {
    private static final int TEMPORARY = 1;

    private static final int AT_MAGIC = RegionLayout.header("magic");
    private static final int AT_VERSION = RegionLayout.header("version");
    private static final int AT_KIND = RegionLayout.header("kind");
    private static final int AT_FILE_BYTES = RegionLayout.header("fileBytes");
    private static final int AT_BODY_BYTES = RegionLayout.header("bodyBytes");
    private static final int AT_FINGERPRINT = RegionLayout.header("fingerprint");
    private static final int AT_ID_HIGH = RegionLayout.header("idHigh");
    private static final int AT_ID_LOW = RegionLayout.header("idLow");
    private static final int AT_PARAMETERS = RegionLayout.header("parameters");
    private static final int AT_FLAGS = RegionLayout.header("flags");
    private static final int AT_CREATOR_TOKEN = RegionLayout.header("creatorToken");
    private static final int AT_CREATOR_PID = RegionLayout.header("creatorPid");
    private static final int AT_CREATED_MILLIS = RegionLayout.header("createdMillis");
    private static final int AT_ELEMENT_BYTES = RegionLayout.header("elementBytes");
    private static final int AT_ELEMENT_TYPE = RegionLayout.header("elementType");

    byte[] encode() {
        byte[] bytes = new byte[RegionLayout.PAGE];
        ByteBuffer page = page(bytes);
        page.putLong(AT_MAGIC, RegionLayout.MAGIC);
        page.putInt(AT_VERSION, RegionLayout.VERSION);
        page.putInt(AT_KIND, kind);
        page.putLong(AT_FILE_BYTES, RegionLayout.fileBytes(bodyBytes));
        page.putLong(AT_BODY_BYTES, bodyBytes);
        page.putLong(AT_FINGERPRINT, fingerprint);
        page.putLong(AT_ID_HIGH, id.getMostSignificantBits());
        page.putLong(AT_ID_LOW, id.getLeastSignificantBits());
        for (int i = 0; i < RegionLayout.PARAMETERS; i++) {
            page.putLong(AT_PARAMETERS + i * Long.BYTES, parameters[i]);
        }
        page.putInt(AT_FLAGS, temporary ? TEMPORARY : 0);
        page.putInt(AT_CREATOR_TOKEN, creatorToken);
        page.putLong(AT_CREATOR_PID, creatorPid);
        page.putLong(AT_CREATED_MILLIS, createdMillis);
        byte[] text = elementType.getBytes(StandardCharsets.UTF_8);
        page.putInt(AT_ELEMENT_BYTES, text.length);
        page.put(AT_ELEMENT_TYPE, text);
        page.putInt(RegionLayout.CHECKSUM, checksum(bytes));
        return bytes;
    }

    /// Checks and decodes a first page.
    ///
    /// @param name of the object, for messages
    /// @param bytes what was read, a page or less
    /// @param fileBytes size of the file now
    /// @return its fields
    /// @throws CorruptObjectException if it is not the valid first page of a region of that size
    /// @throws MismatchException if another release wrote it
    public static RegionHeader decode(String name, byte[] bytes, long fileBytes) {
        if (bytes.length < RegionLayout.PAGE) {
            throw corrupt(name, "has %,d bytes, less than a header".formatted(fileBytes));
        }
        ByteBuffer page = page(bytes);
        long magic = page.getLong(AT_MAGIC);
        if (magic != RegionLayout.MAGIC) {
            throw corrupt(name, "begins with 0x%016x, not with the mark of Sluice".formatted(magic));
        }
        int version = page.getInt(AT_VERSION);
        if (version != RegionLayout.VERSION) {
            throw new MismatchException("'%s': layout version %d, this library reads %d; attach with the release "
                            .formatted(name, version, RegionLayout.VERSION)
                    + "that created it, or recreate it");
        }
        if (page.getInt(RegionLayout.CHECKSUM) != checksum(bytes)) {
            throw corrupt(name, "has a header that does not match its checksum");
        }
        long bodyBytes = page.getLong(AT_BODY_BYTES);
        long expected = page.getLong(AT_FILE_BYTES);
        if (fileBytes != expected) {
            throw corrupt(name, "was created with %,d bytes and has %,d now".formatted(expected, fileBytes));
        }
        long room = expected - RegionLayout.BODY;      // what no comparison below can overflow
        if (bodyBytes < 0 || bodyBytes > room || room - bodyBytes >= RegionLayout.PAGE
                || expected % RegionLayout.PAGE != 0) {
            throw corrupt(name, "claims a body of %,d bytes in a file of %,d bytes".formatted(bodyBytes, expected));
        }
        long[] parameters = new long[RegionLayout.PARAMETERS];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = page.getLong(AT_PARAMETERS + i * Long.BYTES);
        }
        return new RegionHeader(
                page.getInt(AT_KIND),
                bodyBytes,
                page.getLong(AT_FINGERPRINT),
                new UUID(page.getLong(AT_ID_HIGH), page.getLong(AT_ID_LOW)),
                parameters,
                (page.getInt(AT_FLAGS) & TEMPORARY) != 0,
                elementType(name, page),
                page.getInt(AT_CREATOR_TOKEN),
                page.getLong(AT_CREATOR_PID),
                page.getLong(AT_CREATED_MILLIS));
    }

    private static String elementType(String name, ByteBuffer page) {
        int length = page.getInt(AT_ELEMENT_BYTES);
        if (length < 0 || length > RegionLayout.ELEMENT_TYPE_BYTES) {
            throw corrupt(name, "claims an element type of %,d bytes".formatted(length));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(page.slice(AT_ELEMENT_TYPE, length))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw corrupt(name, "has an element type that is not text");
        }
    }

    private static CorruptObjectException corrupt(String name, String what) {
        return new CorruptObjectException(
                "'%s' is not a valid Sluice object: it %s; remove the file if no process needs it"
                        .formatted(name, what));
    }

    private static ByteBuffer page(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private static int checksum(byte[] page) {
        CRC32C crc = new CRC32C();
        crc.update(page, 0, RegionLayout.CHECKSUM);
        return (int) crc.getValue();
    }
}
