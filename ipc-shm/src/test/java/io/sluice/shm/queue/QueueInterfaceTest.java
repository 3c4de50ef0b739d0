package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every method of `BlockingQueue`, `Collection` and `Iterable`, found by reflection, default methods included, against
/// `ArrayBlockingQueue`: the same contents, the same arguments, the same answer, also with a pending interrupt, and
/// beside producers and consumers.
@Timeout(120)
class QueueInterfaceTest {
    private static final int CAPACITY = 4;
    private static final List<List<Integer>> CONTENTS = List.of(List.of(), List.of(1, 2, 3), List.of(1, 2, 3, 4));

    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();
    private int queues;

    @AfterEach
    void removeEverything() {
        var _ = Thread.interrupted();
        sandbox.close();
    }

    private SharedQueue<Integer> ints() {
        return space.queue("q" + queues++, Codec.ints(), CAPACITY);
    }

    private static List<Method> methods() {
        return Arrays.stream(BlockingQueue.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
    }

    /// What a call did, in a form that can be compared.
    private record Outcome(Object result, Class<?> thrown, List<Object> arguments, List<Object> left, boolean flag) {}

    /// The same answers as `ArrayBlockingQueue`, the same exceptions, and the same left in the queue.
    @Test
    void eachMethodDoesWhatThatOfArrayBlockingQueueDoes() throws IllegalAccessException {
        for (Method method : methods()) {
            for (List<Integer> content : CONTENTS) {
                for (boolean interrupted : new boolean[] {false, true}) {
                    if (!interrupted && wouldWait(method, content.size())) {
                        continue;
                    }
                    SharedQueue<Integer> queue = ints();
                    assertThat(outcome(queue, method, content, interrupted))
                            .as("%s with %s, interrupted: %s", method, content, interrupted)
                            .isEqualTo(outcome(new ArrayBlockingQueue<>(CAPACITY), method, content, interrupted));
                    queue.unlink();
                    queue.close();
                }
            }
        }
    }

    private static boolean wouldWait(Method method, int size) {
        return (method.getName().equals("take") && size == 0) || (method.getName().equals("put") && size == CAPACITY);
    }

    private static Outcome outcome(BlockingQueue<Integer> queue, Method method, List<Integer> content,
            boolean interrupted) throws IllegalAccessException {
        queue.addAll(content);
        Object[] arguments = arguments(method);
        Object result = null;
        Class<?> thrown = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            result = comparable(method.invoke(queue, arguments));
        } catch (InvocationTargetException e) {
            thrown = e.getCause().getClass();
        }
        boolean flag = Thread.interrupted();
        if (method.getName().equals("hashCode")) {
            result = null;                       // identity, in both
        }
        List<Object> shown = Arrays.stream(arguments).filter(Collection.class::isInstance)
                .<Object>map(argument -> List.copyOf((Collection<?>) argument)).toList();
        return new Outcome(result, thrown, shown, Arrays.asList(queue.toArray()), flag);
    }

    /// The task queue has some of the methods, by the same names; leases aside, they answer the same.
    @Test
    void theMethodsOfATaskQueueAnswerAlike() throws ReflectiveOperationException, InterruptedException {
        Set<String> met = new HashSet<>();
        for (Method method : methods()) {
            Method ours;
            try {
                ours = SharedTaskQueue.class.getMethod(method.getName(), method.getParameterTypes());
            } catch (NoSuchMethodException none) {
                continue;
            }
            if (ours.getDeclaringClass() == Object.class) {
                continue;
            }
            met.add(method.getName());
            for (List<Integer> content : CONTENTS) {
                for (boolean interrupted : new boolean[] {false, true}) {
                    if (!interrupted && wouldWait(method, content.size())) {
                        continue;
                    }
                    BlockingQueue<Integer> model = new ArrayBlockingQueue<>(CAPACITY);
                    model.addAll(content);
                    try (SharedTaskQueue<Integer> queue = space.taskQueue("t" + queues++, Codec.ints(), CAPACITY)) {
                        for (int element : content) {
                            queue.put(element);
                        }
                        assertThat(answer(queue, ours, interrupted)).as("%s with %s, %s", method, content, interrupted)
                                .isEqualTo(answer(model, method, interrupted));
                        assertThat(queue.size()).isEqualTo(model.size());
                    }
                }
            }
        }
        assertThat(met).contains("put", "offer", "take", "poll", "size");
    }

    private static Object answer(Object queue, Method method, boolean interrupted) throws IllegalAccessException {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Object answer;
        try {
            answer = method.invoke(queue, arguments(method));
        } catch (InvocationTargetException e) {
            answer = e.getCause().getClass();
        }
        return Arrays.asList(answer, Thread.interrupted());
    }

    /// Beside a producer and a consumer each method comes to its end, throws nothing but what `ArrayBlockingQueue`
    /// throws of a full or an empty queue, and shows elements only.
    @Test
    void eachMethodComesToItsEndBesideProducersAndConsumers() throws Exception {
        for (Method method : methods()) {
            Set<Class<?>> expected = new HashSet<>();
            expected.add(null);
            for (List<Integer> content : CONTENTS) {
                if (!wouldWait(method, content.size())) {
                    expected.add(outcome(new ArrayBlockingQueue<>(CAPACITY), method, content, false).thrown);
                }
            }
            for (BlockingQueue<Integer> queue : List.of(new ArrayBlockingQueue<Integer>(CAPACITY), ints())) {
                beside(queue, () -> {
                    for (int i = 0; i < 50; i++) {
                        Class<?> thrown = null;
                        Object shown = null;
                        try {
                            shown = comparable(method.invoke(queue, arguments(method)));
                        } catch (InvocationTargetException e) {
                            thrown = e.getCause().getClass();
                        }
                        assertThat(thrown).as("%s of %s", method, queue.getClass()).isIn(expected);
                        if (shown instanceof List<?> elements) {
                            assertThat(elements).doesNotContainNull();
                        }
                    }
                    return null;
                });
            }
        }
    }

    /// All terminal operations of streams, sequential and parallel.
    @Test
    void streamsAllowProducersAndConsumers() throws Exception {
        List<Function<Stream<Integer>, Object>> ends = List.of(
                Stream::toArray, Stream::toList, Stream::count, stream -> stream.sorted().toList(),
                stream -> stream.map(i -> i + 1).toArray(Integer[]::new), stream -> stream.limit(2).toList(),
                stream -> stream.reduce(0, Integer::sum));
        SharedQueue<Integer> queue = ints();
        beside(queue, () -> {
            for (int i = 0; i < 100; i++) {
                for (Function<Stream<Integer>, Object> end : ends) {
                    var _ = end.apply(queue.stream());
                    var _ = end.apply(queue.parallelStream());
                }
            }
            return null;
        });
    }

    private interface Work {
        Void run() throws Exception;
    }

    /// Runs beside a producer and a consumer, which put and take as fast as they can.
    private static void beside(BlockingQueue<Integer> queue, Work work) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        Thread producer = Thread.ofPlatform().start(guarded(failures, () -> {
            for (int i = 1; !over.get(); i++) {
                queue.offer(i % 5, 1, TimeUnit.MILLISECONDS);
            }
            return null;
        }));
        Thread consumer = Thread.ofPlatform().start(guarded(failures, () -> {
            while (!over.get()) {
                queue.poll(1, TimeUnit.MILLISECONDS);
            }
            return null;
        }));
        try {
            work.run();
        } finally {
            over.set(true);
            producer.join();
            consumer.join();
        }
        assertThat(failures).isEmpty();
    }

    private static Runnable guarded(List<Throwable> failures, Work work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable failure) {
                synchronized (failures) {
                    failures.add(failure);
                }
            }
        };
    }

    /// Changes during an iteration neither break it nor make it endless.
    @Test
    void aWalkEndsWhereTheQueueEndedWhenItBegan() {
        SharedQueue<Integer> queue = ints();
        queue.addAll(List.of(1, 2, 3));
        Consumer<Integer> replace = element -> {
            assertThat(element).isLessThan(100);
            queue.poll();
            queue.add(element + 10);
        };
        queue.forEach(replace);
        assertThat(queue.stream().peek(replace).toArray()).hasSizeBetween(1, 3);
        assertThat(queue.stream().peek(replace).toList()).hasSizeBetween(1, 3);
        queue.spliterator().forEachRemaining(replace);
        queue.iterator().forEachRemaining(replace);
        assertThat(queue.removeIf(element -> {
            replace.accept(element);
            return false;
        })).isFalse();
        assertThat(queue).hasSize(3);
        assertThat(queue.spliterator().characteristics())
                .isEqualTo(Spliterator.CONCURRENT | Spliterator.ORDERED | Spliterator.NONNULL);
    }

    /// A drain ends although a producer fills the queue as fast as it goes.
    @Test
    void aDrainEndsBesideAProducer() {
        SharedQueue<Integer> queue = ints();
        queue.addAll(List.of(1, 2, 3));
        List<Integer> target = new ArrayList<>() {
            @Override
            public boolean add(Integer element) {
                assertThat(size()).isLessThan(100);
                queue.offer(element + 1);
                return super.add(element);
            }
        };
        assertThat(queue.drainTo(target)).isBetween(3, CAPACITY);
        assertThat(target).startsWith(1, 2, 3);
    }

    /// Clearing removes all elements without decoding them: a decoder could put more, or throw.
    @Test
    void clearingDecodesNothing() {
        SharedQueue<Object> queue = space.queue("clear", new Unreadable(), CAPACITY);
        queue.add(1);
        queue.add(2);
        queue.clear();
        assertThat(queue).isEmpty();
        assertThat(queue.remainingCapacity()).isEqualTo(CAPACITY);
    }

    private static final class Unreadable implements Codec<Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public int encode(Object value, org.agrona.MutableDirectBuffer buffer, int offset) {
            return 0;
        }

        @Override
        public Object decode(org.agrona.DirectBuffer buffer, int offset, int length) {
            throw new IllegalStateException("nothing is to be decoded");
        }

        @Override
        public String identity() {
            return "unreadable";
        }
    }

    /// Removed by value, by condition or by collection: true only if this call removed an element, and no other
    /// consumer took it first.
    @Test
    @SuppressWarnings("CollectionIncompatibleType")      // claims equality, after another consumer took the element
    void aRemovalThatCameTooLateAnswersFalse() {
        SharedQueue<Integer> queue = ints();
        List<Predicate<SharedQueue<Integer>>> removals = List.of(
                all -> all.remove(new Object() {
                    @Override
                    public boolean equals(Object other) {
                        return all.poll() != null;
                    }

                    @Override
                    public int hashCode() {
                        return 0;
                    }
                }),
                all -> all.removeIf(element -> all.poll() != null),
                all -> all.removeAll(new Asked(element -> all.poll() != null)),
                all -> all.retainAll(new Asked(element -> all.poll() == null)));
        for (Predicate<SharedQueue<Integer>> removal : removals) {
            queue.add(1);
            assertThat(removal.test(queue)).isFalse();
            assertThat(queue).isEmpty();
        }
    }

    private static final class Asked extends AbstractCollection<Object> {
        private final Predicate<Object> contains;

        Asked(Predicate<Object> contains) {
            this.contains = contains;
        }

        @Override
        public boolean contains(Object element) {
            return contains.test(element);
        }

        @Override
        public Iterator<Object> iterator() {
            return List.of().iterator();
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /// Of two threads that remove one element at the same time, one returns true.
    @Test
    void oneOfTwoRemovalsIsTrue() throws Exception {
        SharedQueue<Integer> queue = ints();
        List<Predicate<SharedQueue<Integer>>> removals = List.of(
                all -> all.remove((Object) 7),
                all -> all.removeIf(element -> element == 7),
                all -> all.removeAll(List.of(7)),
                all -> all.retainAll(List.of(8)),
                all -> all.poll() != null);
        int rounds = 300;
        AtomicInteger succeeded = new AtomicInteger();
        CyclicBarrier begin = new CyclicBarrier(2, () -> queue.add(7));
        CyclicBarrier end = new CyclicBarrier(2);
        List<Throwable> failures = new ArrayList<>();
        Work remover = () -> {
            for (int round = 0; round < rounds; round++) {
                Predicate<SharedQueue<Integer>> removal = removals.get(
                        (Thread.currentThread().isDaemon() ? round : round / removals.size()) % removals.size());
                begin.await();
                if (removal.test(queue)) {
                    succeeded.incrementAndGet();
                }
                end.await();
            }
            return null;
        };
        Thread first = Thread.ofPlatform().daemon().start(guarded(failures, remover));
        Thread second = Thread.ofPlatform().daemon(false).start(guarded(failures, remover));
        first.join();
        second.join();
        assertThat(failures).isEmpty();
        assertThat(succeeded).hasValue(rounds);
    }

    /// Arguments that are null are refused before anything else, as there.
    @Test
    void nullIsRefused() throws ReflectiveOperationException {
        for (Method method : methods()) {
            Class<?>[] parameters = method.getParameterTypes();
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i].isPrimitive()) {
                    continue;
                }
                Object[] arguments = arguments(method);
                arguments[i] = null;
                SharedQueue<Integer> queue = ints();
                queue.add(2);
                ArrayBlockingQueue<Integer> model = new ArrayBlockingQueue<>(CAPACITY);
                model.add(2);
                assertThat(answer(queue, method, arguments)).as("%s, null for %s", method, parameters[i])
                        .isEqualTo(answer(model, method, arguments));
                queue.unlink();
                queue.close();
            }
        }
        assertThatThrownBy(() -> ints().removeAll(null)).isInstanceOf(NullPointerException.class);
    }

    private static Object answer(Object queue, Method method, Object[] arguments) throws IllegalAccessException {
        try {
            return comparable(method.invoke(queue, arguments));
        } catch (InvocationTargetException e) {
            return e.getCause().getClass();
        }
    }

    private static Object comparable(Object result) {
        return switch (result) {
            case Object[] array -> Arrays.asList(array);
            case Stream<?> stream -> stream.toList();
            case Iterator<?> iterator -> {
                List<Object> all = new ArrayList<>();
                iterator.forEachRemaining(all::add);
                yield all;
            }
            case Spliterator<?> spliterator -> {
                List<Object> all = new ArrayList<>();
                all.add(spliterator.characteristics());
                spliterator.forEachRemaining(all::add);
                yield all;
            }
            case null, default -> result;
        };
    }

    private static Object[] arguments(Method method) {
        return Arrays.stream(method.getParameterTypes()).map(type -> argument(method, type)).toArray();
    }

    private static Object argument(Method method, Class<?> type) {
        Map<Class<?>, Object> known = new HashMap<>();
        known.put(Object.class, 2);
        known.put(int.class, 2);
        known.put(long.class, 0L);
        known.put(TimeUnit.class, TimeUnit.SECONDS);
        known.put(Object[].class, new Integer[0]);
        known.put(Collection.class, method.getName().equals("drainTo") ? new ArrayList<>() : List.of(2, 3));
        known.put(Predicate.class, (Predicate<Integer>) element -> element % 2 == 0);
        known.put(Consumer.class, (Consumer<Integer>) element -> assertThat(element).isNotNull());
        known.put(IntFunction.class, (IntFunction<Integer[]>) Integer[]::new);
        assertThat(known).as("an argument for %s", method).containsKey(type);
        return known.get(type);
    }
}
