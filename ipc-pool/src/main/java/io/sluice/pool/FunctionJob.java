package io.sluice.pool;

import io.sluice.core.codec.CodecException;
import io.sluice.pool.codec.Batch;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;

/// A function that is applied to many elements; each chunk carries the function and some of the elements.
abstract class FunctionJob extends Job {
    private final byte[] function;
    private final Values values;

    /// @param function encoded
    FunctionJob(TaskOptions options, String name, Cost cost, byte[] function, KeptObjects kept, Values values) {
        super(options, name, cost, kept);
        this.function = function;
        this.values = values;
    }

    final Values values() {
        return values;
    }

    /// A chunk of a batch.
    ///
    /// @param from index of its first element in the job
    /// @param batch holds its elements
    /// @param start index of the first one there
    /// @param count number of elements
    final Chunk chunk(int from, Batch batch, int start, int count) {
        return new Chunk(this, from, count, function.length, (buffer, offset) -> {
            buffer.putBytes(offset, function, 0, function.length);
            return function.length + batch.write(start, count, buffer, offset + function.length);
        });
    }

    /// Decodes the results of a chunk.
    ///
    /// @param target receives them from index `at`
    /// @throws CodecException if they do not decode, or are more or fewer than the elements
    final void decode(Chunk chunk, Message result, Object[] target, int at) {
        int count = Batch.decode(values, result.buffer, 0, result.length, target, at, handle -> {});
        if (count != chunk.count) {
            throw new CodecException("job '%s': expected %d results, found %d".formatted(name, chunk.count, count));
        }
    }
}
