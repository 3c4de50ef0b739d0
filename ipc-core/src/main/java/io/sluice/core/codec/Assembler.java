package io.sluice.core.codec;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Makes one hidden class, whose methods see formats and handles as constants.
///
/// This makes a codec fast: the JIT compiler inlines through a constant handle, so no primitive is ever boxed, and each
/// record has profiles of its own. A loop over components has none of this: its handles are variables, and the values
/// go through an `Object[]`. A tree of handle combinators is as fast for a few components, but each component adds a
/// level of inlining. Handles reach members that no name in a class file could: those of private records in other
/// modules.
///
/// The class is unloaded with its codec.
final class Assembler {
    static final ClassDesc FORMAT = nameOf(Format.class);
    static final ClassDesc RECORD_READER = nameOf(RecordReader.class);
    static final ClassDesc SOURCE = nameOf(Source.class);
    static final ClassDesc SINK = nameOf(Sink.class);
    static final ClassDesc INPUT = nameOf(DirectBuffer.class);
    static final ClassDesc OUTPUT = nameOf(MutableDirectBuffer.class);

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc RECORD_FORMAT = nameOf(RecordFormat.class);
    private static final MethodTypeDesc FAILED =
        MethodTypeDesc.of(nameOf(RuntimeException.class), CD_Throwable, RECORD_FORMAT, CD_int);
    private static final DirectMethodHandleDesc CLASS_DATA_AT =
        ConstantDescs.ofConstantBootstrap(nameOf(MethodHandles.class), "classDataAt", CD_Object, CD_int);

    private final RecordFormat record;
    private final List<Object> constants = new ArrayList<>();

    /// @param record the record that the class writes or reads
    Assembler(RecordFormat record) {
        this.record = record;
    }

    private static ClassDesc nameOf(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    /// Makes the class and its only object.
    ///
    /// @param name seen in profiles and stack traces; not that of a class of this package
    /// @param base its superclass; of this package, with a constructor without parameters
    /// @param methods adds the methods
    <T> T assemble(String name, Class<T> base, Consumer<ClassBuilder> methods) {
        String packageName = Assembler.class.getPackageName();
        byte[] bytes = ClassFile.of().build(ClassDesc.of(packageName, name), type -> {
            type.withFlags(ACC_FINAL | ACC_SYNTHETIC)
                .withSuperclass(nameOf(base))
                .withMethodBody(INIT_NAME, MTD_void, 0, code -> code
                    .aload(0)
                    .invokespecial(nameOf(base), INIT_NAME, MTD_void)
                    .return_());
            methods.accept(type);
        });
        try {
            Class<?> hidden = LOOKUP.defineHiddenClassWithClassData(bytes, constants, true).lookupClass();
            return base.cast(hidden.getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the assembled code of " + name + " is invalid", e);
        }
    }

    void load(CodeBuilder code, MethodHandle handle) {
        load(code, CD_MethodHandle, handle);
    }

    void load(CodeBuilder code, Format format) {
        load(code, FORMAT, format);
    }

    private void load(CodeBuilder code, ClassDesc type, Object constant) {
        code.loadConstant(DynamicConstantDesc.ofNamed(CLASS_DATA_AT, DEFAULT_NAME, type, constants.size()));
        constants.add(constant);
    }

    /// Ends a handler, which begins with the exception on the stack.
    ///
    /// @param how method of [RecordFormat] that makes the exception to throw
    /// @param component local variable with the index of the component
    void fail(CodeBuilder handler, String how, int component) {
        load(handler, RECORD_FORMAT, record);
        handler.iload(component).invokestatic(RECORD_FORMAT, how, FAILED).athrow();
    }
}
