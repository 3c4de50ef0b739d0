package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.MutableDirectBuffer;

/// Lists of the JDK that need no stream: a tag, the number of elements, the elements as [Values] writes them.
///
/// A stream of Java serialization keeps which elements are one object. So a list travels here only if no element has an
/// identity that a program could notice: numbers, booleans, characters, strings, `null`, and unmodifiable lists of
/// these. The list arrives in its own class, and refuses or takes `null` as the sent one does.
final class ListForm {
    /// Returned by [#write] if the list travels in a stream.
    static final int NONE = -1;

    private static final int FIRST_CAPACITY = 16;
    private static final Class<?> OF_ONE_OR_TWO = List.of(0).getClass();
    private static final Class<?> OF_ANY = List.of().getClass();

    private final Values values;

    ListForm(Values values) {
        this.values = values;
    }

    /// Writes a list and returns the position after it.
    ///
    /// @param value any object
    /// @return [#NONE] if it is not such a list; what was written is to be written over
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        Class<?> type = value.getClass();
        boolean modifiable = type == ArrayList.class;
        if (!modifiable && type != OF_ANY && type != OF_ONE_OR_TWO) {
            return NONE;
        }
        List<?> list = (List<?>) value;
        int next = at + 1 + Integer.BYTES;
        int count = 0;
        boolean nulls = false;
        for (Object element : list) {
            count++;
            nulls |= element == null;
            next = writeElement(element, buffer, next, depth + 1);
            if (next == NONE) {
                return NONE;
            }
        }
        buffer.putByte(at, modifiable ? Values.ARRAY_LIST : takesNull(list, nulls) ? Values.LIST_OR_NULL : Values.LIST);
        buffer.putInt(at + 1, count);
        return next;
    }

    private int writeElement(Object element, MutableDirectBuffer buffer, int at, int depth) {
        if (element == null || element instanceof String || element instanceof Boolean || element instanceof Character
                || isNumber(element)) {
            return values.write(element, buffer, at, depth);
        }
        return element instanceof ArrayList || depth >= Values.MAX_DEPTH ? NONE : write(element, buffer, at, depth);
    }

    private static boolean isNumber(Object element) {
        return element instanceof Integer || element instanceof Long || element instanceof Double
                || element instanceof Float || element instanceof Short || element instanceof Byte;
    }

    /// Whether an unmodifiable list takes `null` as an element or as an argument: one of `Stream.toList` does, one of
    /// `List.of` does not, and is its own copy.
    @SuppressWarnings("ReferenceEquality")   // an equal list is a copy
    private static boolean takesNull(List<?> list, boolean nulls) {
        return nulls || List.copyOf(list) != list;
    }

    /// Reads what follows the tag. The list grows with its elements: nested ones that claim as many elements as there
    /// are bytes left would take the memory of all of them otherwise.
    ///
    /// @throws CodecException if it is no such list
    Object read(byte tag, Input in) throws Throwable {
        int count = in.getLength(1);
        ArrayList<Object> list = new ArrayList<>(Math.min(count, FIRST_CAPACITY));
        in.enter();
        for (int i = 0; i < count; i++) {
            list.add(values.read(in));
        }
        in.leave();
        return switch (tag) {
            case Values.LIST -> List.copyOf(list);
            case Values.LIST_OR_NULL -> list.stream().toList();
            default -> list;
        };
    }
}
