package io.sluice.core.codec;

import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.function.Consumer;

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
final class ReaderAssembler implements Consumer<ClassBuilder> {
    private static final MethodTypeDesc READ = MethodTypeDesc.of(CD_Object, Assembler.SOURCE);
    private static final MethodTypeDesc READ_MESSAGE =
        MethodTypeDesc.of(CD_Object, Assembler.INPUT, CD_int, CD_int);

    private final Assembler assembler;
    private final Component[] components;
    private final MethodHandle constructor;

    private ReaderAssembler(RecordFormat record, String name, Component[] components, MethodHandle constructor) {
        this.assembler = new Assembler(record, "ReaderOf" + name);
        this.components = components;
        this.constructor = constructor;
    }

    /// @param constructor from the components, with `Object` for references, to `Object`
    /// @param most number of components that one method may have
    static RecordReader assemble(
            RecordFormat record, String name, Component[] components, MethodHandle constructor, int most) {
        if (components.length > most) {
            return new RecordReader.Wide(record, components, constructor);
        }
        var reader = new ReaderAssembler(record, name, components, constructor);
        return reader.assembler.assemble(RecordReader.class, reader);
    }

    @Override
    public void accept(ClassBuilder type) {
        type.withMethodBody("read", READ, 0, new Consumer<>() {
            @Override
            public void accept(CodeBuilder code) {
                read(code);
            }
        });
        if (hasPrimitivesOnly()) {
            type.withMethodBody("readMessage", READ_MESSAGE, 0, new Consumer<>() {
                @Override
                public void accept(CodeBuilder code) {
                    readMessage(code);
                }
            });
        }
    }

    private boolean hasPrimitivesOnly() {
        for (Component component : components) {
            if (!component.isPrimitive()) {
                return false;
            }
        }
        return true;
    }

    private void read(CodeBuilder code) {
        int source = code.parameterSlot(0);
        code.aload(source).invokevirtual(Assembler.SOURCE, "enter", MTD_void);
        build(code, null);
        code.aload(source).invokevirtual(Assembler.SOURCE, "leave", MTD_void).areturn();
    }

    private void readMessage(CodeBuilder code) {
        int length = code.parameterSlot(2);
        int[] places = new int[components.length + 1];
        for (int i = 0; i < components.length; i++) {
            places[i + 1] = places[i] + components[i].format().max(Set.of());
        }
        Label fits = code.newLabel();
        code.iload(length).loadConstant(places[components.length]).if_icmpeq(fits)
            .aload(0)
            .aload(code.parameterSlot(0))
            .iload(code.parameterSlot(1))
            .iload(length)
            .invokespecial(Assembler.RECORD_READER, "readMessage", READ_MESSAGE)
            .areturn()
            .labelBinding(fits);
        build(code, places);
        code.areturn();
    }

    /// Reads the components and leaves the record on the stack.
    ///
    /// @param places of the components in the message; null to read from a source
    private void build(CodeBuilder code, int[] places) {
        int component = code.allocateLocal(TypeKind.INT);
        int record = code.allocateLocal(TypeKind.REFERENCE);
        Label begin = code.newLabel();
        Label end = code.newLabel();
        Label failed = code.newLabel();
        Label built = code.newLabel();
        code.loadConstant(0).istore(component);
        code.exceptionCatchAll(begin, end, failed).labelBinding(begin);
        assembler.load(code, constructor);
        for (int i = 0; i < components.length; i++) {
            code.loadConstant(i).istore(component);
            if (places == null) {
                readFromSource(code, i);
            } else {
                readFromBuffer(code, i, places[i]);
            }
        }
        code.loadConstant(components.length).istore(component)
            .invokevirtual(CD_MethodHandle, "invokeExact", MethodTypeDesc.of(CD_Object, erased()))
            .astore(record)
            .labelBinding(end)
            .goto_(built);
        code.labelBinding(failed);
        assembler.fail(code, "unreadable", component);
        code.labelBinding(built).aload(record);
    }

    private void readFromSource(CodeBuilder code, int i) {
        int source = code.parameterSlot(0);
        if (components[i].isPrimitive()) {
            code.aload(source).invokevirtual(Assembler.SOURCE, getter(i), MethodTypeDesc.of(components[i].erased()));
        } else {
            assembler.load(code, components[i].format());
            code.aload(source).invokevirtual(Assembler.FORMAT, "readNullable", READ);
        }
    }

    private void readFromBuffer(CodeBuilder code, int i, int place) {
        code.aload(code.parameterSlot(0))
            .iload(code.parameterSlot(1))
            .loadConstant(place)
            .iadd()
            .invokestatic(Assembler.SOURCE, getter(i),
                MethodTypeDesc.of(components[i].erased(), Assembler.INPUT, CD_int));
    }

    private String getter(int component) {
        String type = components[component].type().getName();
        return "get" + Character.toUpperCase(type.charAt(0)) + type.substring(1);
    }

    private ClassDesc[] erased() {
        var types = new ClassDesc[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].erased();
        }
        return types;
    }
}
