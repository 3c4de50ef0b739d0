package io.sluice.core.codec;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_List;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
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
///
/// A process with a record codec assembles at its start, so nothing here makes the JVM generate further classes: the
/// constants are static final fields, which the compiler trusts as it trusts dynamic constants, and there is no lambda.
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
    private static final ClassDesc METHOD_HANDLES = nameOf(MethodHandles.class);
    private static final MethodTypeDesc MAKE_LOOKUP = MethodTypeDesc.of(CD_MethodHandles_Lookup);
    private static final MethodTypeDesc CLASS_DATA =
        MethodTypeDesc.of(CD_Object, CD_MethodHandles_Lookup, CD_String, CD_Class);
    private static final MethodTypeDesc LIST_GET = MethodTypeDesc.of(CD_Object, CD_int);
    private static final MethodTypeDesc LIST_ADD = MethodTypeDesc.of(CD_boolean, CD_Object);

    private final RecordFormat record;
    private final ClassDesc self;
    /// The class data.
    private final List<Object> constants = new ArrayList<>();
    private final List<ClassDesc> types = new ArrayList<>();

    /// @param record the record that the class writes or reads
    /// @param name of the class, seen in profiles and stack traces; not that of a class of this package
    Assembler(RecordFormat record, String name) {
        this.record = record;
        this.self = ClassDesc.of(Assembler.class.getPackageName(), name);
    }

    private static ClassDesc nameOf(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    /// Makes the class and its only object.
    ///
    /// @param base its superclass; of this package, with a constructor without parameters
    /// @param methods adds the methods
    <T> T assemble(Class<T> base, Consumer<ClassBuilder> methods) {
        byte[] bytes = ClassFile.of().build(self, new Consumer<>() {
            @Override
            public void accept(ClassBuilder type) {
                type.withFlags(ACC_FINAL | ACC_SYNTHETIC).withSuperclass(nameOf(base));
                methods.accept(type);
                addFrame(type, nameOf(base));
            }
        });
        try {
            LOOKUP.defineHiddenClassWithClassData(bytes, constants, true);
        } catch (IllegalAccessException e) {
            throw new LinkageError("the assembled code of " + self.displayName() + " is invalid", e);
        }
        return base.cast(constants.getLast());
    }

    /// Adds what the class has besides its methods, once these have named their constants.
    private void addFrame(ClassBuilder type, ClassDesc base) {
        for (int i = 0; i < types.size(); i++) {
            type.withField(field(i), types.get(i), ACC_PRIVATE | ACC_STATIC | ACC_FINAL);
        }
        type.withMethodBody(INIT_NAME, MTD_void, 0, new Consumer<>() {
            @Override
            public void accept(CodeBuilder code) {
                code.aload(0).invokespecial(base, INIT_NAME, MTD_void).return_();
            }
        });
        type.withMethodBody(CLASS_INIT_NAME, MTD_void, ACC_STATIC, new Consumer<>() {
            @Override
            public void accept(CodeBuilder code) {
                initialize(code);
            }
        });
    }

    /// Sets the constants, and puts the only object behind them: a constructor called by reflection, or by a handle,
    /// makes the JVM generate more classes.
    private void initialize(CodeBuilder code) {
        int data = code.allocateLocal(TypeKind.REFERENCE);
        code.invokestatic(METHOD_HANDLES, "lookup", MAKE_LOOKUP)
            .loadConstant(DEFAULT_NAME)
            .loadConstant(CD_List)
            .invokestatic(METHOD_HANDLES, "classData", CLASS_DATA)
            .checkcast(CD_List)
            .astore(data);
        for (int i = 0; i < types.size(); i++) {
            code.aload(data)
                .loadConstant(i)
                .invokeinterface(CD_List, "get", LIST_GET)
                .checkcast(types.get(i))
                .putstatic(self, field(i), types.get(i));
        }
        code.aload(data)
            .new_(self)
            .dup()
            .invokespecial(self, INIT_NAME, MTD_void)
            .invokeinterface(CD_List, "add", LIST_ADD)
            .pop()
            .return_();
    }

    private static String field(int index) {
        return "CONSTANT_" + index;
    }

    void load(CodeBuilder code, MethodHandle handle) {
        load(code, CD_MethodHandle, handle);
    }

    void load(CodeBuilder code, Format format) {
        load(code, FORMAT, format);
    }

    private void load(CodeBuilder code, ClassDesc type, Object constant) {
        code.getstatic(self, field(constants.size()), type);
        constants.add(constant);
        types.add(type);
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
