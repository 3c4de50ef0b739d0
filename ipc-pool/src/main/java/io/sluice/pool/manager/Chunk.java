package io.sluice.pool.manager;

import java.io.Serial;
import java.io.Serializable;

/// A batch of elements, each encoded on its own, so that its length is known while it is filled.
///
/// @param count of the elements
/// @param elements for each its length (4) and its bytes, as `Wire` writes them
/// @param version of the list that they came from; 0 for other collections
/// @param rest a [Cursor] with more of them; null if there are none
@SuppressWarnings("ArrayRecordComponent")      // nothing compares chunks
record Chunk(int count, byte[] elements, long version, Remote rest) implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The rest of an iteration, which stays in the server.
    interface Cursor {
        /// The next elements.
        ///
        /// @return a chunk, whose `rest` is null if it is the last one
        Chunk next();
    }
}
