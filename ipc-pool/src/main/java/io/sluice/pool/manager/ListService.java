package io.sluice.pool.manager;

import java.util.Comparator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// What a client can call of a list in the server. Each method is atomic.
///
/// A list has a version, which each change moves on. Changes that depend on a version are refused if it is another one
/// meanwhile.
interface ListService {
    /// The result of a change that was refused.
    long REFUSED = -1;

    Object get(int index);

    Object set(int index, Object element);

    int size();

    void add(Object element);

    void add(int index, Object element);

    /// Adds the elements of a batch.
    ///
    /// @param index of the first of them, or -1 for the end
    void addAll(int index, Chunk elements);

    Object remove(int index);

    boolean remove(Object element);

    void removeRange(int from, int to);

    void clear();

    /// Removes the elements that are equal to one of a batch.
    boolean removeAll(Chunk elements);

    boolean removeIf(Predicate<Object> filter);

    void replaceAll(UnaryOperator<Object> function);

    void sort(Comparator<Object> order);

    int indexOf(Object element);

    int lastIndexOf(Object element);

    /// The elements from an index on, as many as fit into a batch, and the version.
    Chunk read(int from);

    long version();

    /// Sets an element.
    ///
    /// @return the new version, or [#REFUSED]
    long setAt(long version, int index, Object element);

    /// Adds an element.
    ///
    /// @return the new version, or [#REFUSED]
    long addAt(long version, int index, Object element);

    /// Removes an element.
    ///
    /// @return the new version, or [#REFUSED]
    long removeAt(long version, int index);

    /// Replaces all elements from an index on.
    ///
    /// @return the new version, or [#REFUSED]
    long replaceFrom(long version, int index, Chunk elements);
}
