package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.AccessFlag;
import java.util.Optional;

/// Finds the source name of a captured variable, and the source position of the lambda, from the class file. Used only
/// after a failure, so it may be slow.
final class Captures {
    private static final String PREFIX = "lambda$";
    private static final String THIS = "this";
    /// The compiler's name for the object of a method reference that it compiled to a lambda.
    private static final String RECEIVER = "rec$";

    private final SerializedLambda lambda;
    private final boolean reference;
    private final boolean instance;
    private final Optional<MethodModel> body;

    private Captures(Class<?> type, SerializedLambda lambda) {
        this.lambda = lambda;
        this.reference = !lambda.getImplMethodName().startsWith(PREFIX);
        this.instance = lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic
            && lambda.getImplMethodKind() != MethodHandleInfo.REF_newInvokeSpecial;
        this.body = reference ? Optional.empty() : bodyOf(type, lambda);
    }

    private static Optional<MethodModel> bodyOf(Class<?> type, SerializedLambda lambda) {
        ClassLoader loader = type.getClassLoader();
        String file = lambda.getImplClass() + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(file) : loader.getResourceAsStream(file)) {
            return in == null ? Optional.empty() : ClassFile.of().parse(in.readAllBytes()).methods().stream()
                .filter(method -> method.methodName().equalsString(lambda.getImplMethodName())
                    && method.methodType().equalsString(lambda.getImplMethodSignature()))
                .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // no class file, or an unknown version: the variables are numbered then
        }
    }

    /// The exception for a lambda that captures a value that does not travel.
    ///
    /// @param index of the captured value
    /// @param why the reason
    static CodecException refusal(Class<?> type, SerializedLambda lambda, int index, CodecException why) {
        var captures = new Captures(type, lambda);
        Object value = lambda.getCapturedArg(index);
        String name = captures.name(index);
        String what = switch (name) {
            case THIS -> "captured 'this'";
            case RECEIVER -> "the object of the method reference";
            default -> name.startsWith("#") ? "captured variable " + name : "captured variable '" + name + "'";
        };
        String where = captures.where();
        if (value == null || ObjectGraph.travels(value.getClass())) {
            return new CodecException(what + " (in " + where + "): " + why.getMessage(), why);
        }
        String hint = name.equals(THIS)
            ? "; using a field or a method of it captures the whole object: copy the needed value to a local variable"
            : ObjectGraph.hint(value.getClass());
        return new CodecException(what + " of type " + ObjectGraph.describe(value.getClass())
            + " is not Serializable (in " + where + ")" + hint, why);
    }

    /// The name of a captured variable, or a number, for a path.
    static String variableOf(Class<?> type, SerializedLambda lambda, int index) {
        return new Captures(type, lambda).name(index);
    }

    private String name(int index) {
        if (reference) {
            return RECEIVER; // it captures nothing else
        }
        if (instance && index == 0) {
            return THIS;
        }
        int parameter = instance ? index - 1 : index;
        return body.flatMap(method -> declaredName(method, parameter).or(() -> debugName(method, parameter)))
            .orElse("#" + (index + 1));
    }

    private static Optional<String> declaredName(MethodModel method, int parameter) {
        return method.findAttribute(Attributes.methodParameters())
            .map(MethodParametersAttribute::parameters)
            .filter(parameters -> parameter < parameters.size())
            .flatMap(parameters -> parameters.get(parameter).name())
            .map(name -> name.stringValue());
    }

    private static Optional<String> debugName(MethodModel method, int parameter) {
        int slot = slotOf(method, parameter);
        return method.code()
            .flatMap(code -> code.findAttribute(Attributes.localVariableTable()))
            .flatMap(table -> table.localVariables().stream()
                .filter(variable -> variable.slot() == slot && variable.startPc() == 0)
                .findFirst())
            .map(variable -> variable.name().stringValue());
    }

    private static int slotOf(MethodModel method, int parameter) {
        int slot = method.flags().has(AccessFlag.STATIC) ? 0 : 1;
        MethodTypeDesc type = method.methodTypeSymbol();
        for (int i = 0; i < parameter; i++) {
            slot += TypeKind.from(type.parameterType(i)).slotSize();
        }
        return slot;
    }

    /// `lambda at com.acme.Main.run, line 42`.
    private String where() {
        String owner = lambda.getImplClass().replace('/', '.');
        if (reference) {
            return "method reference " + owner + "::" + lambda.getImplMethodName() + " at "
                + lambda.getCapturingClass().replace('/', '.');
        }
        String name = lambda.getImplMethodName().substring(PREFIX.length());
        int end = name.indexOf('$');
        String method = switch (end < 0 ? name : name.substring(0, end)) {
            case "new" -> "<init>";
            case "static" -> "<clinit>";
            case String other -> other;
        };
        return "lambda at " + owner + "." + method + line();
    }

    private String line() {
        return body.flatMap(MethodModel::code)
            .flatMap(code -> code.findAttribute(Attributes.lineNumberTable()))
            .filter(table -> !table.lineNumbers().isEmpty())
            .map(table -> ", line " + table.lineNumbers().getFirst().lineNumber())
            .orElse("");
    }
}
