package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import java.nio.ByteOrder;

/// The fixed-size values of a buffer: one check, one plain access through [Memory], at any alignment.
abstract sealed class PlainAccess extends MemoryWindow permits TextAccess {
    static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    PlainAccess(boolean expandable) {
        super(expandable);
    }

    @Override
    public final byte getByte(int index) {
        check(index, 1);
        return Memory.getByte(address + index);
    }

    @Override
    public final void putByte(int index, byte value) {
        ensure(index, 1);
        Memory.putByte(address + index, value);
    }

    @Override
    public final short getShort(int index) {
        check(index, 2);
        return Memory.getShort(address + index);
    }

    @Override
    public final void putShort(int index, short value) {
        ensure(index, 2);
        Memory.putShort(address + index, value);
    }

    @Override
    public final short getShort(int index, ByteOrder byteOrder) {
        short value = getShort(index);
        return byteOrder == NATIVE ? value : Short.reverseBytes(value);
    }

    @Override
    public final void putShort(int index, short value, ByteOrder byteOrder) {
        putShort(index, byteOrder == NATIVE ? value : Short.reverseBytes(value));
    }

    @Override
    public final char getChar(int index) {
        check(index, 2);
        return Memory.getChar(address + index);
    }

    @Override
    public final void putChar(int index, char value) {
        ensure(index, 2);
        Memory.putChar(address + index, value);
    }

    @Override
    public final char getChar(int index, ByteOrder byteOrder) {
        char value = getChar(index);
        return byteOrder == NATIVE ? value : Character.reverseBytes(value);
    }

    @Override
    public final void putChar(int index, char value, ByteOrder byteOrder) {
        putChar(index, byteOrder == NATIVE ? value : Character.reverseBytes(value));
    }

    @Override
    public final int getInt(int index) {
        check(index, 4);
        return Memory.getInt(address + index);
    }

    @Override
    public final void putInt(int index, int value) {
        ensure(index, 4);
        Memory.putInt(address + index, value);
    }

    @Override
    public final int getInt(int index, ByteOrder byteOrder) {
        int value = getInt(index);
        return byteOrder == NATIVE ? value : Integer.reverseBytes(value);
    }

    @Override
    public final void putInt(int index, int value, ByteOrder byteOrder) {
        putInt(index, byteOrder == NATIVE ? value : Integer.reverseBytes(value));
    }

    @Override
    public final long getLong(int index) {
        check(index, 8);
        return Memory.getLong(address + index);
    }

    @Override
    public final void putLong(int index, long value) {
        ensure(index, 8);
        Memory.putLong(address + index, value);
    }

    @Override
    public final long getLong(int index, ByteOrder byteOrder) {
        long value = getLong(index);
        return byteOrder == NATIVE ? value : Long.reverseBytes(value);
    }

    @Override
    public final void putLong(int index, long value, ByteOrder byteOrder) {
        putLong(index, byteOrder == NATIVE ? value : Long.reverseBytes(value));
    }

    @Override
    public final float getFloat(int index) {
        check(index, 4);
        return Memory.getFloat(address + index);
    }

    @Override
    public final void putFloat(int index, float value) {
        ensure(index, 4);
        Memory.putFloat(address + index, value);
    }

    @Override
    public final float getFloat(int index, ByteOrder byteOrder) {
        return Float.intBitsToFloat(getInt(index, byteOrder));
    }

    @Override
    public final void putFloat(int index, float value, ByteOrder byteOrder) {
        putInt(index, Float.floatToRawIntBits(value), byteOrder);
    }

    @Override
    public final double getDouble(int index) {
        check(index, 8);
        return Memory.getDouble(address + index);
    }

    @Override
    public final void putDouble(int index, double value) {
        ensure(index, 8);
        Memory.putDouble(address + index, value);
    }

    @Override
    public final double getDouble(int index, ByteOrder byteOrder) {
        return Double.longBitsToDouble(getLong(index, byteOrder));
    }

    @Override
    public final void putDouble(int index, double value, ByteOrder byteOrder) {
        putLong(index, Double.doubleToRawLongBits(value), byteOrder);
    }
}
