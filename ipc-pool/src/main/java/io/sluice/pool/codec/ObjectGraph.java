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
/// The search goes where Java serialization goes, as far as reflection may look. Where it may not, the message names
/// the class alone.
final class ObjectGraph {
    private static final int MAX_OBJECTS = 1_000_000;
    private static final String HOW_TO_LAMBDA = "; write it as io.sluice.pool.task.Task, Action or TaskFunction:"
        + " declare the pool as ProcessPool, not as ExecutorService, or cast the lambda: (Task<Integer>) () -> 1";
    /// Continues a sentence about the wrapper.
    static final String HOW_TO_WRAPPED = "it wraps a task for this process (CompletableFuture.supplyAsync and its"
        + " siblings, ExecutorCompletionService and Executors.callable make such); give the task itself to"
        + " ProcessPool.submit(Task) or submit(Action), whose future is a CompletableFuture";

    private final Predicate<Object> culprit;
    private final Queue<Place> open = new ArrayDeque<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /// Where an object hangs.
    private record Place(Object object, Place parent, String step) {
        String path() {
            var path = new StringBuilder(step);
            for (Place place = parent; place != null; place = place.parent) {
                path.insert(0, place.step);
            }
            return path.toString();
        }
    }

    private ObjectGraph(Predicate<Object> culprit) {
        this.culprit = culprit;
    }

    /// What to tell a user whose object is of such a class.
    static CodecException notSerializable(Class<?> type) {
        return new CodecException(describe(type) + " is not Serializable" + hint(type));
    }

    /// What to tell a user in whose graph java.io met one.
    static CodecException notSerializable(Object root, NotSerializableException e) {
        String name = String.valueOf(e.getMessage());
        Predicate<Object> culprit = object -> object.getClass().getName().equals(name);
        if (LambdaForm.isLambda(root.getClass())) {
            CodecException captured = capturedBy(root, culprit, e);
            if (captured != null) {
                return captured;
            }
        }
        Place place = find(root, culprit);
        if (place == null || place.parent == null) {
            return new CodecException(place == null
                ? name + " is not Serializable (in " + in(root.getClass()) + ")"
                : describe(root.getClass()) + " is not Serializable" + hint(root.getClass()), e);
        }
        Class<?> type = place.object.getClass();
        String hint = place.step.startsWith(".this$")
            ? "; an inner class holds the object it was made in: make it static, a record or a lambda"
            : hint(type);
        return new CodecException(place.path() + ": " + describe(type) + " is not Serializable" + hint, e);
    }

    private static String in(Class<?> root) {
        return LambdaForm.isLambda(root) ? describe(root) : "an object of class " + root.getName();
    }

    /// What to tell a user whose lambda java.io has had to write, or `null`.
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

    /// What to tell a user in whose graph is an object of a class that the receiver would refuse.
    static CodecException refused(Object root, Class<?> type, RuntimeException e) {
        Place place = find(root, type::isInstance);
        String refusal = ClassPolicy.refusal(type);
        return new CodecException(
            place == null || place.parent == null ? refusal : place.path() + ": " + refusal, e);
    }

    /// Whether objects of a class travel, if all that they hold does.
    static boolean travels(Class<?> type) {
        return Serializable.class.isAssignableFrom(type) || type.isRecord();
    }

    /// A class as its author calls it.
    static String describe(Class<?> type) {
        if (LambdaForm.isLambda(type)) {
            Class<?>[] interfaces = type.getInterfaces();
            return "a lambda of type " + (interfaces.length == 0 ? "?" : interfaces[0].getName());
        }
        return type.getTypeName();
    }

    /// What helps, if the class is that of a lambda, or of a task of the JDK.
    static String hint(Class<?> type) {
        return LambdaForm.isLambda(type) ? HOW_TO_LAMBDA : isTaskOfJdk(type) ? "; " + HOW_TO_WRAPPED : "";
    }

    /// Whether objects of a class are what the JDK makes of a task before it gives it to an executor.
    static boolean isTaskOfJdk(Class<?> type) {
        return type.getPackageName().equals("java.util.concurrent")
            && (Runnable.class.isAssignableFrom(type) || Callable.class.isAssignableFrom(type));
    }

    private static Place find(Object root, Predicate<Object> culprit) {
        try {
            return new ObjectGraph(culprit).search(root);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return null; // a collection of the user that does not let itself be looked at: the class has to do
        }
    }

    /// Breadth first, so that the path is a short one.
    private Place search(Object root) {
        open.add(new Place(root, null, simpleName(root)));
        seen.add(root);
        for (Place place = open.poll(); place != null && seen.size() < MAX_OBJECTS; place = open.poll()) {
            if (culprit.test(place.object)) {
                return place;
            }
            expand(place);
        }
        return null;
    }

    private static String simpleName(Object root) {
        Class<?> type = root.getClass();
        if (LambdaForm.isLambda(type)) {
            return "lambda";
        }
        if (isOfJavaUtil(root) && type.isMemberClass()) { // nobody knows ImmutableCollections.List12
            return root instanceof List ? "List" : root instanceof Map ? "Map" : "Set";
        }
        Class<?> named = type.isArray() ? type.getComponentType() : type;
        String name = named.getSimpleName();
        return name.isEmpty() ? named.getName().substring(named.getName().lastIndexOf('.') + 1) : name;
    }

    private void expand(Place place) {
        switch (place.object) {
            case Object[] array -> {
                for (int i = 0; i < array.length; i++) {
                    visit(array[i], place, "[" + i + "]");
                }
            }
            case Collection<?> collection when isOfJavaUtil(collection) -> {
                int i = 0;
                for (Object element : collection) {
                    visit(element, place, "[" + i++ + "]");
                }
            }
            case Map<?, ?> map when isOfJavaUtil(map) -> {
                int i = 0;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    visit(entry.getKey(), place, "[" + i + "].key");
                    visit(entry.getValue(), place, "[" + i++ + "].value");
                }
            }
            case Throwable failure -> {
                visit(failure.getCause(), place, ".cause");
                visit(failure.getSuppressed(), place, ".suppressed");
                expandFields(place);
            }
            default -> {
                if (!expandLambda(place)) {
                    expandFields(place);
                }
            }
        }
    }

    private static boolean isOfJavaUtil(Object object) {
        return object.getClass().getName().startsWith("java.util.");
    }

    private void visit(Object object, Place parent, String step) {
        if (object != null && !(object instanceof String) && !(object instanceof Number) && seen.add(object)) {
            open.add(new Place(object, parent, step));
        }
    }

    private boolean expandLambda(Place place) {
        if (!LambdaForm.isLambda(place.object.getClass())) {
            return false;
        }
        SerializedLambda lambda = LambdaForm.takeApartByStream(place.object);
        for (int i = 0; lambda != null && i < lambda.getCapturedArgCount(); i++) {
            visit(lambda.getCapturedArg(i), place,
                "." + Captures.variableOf(place.object.getClass(), lambda, i));
        }
        return lambda != null;
    }

    private void expandFields(Place place) {
        Class<?> type = place.object.getClass();
        for (; type != null && travels(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)
                    && !field.getType().isPrimitive() && field.trySetAccessible()) {
                    visit(valueOf(field, place.object), place, "." + field.getName());
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
