package io.sluice.core.codec;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;

/// One component of a record.
///
/// @param type as declared
/// @param accessor from `Object` to the type, or to `Object` if that is a reference
record Component(String name, Class<?> type, MethodHandle accessor, Format format) {
    boolean isPrimitive() {
        return type.isPrimitive();
    }

    /// The type as assembled code names it; that code cannot name types of other modules.
    ClassDesc erased() {
        return isPrimitive() ? type.describeConstable().orElseThrow() : ConstantDescs.CD_Object;
    }

    int presenceBytes() {
        return isPrimitive() ? 0 : 1;
    }
}
