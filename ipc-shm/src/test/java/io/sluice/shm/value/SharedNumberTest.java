package io.sluice.shm.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.lock.SharedReentrantLock;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What single numbers promise: the answers of the JDK's atomics, for all processes.
@SuppressWarnings("LockNotBeforeTry")   // what is held, and when, is the subject
class SharedNumberTest extends HandleTest {
    private static final int STEPS = 5000;

    /// No method of the JDK's atomics is missing, by name and parameters; those of `SharedDouble` have doubles.
    @Test
    void allMethodsOfTheJdkAreThere() {
        assertThat(methods(SharedLong.class, long.class)).containsAll(methods(AtomicLong.class, long.class));
        assertThat(methods(SharedInt.class, int.class)).containsAll(methods(AtomicInteger.class, int.class));
        assertThat(methods(SharedBoolean.class, boolean.class))
                .containsAll(methods(AtomicBoolean.class, boolean.class));
        assertThat(methods(SharedDouble.class, double.class)).containsAll(methods(AtomicLong.class, long.class));
    }

    /// Public and not deprecated, as text; the type of the value is written as T.
    private static List<String> methods(Class<?> type, Class<?> value) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !method.isAnnotationPresent(Deprecated.class))
                .map(method -> name(method.getReturnType(), value, method) + " " + method.getName()
                        + Arrays.stream(method.getParameterTypes()).map(each -> name(each, value, method)).toList())
                .toList();
    }

    private static String name(Class<?> type, Class<?> value, Method method) {
        if (type == value && !method.getName().endsWith("Value")) {
            return "T";
        }
        return type.getSimpleName().replaceAll("^(Long|Int|Double)(?=Unary|Binary)", "T");
    }

    /// The other methods answer as the JDK's too: conversions, and the exchanges whose names ask for less order.
    @Test
    @SuppressWarnings("UnnecessaryAsync")      // the model of what is tested
    void conversionsAndWeakExchangesAnswerLikeTheJdk() {
        SharedLong number = space.longValue("long", 0);
        SharedInt small = space.intValue("int", 0);
        SharedDouble real = space.doubleValue("double", 0);
        SharedBoolean flag = space.booleanValue("flag", false);
        for (long value : new long[] {0, -1, 300, 70_000, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE}) {
            number.set(value);
            small.set((int) value);
            real.set(value / 3.0);
            for (Object[] each : new Object[][] {
                    {new AtomicLong(value), number.byteValue(), number.shortValue(), number.intValue(),
                        number.longValue(), number.floatValue(), number.doubleValue()},
                    {new AtomicInteger((int) value), small.byteValue(), small.shortValue(), small.intValue(),
                        small.longValue(), small.floatValue(), small.doubleValue()},
                    {value / 3.0, real.byteValue(), real.shortValue(), real.intValue(),
                        real.longValue(), real.floatValue(), real.doubleValue()}}) {
                Number expected = (Number) each[0];
                assertThat(Arrays.copyOfRange(each, 1, each.length)).containsExactly(expected.byteValue(),
                        expected.shortValue(), expected.intValue(), expected.longValue(), expected.floatValue(),
                        expected.doubleValue());
            }
            AtomicLong model = new AtomicLong(value);
            assertThat(number.weakCompareAndSetPlain(value, 1)).isTrue();
            assertThat(number.weakCompareAndSetAcquire(2, 3)).isFalse();
            assertThat(number.weakCompareAndSetRelease(1, 2)).isTrue();
            assertThat(number.weakCompareAndSetVolatile(2, value)).isTrue();
            assertThat(number.compareAndExchangeAcquire(value, 5)).isEqualTo(model.compareAndExchangeAcquire(value, 5));
            assertThat(number.compareAndExchangeRelease(6, 7)).isEqualTo(model.compareAndExchangeRelease(6, 7));
            assertThat(number.get()).isEqualTo(model.get());
        }
        real.set(1);
        assertThat(List.of(real.getAndIncrement(), real.incrementAndGet(), real.getAndDecrement(),
                real.decrementAndGet())).containsExactly(1.0, 3.0, 3.0, 1.0);
        assertThat(real.weakCompareAndSetPlain(1, 2)).isTrue();
        assertThat(real.compareAndExchangeAcquire(1, 3)).isEqualTo(2);
        assertThat(small.weakCompareAndSetVolatile(small.get(), 4)).isTrue();
        assertThat(small.compareAndExchangeRelease(4, 5)).isEqualTo(4);
        assertThat(flag.weakCompareAndSetRelease(false, true)).isTrue();
        assertThat(flag.compareAndExchangeAcquire(false, true)).isTrue();
        assertThat(flag.get()).isTrue();
    }

    /// Every method of `SharedLong` answers as `AtomicLong` does, in any order.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aLongAnswersLikeTheOneOfTheJdk(long seed) {
        Random random = new Random(seed);
        SharedLong shared = space.longValue("n", 7);
        AtomicLong expected = new AtomicLong(7);
        for (int step = 0; step < STEPS; step++) {
            long x = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(3);
            long y = random.nextInt(4) == 0 ? expected.get() : random.nextInt(3);
            int method = random.nextInt(22);
            Object[] answers = switch (method) {
                case 0 -> pair(shared.getAndAdd(x), expected.getAndAdd(x));
                case 1 -> pair(shared.addAndGet(x), expected.addAndGet(x));
                case 2 -> pair(shared.getAndIncrement(), expected.getAndIncrement());
                case 3 -> pair(shared.incrementAndGet(), expected.incrementAndGet());
                case 4 -> pair(shared.getAndDecrement(), expected.getAndDecrement());
                case 5 -> pair(shared.decrementAndGet(), expected.decrementAndGet());
                case 6 -> pair(shared.getAndSet(x), expected.getAndSet(x));
                case 7 -> pair(shared.compareAndSet(y, x), expected.compareAndSet(y, x));
                case 8 -> pair(shared.compareAndExchange(y, x), expected.compareAndExchange(y, x));
                case 9 -> pair(shared.getAndUpdate(v -> v ^ x), expected.getAndUpdate(v -> v ^ x));
                case 10 -> pair(shared.updateAndGet(v -> v * 3), expected.updateAndGet(v -> v * 3));
                case 11 -> pair(shared.getAndAccumulate(x, Math::max), expected.getAndAccumulate(x, Math::max));
                case 12 -> pair(shared.accumulateAndGet(x, (a, b) -> a - b),
                        expected.accumulateAndGet(x, (a, b) -> a - b));
                case 13 -> pair(shared.get(), expected.get());
                case 14 -> pair(shared.getPlain(), expected.getPlain());
                case 15 -> pair(shared.getOpaque(), expected.getOpaque());
                case 16 -> pair(shared.getAcquire(), expected.getAcquire());
                case 17 -> both(() -> shared.set(x), () -> expected.set(x));
                case 18 -> both(() -> shared.setPlain(x), () -> expected.setPlain(x));
                case 19 -> both(() -> shared.setOpaque(x), () -> expected.setOpaque(x));
                case 20 -> both(() -> shared.setRelease(x), () -> expected.setRelease(x));
                default -> both(() -> shared.lazySet(x), () -> expected.lazySet(x));
            };
            assertThat(answers[0]).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(answers[1]);
            assertThat(shared.get()).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(expected.get());
        }
    }

    /// The same for `SharedInt` and `AtomicInteger`.
    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void anIntAnswersLikeTheOneOfTheJdk(long seed) {
        Random random = new Random(seed);
        SharedInt shared = space.intValue("n", -7);
        AtomicInteger expected = new AtomicInteger(-7);
        for (int step = 0; step < STEPS; step++) {
            int x = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3);
            int y = random.nextInt(4) == 0 ? expected.get() : random.nextInt(3);
            int method = random.nextInt(22);
            Object[] answers = switch (method) {
                case 0 -> pair(shared.getAndAdd(x), expected.getAndAdd(x));
                case 1 -> pair(shared.addAndGet(x), expected.addAndGet(x));
                case 2 -> pair(shared.getAndIncrement(), expected.getAndIncrement());
                case 3 -> pair(shared.incrementAndGet(), expected.incrementAndGet());
                case 4 -> pair(shared.getAndDecrement(), expected.getAndDecrement());
                case 5 -> pair(shared.decrementAndGet(), expected.decrementAndGet());
                case 6 -> pair(shared.getAndSet(x), expected.getAndSet(x));
                case 7 -> pair(shared.compareAndSet(y, x), expected.compareAndSet(y, x));
                case 8 -> pair(shared.compareAndExchange(y, x), expected.compareAndExchange(y, x));
                case 9 -> pair(shared.getAndUpdate(v -> v ^ x), expected.getAndUpdate(v -> v ^ x));
                case 10 -> pair(shared.updateAndGet(v -> v * 3), expected.updateAndGet(v -> v * 3));
                case 11 -> pair(shared.getAndAccumulate(x, Math::max), expected.getAndAccumulate(x, Math::max));
                case 12 -> pair(shared.accumulateAndGet(x, (a, b) -> a - b),
                        expected.accumulateAndGet(x, (a, b) -> a - b));
                case 13 -> pair(shared.get(), expected.get());
                case 14 -> pair(shared.getPlain(), expected.getPlain());
                case 15 -> pair(shared.getOpaque(), expected.getOpaque());
                case 16 -> pair(shared.getAcquire(), expected.getAcquire());
                case 17 -> both(() -> shared.set(x), () -> expected.set(x));
                case 18 -> both(() -> shared.setPlain(x), () -> expected.setPlain(x));
                case 19 -> both(() -> shared.setOpaque(x), () -> expected.setOpaque(x));
                case 20 -> both(() -> shared.setRelease(x), () -> expected.setRelease(x));
                default -> both(() -> shared.lazySet(x), () -> expected.lazySet(x));
            };
            assertThat(answers[0]).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(answers[1]);
            assertThat(shared.get()).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(expected.get());
        }
    }

    /// `SharedDouble` answers as a plain variable does; values are compared by their bits.
    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void aDoubleAnswersLikeAVariable(long seed) {
        Random random = new Random(seed);
        double[] few = {0.0, -0.0, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE};
        SharedDouble shared = space.doubleValue("n", -0.0);
        double expected = -0.0;
        for (int step = 0; step < STEPS; step++) {
            double x = few[random.nextInt(few.length)];
            double y = random.nextBoolean() ? expected : few[random.nextInt(few.length)];
            boolean same = Double.doubleToLongBits(y) == Double.doubleToLongBits(expected);
            double before = expected;
            int method = random.nextInt(13);
            Object answer;
            Object right;
            switch (method) {
                case 0 -> {
                    answer = shared.getAndAdd(x);
                    right = before;
                    expected += x;
                }
                case 1 -> {
                    answer = shared.addAndGet(x);
                    expected += x;
                    right = expected;
                }
                case 2 -> {
                    answer = shared.getAndSet(x);
                    right = before;
                    expected = x;
                }
                case 3 -> {
                    answer = shared.compareAndSet(y, x);
                    right = same;
                    expected = same ? x : expected;
                }
                case 4 -> {
                    answer = shared.compareAndExchange(y, x);
                    right = before;
                    expected = same ? x : expected;
                }
                case 5 -> {
                    answer = shared.getAndUpdate(v -> -v);
                    right = before;
                    expected = -expected;
                }
                case 6 -> {
                    answer = shared.updateAndGet(v -> v / 2);
                    expected /= 2;
                    right = expected;
                }
                case 7 -> {
                    answer = shared.getAndAccumulate(x, Math::max);
                    right = before;
                    expected = Math.max(before, x);
                }
                case 8 -> {
                    answer = shared.accumulateAndGet(x, (a, b) -> a - b);
                    expected = before - x;
                    right = expected;
                }
                case 9 -> {
                    shared.setPlain(x);
                    answer = shared.getOpaque();
                    right = expected = x;
                }
                case 10 -> {
                    shared.setOpaque(x);
                    answer = shared.getPlain();
                    right = expected = x;
                }
                case 11 -> {
                    shared.setRelease(x);
                    answer = shared.getAcquire();
                    right = expected = x;
                }
                default -> {
                    shared.lazySet(x);
                    shared.set(y);
                    answer = shared.get();
                    right = expected = y;
                }
            }
            assertThat(answer).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(right);
            assertThat((Object) shared.get()).as("seed %d, step %d, method %d", seed, step, method)
                    .isEqualTo(expected);
        }
    }

    /// `SharedBoolean` answers as `AtomicBoolean` does.
    @Test
    void aBooleanAnswersLikeTheOneOfTheJdk() {
        Random random = new Random(7);
        SharedBoolean shared = space.booleanValue("n", true);
        AtomicBoolean expected = new AtomicBoolean(true);
        for (int step = 0; step < STEPS; step++) {
            boolean x = random.nextBoolean();
            boolean y = random.nextBoolean();
            int method = random.nextInt(12);
            Object[] answers = switch (method) {
                case 0 -> pair(shared.getAndSet(x), expected.getAndSet(x));
                case 1 -> pair(shared.compareAndSet(y, x), expected.compareAndSet(y, x));
                case 2 -> pair(shared.compareAndExchange(y, x), expected.compareAndExchange(y, x));
                case 3 -> pair(shared.getPlain(), expected.getPlain());
                case 4 -> pair(shared.getOpaque(), expected.getOpaque());
                case 5 -> pair(shared.getAcquire(), expected.getAcquire());
                case 6 -> pair(shared.get(), expected.get());
                case 7 -> both(() -> shared.set(x), () -> expected.set(x));
                case 8 -> both(() -> shared.setPlain(x), () -> expected.setPlain(x));
                case 9 -> both(() -> shared.setOpaque(x), () -> expected.setOpaque(x));
                case 10 -> both(() -> shared.setRelease(x), () -> expected.setRelease(x));
                default -> both(() -> shared.lazySet(x), () -> expected.lazySet(x));
            };
            assertThat(answers[0]).as("step %d, method %d", step, method).isEqualTo(answers[1]);
            assertThat(shared.get()).as("step %d, method %d", step, method).isEqualTo(expected.get());
        }
    }

    private static Object[] pair(Object answer, Object expected) {
        return new Object[] {answer, expected};
    }

    private static Object[] both(Runnable first, Runnable second) {
        first.run();
        second.run();
        return pair(null, null);
    }

    /// Two processes add to all four at once, and nothing is lost; neither with the lock and plain accesses.
    @Test
    void twoProcessesLoseNothing() {
        String home = root;
        int steps = 20_000;
        SharedLong number = space.longValue("long", 0);
        SharedInt small = space.intValue("int", 0);
        SharedDouble real = space.doubleValue("double", 0);
        SharedLong locked = space.longValue("locked", 0);
        SharedBoolean flag = space.booleanValue("boolean", false);
        SharedLong flips = space.longValue("flips", 0);
        Job<Object> add = desk -> {
            SharedLong a = desk.space(home).longValue("long", 0);
            SharedInt b = desk.space(home).intValue("int", 0);
            SharedDouble c = desk.space(home).doubleValue("double", 0);
            SharedLong d = desk.space(home).longValue("locked", 0);
            SharedBoolean e = desk.space(home).booleanValue("boolean", false);
            SharedLong f = desk.space(home).longValue("flips", 0);
            for (int i = 0; i < steps; i++) {
                a.getAndAdd(3);
                b.updateAndGet(v -> v + 3);
                c.getAndAdd(0.5);
                try (var _ = d.lock().hold()) {
                    d.setPlain(d.getPlain() + 1);
                }
                f.getAndAdd(e.compareAndSet(false, true) ? 1 : e.compareAndSet(true, false) ? -1 : 0);
            }
            return null;
        };
        Reply<Object> there = peer().start(add);
        threads().start(add).get();
        there.get();
        assertThat(number.get()).isEqualTo(6L * steps);
        assertThat(small.get()).isEqualTo(6 * steps);
        assertThat(real.get()).isEqualTo(steps);
        assertThat(locked.get()).isEqualTo(2L * steps);
        assertThat(flips.get()).isEqualTo(flag.get() ? 1 : 0);
    }

    /// Overflow wraps around, and only the first opener's initial value counts.
    @Test
    void overflowWrapsAround() {
        SharedInt small = space.intValue("int", Integer.MAX_VALUE);
        SharedLong number = space.longValue("long", Long.MIN_VALUE);
        assertThat(space.intValue("int", 5).get()).isEqualTo(Integer.MAX_VALUE);
        assertThat(small.incrementAndGet()).isEqualTo(Integer.MIN_VALUE);
        assertThat(number.decrementAndGet()).isEqualTo(Long.MAX_VALUE);
    }

    /// Opening a number as one of another type is refused, and both types are named.
    @Test
    void anotherTypeIsRefused() {
        String home = root;
        space.intValue("n", 1);
        List<Job<Object>> requests = List.of(
                desk -> desk.space(home).longValue("n", 1),
                desk -> desk.space(home).doubleValue("n", 1),
                desk -> desk.space(home).booleanValue("n", true),
                desk -> desk.space(home).longArray("n", 1));
        List<String> differences = List.of("element type: expected long, found int",
                "element type: expected double, found int", "element type: expected boolean, found int",
                "kind: expected ARRAY, found NUMBER; element type: expected long, found int");
        for (int i = 0; i < requests.size(); i++) {
            assertThat(peer().start(requests.get(i)).failure())
                    .isInstanceOf(MismatchException.class)
                    .hasMessageStartingWith("'n' exists and differs (" + differences.get(i));
        }
    }

    /// A copy has the value of its time and a lock of its own; a name that is taken is refused.
    @Test
    void aCopyIsAnObjectOfItsOwn() {
        SharedLong number = space.longValue("n", 5);
        SharedDouble real = space.doubleValue("d", -0.0);
        SharedBoolean flag = space.booleanValue("f", true);
        number.lock().lock();
        SharedLong copy = space.copy(number, "copy");
        number.set(6);
        assertThat(copy.get()).isEqualTo(5);
        assertThat(copy.lock().isLocked()).isFalse();
        assertThat(copy.name()).isEqualTo("copy");
        assertThat((Object) space.copy(real, "d2").get()).isEqualTo(-0.0);
        assertThat(space.copy(flag, "f2").get()).isTrue();
        assertThat(space.longValue("copy", 0).get()).isEqualTo(5);
        assertThatThrownBy(() -> space.copy(number, "d")).isInstanceOf(ObjectExistsException.class);
        number.lock().unlock();
        number.close();
        assertThatThrownBy(() -> space.copy(number, "late")).isInstanceOf(ClosedException.class);
    }

    /// The lock of a value is one for all processes, may be taken again, and is poisoned by its holder's death, which
    /// the value survives.
    @Test
    void theLockOfAValueIsPoisonedByADeathAndTheValueIsNot() {
        SharedLong number = space.longValue("n", 1);
        SharedReentrantLock lock = number.lock();
        assertThat(number).hasToString("SharedLong[n, 1, lock free]");
        Peer holder = sandbox.peer();
        holder.call(desk -> {
            number.lock().lock();
            number.lock().lock();
            number.set(2);
            desk.keep("n", number);
            return null;
        });
        assertThat(lock.tryLock()).isFalse();
        assertThat(number.toString()).startsWith("SharedLong[n, 2, lock held by thread ")
                .endsWith(" of process %d]".formatted(holder.pid()));
        holder.close();
        space.sweep();
        assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class);
        assertThat(number.incrementAndGet()).isEqualTo(3);
        assertThat(lock.recover(() -> number.set(1))).isTrue();
        lock.lock();
        lock.unlock();
        assertThat(number.get()).isEqualTo(1);
        lock.close();
        assertThat(number).hasToString("SharedLong[n, 1, lock closed]");
    }

    /// A handle travels there and back, and so does its lock.
    @Test
    void aHandleTravelsThereAndBack() {
        SharedInt small = space.intValue("n", 1);
        SharedReentrantLock lock = small.lock();
        lock.lock();
        SharedInt back = peer().call(desk -> {
            if (lock.tryLock()) {
                throw new IllegalStateException("taken twice");
            }
            lock.close();
            small.incrementAndGet();
            desk.keep("n", small);
            return small;
        });
        peer().call(desk -> {
            desk.kept("n", SharedInt.class).close();
            return null;
        });
        assertThat(back.get()).isEqualTo(2);
        assertThat(back.lock().isHeldByCurrentThread()).isTrue();
        back.close();
        lock.unlock();
        assertThat(travelled(space.doubleValue("d", 2.5)).get()).isEqualTo(2.5);
        assertThat(travelled(space.booleanValue("b", true)).get()).isTrue();
        assertThat(travelled(space.longValue("l", 9)).get()).isEqualTo(9);
    }

    /// Every method of a closed handle refuses, its lock too.
    @Test
    void aClosedHandleRefusesEverything() {
        SharedLong number = space.longValue("n", 1);
        SharedDouble real = space.doubleValue("d", 1);
        SharedInt small = space.intValue("i", 1);
        SharedBoolean flag = space.booleanValue("b", true);
        List.of(number, real, small, flag).forEach(handle -> {
            handle.close();
            handle.close();
            assertThat(handle.toString()).endsWith(", closed]");
            assertThatThrownBy(handle.lock()::lock)
                    .isInstanceOf(ClosedException.class).hasMessageContaining("this handle was closed");
        });
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                number::get, number::getPlain, number::getOpaque, number::getAcquire, () -> number.set(2),
                () -> number.setPlain(2), () -> number.setOpaque(2), () -> number.setRelease(2),
                () -> number.lazySet(2), () -> number.compareAndSet(1, 2), () -> number.compareAndExchange(1, 2),
                () -> number.getAndSet(2), () -> number.getAndAdd(2), () -> number.addAndGet(2),
                number::getAndIncrement, number::incrementAndGet, number::getAndDecrement, number::decrementAndGet,
                () -> number.getAndUpdate(v -> v), () -> number.updateAndGet(v -> v),
                () -> number.getAndAccumulate(1, Long::sum), () -> number.accumulateAndGet(1, Long::sum),
                real::get, () -> real.set(2), () -> real.addAndGet(2), () -> real.updateAndGet(v -> v),
                small::get, () -> small.set(2), () -> small.addAndGet(2), () -> small.updateAndGet(v -> v),
                flag::get, () -> flag.set(false), () -> flag.getAndSet(false), () -> flag.compareAndSet(true, false))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessageContaining("': this handle was closed");
        }
        assertThatThrownBy(number::get).hasMessage("SharedLong 'n': this handle was closed");
        assertThat(space.longValue("n", 0).get()).isEqualTo(1);
    }

    /// Reading, writing and adding allocates nothing.
    @Test
    void numbersCostNoAllocation() {
        SharedLong number = space.longValue("n", 1);
        SharedDouble real = space.doubleValue("d", 1);
        SharedInt small = space.intValue("i", 1);
        SharedBoolean flag = space.booleanValue("b", true);
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            number.getAndAdd(small.get());
            number.set(number.get() + 1);
            number.updateAndGet(v -> v + 1);
            number.compareAndSet(1, 2);
            small.incrementAndGet();
            real.set(real.addAndGet(1));
            flag.set(!flag.getAndSet(false));
        })).isZero();
    }
}
