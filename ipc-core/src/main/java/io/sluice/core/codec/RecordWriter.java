package io.sluice.core.codec;

import org.agrona.MutableDirectBuffer;

/// Writes the components of one record, or some of them; see [WriterAssembler].
abstract class RecordWriter {
    /// Writes the components and returns the position behind them; `depth` is theirs.
    abstract int write(Object record, MutableDirectBuffer buffer, int at, int depth);

    /// Any number of writers of one record, one after the other.
    static final class Several extends RecordWriter {
        private final RecordWriter[] writers;

        Several(RecordWriter[] writers) {
            this.writers = writers;
        }

        @Override
        int write(Object record, MutableDirectBuffer buffer, int at, int depth) {
            int position = at;
            for (RecordWriter writer : writers) {
                position = writer.write(record, buffer, position, depth);
            }
            return position;
        }
    }
}
