package io.sluice.pool.manager;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;

/// The rest of an iteration in the server, and how a client walks through it.
///
/// - **Threads:** one at a time.
final class Batches implements Chunk.Cursor {
    private final Server server;
    private final Iterator<?> elements;

    private Batches(Server server, Iterator<?> elements) {
        this.server = server;
        this.elements = elements;
    }

    /// The first batch of an iteration; the rest stays here, as long as the client refers to it.
    static Chunk first(Server server, Iterator<?> elements) {
        return new Batches(server, elements).next();
    }

    /// Runs in a call, so the proxies among the elements are counted for its client.
    @Override
    public synchronized Chunk next() {
        Chunk chunk = server.wire().pack(elements);
        return elements.hasNext()
                ? new Chunk(chunk.count(), chunk.elements(), 0, server.export(this, Chunk.Cursor.class)) : chunk;
    }

    /// Walks through an iteration in a client.
    static Iterator<Object> walk(Remote collection, Chunk first) {
        return new Walk(collection, first);
    }

    /// A spliterator over a collection of a server. It has no size: other clients add and remove elements between a
    /// size and the end of a traversal.
    ///
    /// @param elements an iterator of the collection
    /// @param characteristics beside `CONCURRENT`
    static <E> Spliterator<E> spliterator(Iterator<E> elements, int characteristics) {
        return Spliterators.spliteratorUnknownSize(elements, Spliterator.CONCURRENT | characteristics);
    }

    private static final class Walk implements Iterator<Object> {
        private final Remote collection;
        private List<Object> batch;
        private Remote rest;
        private int next;

        Walk(Remote collection, Chunk first) {
            this.collection = collection;
            take(first);
        }

        private void take(Chunk chunk) {
            batch = collection.unpack(chunk);
            rest = chunk.rest();
            next = 0;
        }

        @Override
        public boolean hasNext() {
            while (next == batch.size() && rest != null) {
                take(rest.as(Chunk.Cursor.class).next());
            }
            return next < batch.size();
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return batch.get(next++);
        }
    }
}
