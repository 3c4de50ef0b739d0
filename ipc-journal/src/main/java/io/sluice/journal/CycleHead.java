package io.sluice.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;

/// The payload of the first record of a cycle: what the cycle goes on from.
///
/// @param previous number of the cycle before; -1 for the first one
/// @param previousChain the last chain of that cycle; zeros for the first one
/// @param position in the source, of the last record before this cycle; -1 if there was none of this source
/// @param source of all records in the cycle
@SuppressWarnings("ArrayRecordComponent") // private to this package
record CycleHead(long previous, byte[] previousChain, long position, JournalSource source) {
    /// The record with this payload, and room for its header.
    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(new byte[RecordFormat.HEADER]);
            out.writeLong(previous);
            out.write(previousChain, 0, RecordFormat.CHAIN_BYTES);
            out.writeLong(position);
            out.writeUTF(source.space());
            out.writeUTF(source.name());
            out.writeUTF(source.kind());
            out.writeUTF(source.elementType());
            out.writeLong(source.id().getMostSignificantBits());
            out.writeLong(source.id().getLeastSignificantBits());
            out.writeInt(source.capacity());
            out.writeInt(source.slotBytes());
            out.writeInt(source.producers());
            out.writeInt(source.consumers());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /// The head of which these bytes are the payload.
    ///
    /// @return null if they are none
    static CycleHead decode(byte[] payload) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
            return new CycleHead(in.readLong(), in.readNBytes(RecordFormat.CHAIN_BYTES), in.readLong(),
                    new JournalSource(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(),
                            new UUID(in.readLong(), in.readLong()), in.readInt(), in.readInt(), in.readInt(),
                            in.readInt()));
        } catch (IOException wrong) {
            return null;
        }
    }
}
