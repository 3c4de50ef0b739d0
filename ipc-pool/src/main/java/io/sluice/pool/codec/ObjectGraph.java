package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/// Finds the part of an object graph that does not travel, and the shortest path to it: `Order.customer.socket`.
///
/// The search follows the references that Java serialization follows, as far as reflection has access. Without access,
/// the message names only the class.
final class ObjectGraph {
    private static final int MAX_OBJECTS = 1_000_000;
    private static final String HOW_TO_LAMBDA = "; write it as io.sluice.pool.task.Task, Action or TaskFunction:"
        + " declare the pool as ProcessPool, not as ExecutorService, or cast the lambda: (Task<Integer>) () -> 1";
    /// Continues a sentence about the wrapper.
    static final String HOW_TO_WRAPPED = "it wraps a task for this process (CompletableFuture.supplyAsync and its"
        + " variants, ExecutorCompletionService and Executors.callable do so); give the task itself to"
        + " ProcessPool.submit(Task) or submit(Action), whose future is a CompletableFuture";

    private final Predicate<Object> culprit;
    private final Queue<Node> open = new ArrayDeque<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /// An object in the graph, and the path to it.
    private record Node(Object object, Node parent, String step) {
        String path() {
            var path = new StringBuilder(step);
            for (Node node = parent; node != null; node = node.parent) {
                path.insert(0, node.step);
            }
            return path.toString();
        }
    }

    private ObjectGraph(Predicate<Object> culprit) {
        this.culprit = culprit;
    }

    /// The exception for an object of a class that is not serializable.
    static CodecException notSerializable(Class<?> type) {
        return new CodecException(describe(type) + " is not Serializable" + hint(type));
    }

    /// The exception for a graph in which java.io found such an object.
    static CodecException notSerializable(Object root, NotSerializableException e) {
        String name = String.valueOf(e.getMessage());
        Predicate<Object> culprit = object -> object.getClass().getName().equals(name);
        if (LambdaForm.isLambda(root.getClass())) {
            CodecException captured = capturedBy(root, culprit, e);
            if (captured != null) {
                return captured;
            }
        }
        Node node = find(root, culprit);
        if (node == null || node.parent == null) {
            return new CodecException(node == null
                ? name + " is not Serializable (in " + in(root.getClass()) + ")"
                : describe(root.getClass()) + " is not Serializable" + hint(root.getClass()), e);
        }
        Class<?> type = node.object.getClass();
        String hint = node.step.startsWith(".this$")
            ? "; an inner class holds its outer object: make it static, a record or a lambda"
            : hint(type);
        return new CodecException(node.path() + ": " + describe(type) + " is not Serializable" + hint, e);
    }

    private static String in(Class<?> root) {
        return LambdaForm.isLambda(root) ? describe(root) : "an object of class " + root.getName();
    }

    /// The exception for a lambda that java.io wrote, or `null`.
    private static CodecException capturedBy(Object root, Predicate<Object> culprit, NotSerializableException e) {
        SerializedLambda lambda = LambdaForm.takeApartByStream(root);
        for (int i = 0; lambda != null && i < lambda.getCapturedArgCount(); i++) {
            Object captured = lambda.getCapturedArg(i);
            if (captured != null && find(captured, culprit) != null) {
                return Captures.refusal(root.getClass(), lambda, i, notSerializable(captured, e));
            }
        }
        return null;
    }

    /// The exception for a graph with an object of a class that the receiver would refuse.
    static CodecException refused(Object root, Class<?> type, ClassPolicy policy, RuntimeException e) {
        Node node = find(root, type::isInstance);
        String refusal = policy.refusal(type);
        return new CodecException(
            node == null || node.parent == null ? refusal : node.path() + ": " + refusal, e);
    }

    /// Whether objects of a class travel, if all their parts do.
    static boolean travels(Class<?> type) {
        return Serializable.class.isAssignableFrom(type) || type.isRecord();
    }

    /// The name of a class as in its source.
    static String describe(Class<?> type) {
        if (LambdaForm.isLambda(type)) {
            Class<?>[] interfaces = type.getInterfaces();
            return "a lambda of type " + (interfaces.length == 0 ? "?" : interfaces[0].getName());
        }
        return type.getTypeName();
    }

    /// What to do instead, if the class is that of a lambda, or of a task of the JDK; otherwise empty.
    static String hint(Class<?> type) {
        return LambdaForm.isLambda(type) ? HOW_TO_LAMBDA : isTaskOfJdk(type) ? "; " + HOW_TO_WRAPPED : "";
    }

    /// Whether a class is a wrapper that the JDK puts around a task for an executor.
    static boolean isTaskOfJdk(Class<?> type) {
        return type.getPackageName().equals("java.util.concurrent")
            && (Runnable.class.isAssignableFrom(type) || Callable.class.isAssignableFrom(type));
    }

    private static Node find(Object root, Predicate<Object> culprit) {
        try {
            return new ObjectGraph(culprit).search(root);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return null; // a collection of the user that throws during iteration: the message names only the class
        }
    }

    /// Breadth first, so that the path is a short one.
    private Node search(Object root) {
        open.add(new Node(root, null, simpleName(root)));
        seen.add(root);
        for (Node node = open.poll(); node != null && seen.size() < MAX_OBJECTS; node = open.poll()) {
            if (culprit.test(node.object)) {
                return node;
            }
            expand(node);
        }
        return null;
    }

    private static String simpleName(Object root) {
        Class<?> type = root.getClass();
        if (LambdaForm.isLambda(type)) {
            return "lambda";
        }
        if (isOfJavaUtil(root) && type.isMemberClass()) { // users do not know ImmutableCollections.List12
            return root instanceof List ? "List" : root instanceof Map ? "Map" : "Set";
        }
        Class<?> named = type.isArray() ? type.getComponentType() : type;
        String name = named.getSimpleName();
        return name.isEmpty() ? named.getName().substring(named.getName().lastIndexOf('.') + 1) : name;
    }

    private void expand(Node node) {
        switch (node.object) {
            case Object[] array -> {
                for (int i = 0; i < array.length; i++) {
                    visit(array[i], node, "[" + i + "]");
                }
            }
            case Collection<?> collection when isOfJavaUtil(collection) -> {
                int i = 0;
                for (Object element : collection) {
                    visit(element, node, "[" + i++ + "]");
                }
            }
            case Map<?, ?> map when isOfJavaUtil(map) -> {
                int i = 0;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    visit(entry.getKey(), node, "[" + i + "].key");
                    visit(entry.getValue(), node, "[" + i++ + "].value");
                }
            }
            case Throwable failure -> {
                visit(failure.getCause(), node, ".cause");
                visit(failure.getSuppressed(), node, ".suppressed");
                expandFields(node);
            }
            default -> {
                if (!expandLambda(node)) {
                    expandFields(node);
                }
            }
        }
    }

    private static boolean isOfJavaUtil(Object object) {
        return object.getClass().getName().startsWith("java.util.");
    }

    private void visit(Object object, Node parent, String step) {
        if (object != null && !(object instanceof String) && !(object instanceof Number) && seen.add(object)) {
            open.add(new Node(object, parent, step));
        }
    }

    private boolean expandLambda(Node node) {
        if (!LambdaForm.isLambda(node.object.getClass())) {
            return false;
        }
        SerializedLambda lambda = LambdaForm.takeApartByStream(node.object);
        for (int i = 0; lambda != null && i < lambda.getCapturedArgCount(); i++) {
            visit(lambda.getCapturedArg(i), node,
                "." + Captures.variableOf(node.object.getClass(), lambda, i));
        }
        return lambda != null;
    }

    private void expandFields(Node node) {
        Class<?> type = node.object.getClass();
        for (; type != null && travels(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)
                    && !field.getType().isPrimitive() && field.trySetAccessible()) {
                    visit(valueOf(field, node.object), node, "." + field.getName());
                }
            }
        }
    }

    private static Object valueOf(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            return null;
        }
    }
}
