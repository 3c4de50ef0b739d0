package io.sluice.core.park;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The word on which waiters sleep, one step at a time.
class EventCountTest {
    private static final int RACES = 20_000;

    private final Arena arena = Arena.ofShared();
    private final long word = arena.allocate(8, 8).address();
    private final List<String> calls = new ArrayList<>();
    private int asleep;
    private final EventCount events = new EventCount(word, new Parking() {
        @Override
        public void park(long address, int expected, long nanos) {
            assertThat(address).isEqualTo(word);
            calls.add(Memory.getInt(address) == expected ? "sleeps " + nanos : "does not sleep");
        }

        @Override
        public void unpark(long address) {
            assertThat(address).isEqualTo(word);
            calls.add("wakes");
        }

        @Override
        public boolean unparkOne(long address) {
            assertThat(address).isEqualTo(word);
            calls.add(asleep > 0 ? "wakes one" : "finds no sleeper");
            return asleep-- > 0;
        }

        @Override
        public void heavyFence() {
            calls.add("heavy fence at " + (Memory.getInt(word) & 1));
        }

        @Override
        public void fence() {
            // No fence is needed: the test has one thread.
        }
    });

    @AfterEach
    void free() {
        arena.close();
    }

    /// A signal without sleepers only reads the word.
    @Test
    void aSignalWithoutSleepersMakesNoCall() {
        events.signal();
        events.signal();
        assertThat(calls).isEmpty();
        assertThat(Memory.getInt(word)).isZero();
        assertThat(events.isAwaited()).isFalse();
    }

    /// The bit is set before the fence, and the fence comes before the caller's next look.
    @Test
    void aWaiterAnnouncesItselfThenFencesThenSleeps() {
        int announced = events.announce();
        assertThat(calls).containsExactly("heavy fence at 1");
        assertThat(events.isAwaited()).isTrue();
        events.sleep(announced, 17);
        assertThat(calls).last().isEqualTo("sleeps 17");
    }

    /// A signal between the last look and the sleep moves the word, so the sleep does not happen.
    @Test
    void aSignalBeforeTheSleepPreventsIt() {
        int announced = events.announce();
        events.signal();
        assertThat(events.isAwaited()).isFalse();
        events.sleep(announced, 17);
        assertThat(calls).containsExactly("heavy fence at 1", "wakes", "does not sleep");
    }

    /// Nor does it happen if another waiter has announced itself since: the bit is the same, the count is not.
    @Test
    void aSignalIsNotHiddenByTheNextWaiter() {
        int first = events.announce();
        events.signal();
        int second = events.announce();
        events.sleep(first, 17);
        assertThat(calls).last().isEqualTo("does not sleep");
        events.sleep(second, 18);
        assertThat(calls).last().isEqualTo("sleeps 18");
    }

    /// The first signal wakes all sleepers, any number of them, and the second finds none.
    @Test
    void oneSignalWakesAllSleepers() {
        assertThat(events.announce()).isEqualTo(events.announce()).isEqualTo(events.announce());
        calls.clear();
        events.signal();
        events.signal();
        assertThat(calls).containsExactly("wakes");
    }

    /// A waiter that died, or whose condition was met, leaves the bit: one superfluous call, once.
    @Test
    void aBitThatIsLeftCostsOneCall() {
        events.announce();
        calls.clear();
        for (int i = 0; i < 10; i++) {
            events.signal();
        }
        assertThat(calls).containsExactly("wakes");
    }

    /// The count wraps.
    @ParameterizedTest
    @ValueSource(ints = {0, 2, -2, Integer.MAX_VALUE - 1, Integer.MIN_VALUE})
    void theCountWraps(int before) {
        Memory.putInt(word, before);
        int announced = events.announce();
        assertThat(announced).isEqualTo(before + 1);
        events.signal();
        assertThat(Memory.getInt(word)).isEqualTo(before + 2);
        events.sleep(announced, 1);
        assertThat(calls).last().isEqualTo("does not sleep");
    }

    /// One call for each change wakes one sleeper; the call that finds no sleeper clears the mark, and wakes any waiter
    /// that started sleeping just before.
    @Test
    void signalOneWakesOneAfterTheOtherAndThenClearsTheMark() {
        int announced = events.announce();
        calls.clear();
        asleep = 1;
        events.signalOne();
        assertThat(calls).containsExactly("wakes one");
        assertThat(events.isAwaited()).isTrue();
        events.sleep(announced, 1);
        events.signalOne();
        events.signalOne();
        assertThat(calls).containsExactly("wakes one", "does not sleep", "finds no sleeper", "wakes");
        assertThat(events.isAwaited()).isFalse();
    }

    /// A call for all and a call for one at the same time: all are called, whichever moves the word first. Otherwise
    /// one sleeper that was not meant would get the only call, and the rest would sleep on.
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aCallForAllIsNotSwallowedByACallForOne() throws Exception {
        AtomicInteger callsForAll = new AtomicInteger();
        EventCount raced = new EventCount(word, new Parking() {
            @Override
            public void park(long address, int expected, long nanos) {
                throw new AssertionError("no thread sleeps here");
            }

            @Override
            public void unpark(long address) {
                callsForAll.incrementAndGet();
            }

            @Override
            public boolean unparkOne(long address) {
                return true;
            }

            @Override
            public void heavyFence() {
                VarHandle.fullFence();
            }

            @Override
            public void fence() {
                VarHandle.fullFence();
            }
        });
        AtomicInteger round = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Thread one = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= RACES; i++) {
                while (round.get() < i) {
                    Thread.onSpinWait();
                }
                raced.signalOne();
                done.set(i);
            }
        });
        int swallowed = 0;
        for (int i = 1; i <= RACES; i++) {
            Memory.putIntVolatile(word, 1);
            callsForAll.set(0);
            round.set(i);
            raced.signal();
            while (done.get() < i) {
                Thread.onSpinWait();
            }
            swallowed += callsForAll.get() == 0 ? 1 : 0;
        }
        one.join();
        assertThat(swallowed).isZero();
    }
}
