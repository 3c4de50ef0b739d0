package io.sluice.core.codec;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/// Makes the reader of a record, equal to this hand-written code, with constants in capitals:
///
/// ```java
/// Object read(Source source) {
///     int component = 0;
///     source.enter();
///     try {
///         int quantity = source.getInt();
///         component = 1;
///         Object symbol = STRING.readNullable(source);
///         component = 2;
///         record = (Object) CONSTRUCTOR.invokeExact(quantity, symbol);
///     } catch (Throwable e) {
///         throw RecordFormat.unreadable(e, RECORD, component);
///     }
///     source.leave();
///     return record;
/// }
/// ```
///
/// A message that is a record of primitives has all of them at known places, and is read without a source:
///
/// ```java
/// Object readMessage(DirectBuffer buffer, int offset, int length) {
///     if (length != 12) {
///         return super.readMessage(buffer, offset, length); // to name the component that is missing
///     }
///     ...
///         long time = Source.getLong(buffer, offset);
///         component = 1;
///         int quantity = Source.getInt(buffer, offset + 8);
/// ```
final class ReaderAssembler {
    private static final MethodTypeDesc READ = MethodTypeDesc.of(CD_Object, Assembler.SOURCE);
    private static final MethodTypeDesc READ_MESSAGE =
        MethodTypeDesc.of(CD_Object, Assembler.INPUT, CD_int, CD_int);

    private final Assembler assembler;
    private final Component[] components;
    private final MethodHandle constructor;

    private ReaderAssembler(RecordFormat record, Component[] components, MethodHandle constructor) {
        this.assembler = new Assembler(record);
        this.components = components;
        this.constructor = constructor;
    }

    /// @param constructor from the components, with `Object` for references, to `Object`
    /// @param most number of components that one method may have
    static RecordReader assemble(
            RecordFormat record, String name, Component[] components, MethodHandle constructor, int most) {
        return components.length > most
            ? new RecordReader.Wide(record, components, constructor)
            : new ReaderAssembler(record, components, constructor).assemble(name);
    }

    private RecordReader assemble(String name) {
        boolean fixed = Arrays.stream(components).allMatch(Component::isPrimitive);
        return assembler.assemble("ReaderOf" + name, RecordReader.class, type -> {
            type.withMethodBody("read", READ, 0, this::read);
            if (fixed) {
                type.withMethodBody("readMessage", READ_MESSAGE, 0, this::readMessage);
            }
        });
    }

    private void read(CodeBuilder code) {
        int source = code.parameterSlot(0);
        code.aload(source).invokevirtual(Assembler.SOURCE, "enter", MTD_void);
        build(code, (body, i) -> {
            if (components[i].isPrimitive()) {
                body.aload(source)
                    .invokevirtual(Assembler.SOURCE, getter(i), MethodTypeDesc.of(components[i].erased()));
            } else {
                assembler.load(body, components[i].format());
                body.aload(source).invokevirtual(Assembler.FORMAT, "readNullable", READ);
            }
        });
        code.aload(source).invokevirtual(Assembler.SOURCE, "leave", MTD_void).areturn();
    }

    private void readMessage(CodeBuilder code) {
        int buffer = code.parameterSlot(0);
        int offset = code.parameterSlot(1);
        int length = code.parameterSlot(2);
        int[] places = new int[components.length + 1];
        for (int i = 0; i < components.length; i++) {
            places[i + 1] = places[i] + components[i].format().max(Set.of());
        }
        code.iload(length).loadConstant(places[components.length]).ifThen(Opcode.IF_ICMPNE, other -> other
            .aload(0)
            .aload(buffer)
            .iload(offset)
            .iload(length)
            .invokespecial(Assembler.RECORD_READER, "readMessage", READ_MESSAGE)
            .areturn());
        build(code, (body, i) -> body
            .aload(buffer)
            .iload(offset)
            .loadConstant(places[i])
            .iadd()
            .invokestatic(Assembler.SOURCE, getter(i),
                MethodTypeDesc.of(components[i].erased(), Assembler.INPUT, CD_int)));
        code.areturn();
    }

    /// Reads the components and leaves the record on the stack.
    ///
    /// @param reading leaves the component of an index on the stack
    private void build(CodeBuilder code, ObjIntConsumer<CodeBuilder> reading) {
        int component = code.allocateLocal(TypeKind.INT);
        int record = code.allocateLocal(TypeKind.REFERENCE);
        code.loadConstant(0).istore(component);
        code.trying(body -> {
            assembler.load(body, constructor);
            for (int i = 0; i < components.length; i++) {
                body.loadConstant(i).istore(component);
                reading.accept(body, i);
            }
            body.loadConstant(components.length).istore(component)
                .invokevirtual(CD_MethodHandle, "invokeExact", MethodTypeDesc.of(CD_Object, erased()))
                .astore(record);
        }, failed -> failed.catchingAll(handler -> assembler.fail(handler, "unreadable", component)));
        code.aload(record);
    }

    private String getter(int component) {
        String type = components[component].type().getName();
        return "get" + Character.toUpperCase(type.charAt(0)) + type.substring(1);
    }

    private ClassDesc[] erased() {
        return Arrays.stream(components).map(Component::erased).toArray(ClassDesc[]::new);
    }
}
