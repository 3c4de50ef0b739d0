package io.sluice.core.codec;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.Consumer;

/// Makes the writer of a record, equal to this hand-written code, with constants in capitals:
///
/// ```java
/// int write(Object record, MutableDirectBuffer buffer, int at, int depth) {
///     int component = 0;
///     try {
///         at = Sink.put((int) QUANTITY.invokeExact(record), buffer, at);
///         component = 1;
///         at = STRING.writeNullable((Object) SYMBOL.invokeExact(record), buffer, at, depth);
///     } catch (Throwable e) {
///         throw RecordFormat.unwritable(e, RECORD, component);
///     }
///     return at;
/// }
/// ```
final class WriterAssembler implements Consumer<ClassBuilder> {
    private static final MethodTypeDesc WRITE =
        MethodTypeDesc.of(CD_int, CD_Object, Assembler.OUTPUT, CD_int, CD_int);

    private final Assembler assembler;
    private final Component[] components;
    private final int from;
    private final int to;

    private WriterAssembler(RecordFormat record, String name, Component[] components, int from, int to) {
        this.assembler = new Assembler(record, "WriterOf" + name);
        this.components = components;
        this.from = from;
        this.to = to;
    }

    /// @param most number of components that one method may have
    static RecordWriter assemble(RecordFormat record, String name, Component[] components, int most) {
        var writers = new RecordWriter[Math.ceilDiv(components.length, most)];
        for (int i = 0; i < writers.length; i++) {
            int from = i * most;
            int to = Math.min(from + most, components.length);
            writers[i] = new WriterAssembler(record, name, components, from, to).assemble();
        }
        return writers.length == 1 ? writers[0] : new RecordWriter.Several(writers);
    }

    private RecordWriter assemble() {
        return assembler.assemble(RecordWriter.class, this);
    }

    @Override
    public void accept(ClassBuilder type) {
        type.withMethodBody("write", WRITE, 0, new Consumer<>() {
            @Override
            public void accept(CodeBuilder code) {
                write(code);
            }
        });
    }

    private void write(CodeBuilder code) {
        int at = code.parameterSlot(2);
        int component = code.allocateLocal(TypeKind.INT);
        Label begin = code.newLabel();
        Label end = code.newLabel();
        Label failed = code.newLabel();
        code.loadConstant(from).istore(component);
        code.exceptionCatchAll(begin, end, failed).labelBinding(begin);
        for (int i = from; i < to; i++) {
            code.loadConstant(i).istore(component);
            write(code, components[i]);
            code.istore(at);
        }
        code.labelBinding(end).iload(at).ireturn();
        code.labelBinding(failed);
        assembler.fail(code, "unwritable", component);
    }

    /// Leaves the next position on the stack.
    private void write(CodeBuilder code, Component component) {
        ClassDesc type = component.erased();
        if (!component.isPrimitive()) {
            assembler.load(code, component.format());
        }
        assembler.load(code, component.accessor());
        code.aload(code.parameterSlot(0))
            .invokevirtual(CD_MethodHandle, "invokeExact", MethodTypeDesc.of(type, CD_Object))
            .aload(code.parameterSlot(1))
            .iload(code.parameterSlot(2));
        if (component.isPrimitive()) {
            code.invokestatic(Assembler.SINK, "put", MethodTypeDesc.of(CD_int, type, Assembler.OUTPUT, CD_int));
        } else {
            code.iload(code.parameterSlot(3)).invokevirtual(Assembler.FORMAT, "writeNullable", WRITE);
        }
    }
}
