package io.sluice.bench.pool;

import io.sluice.core.memory.Memory;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.linux.Futex;
import java.util.ArrayList;
import java.util.List;

/// The floor of a call between two processes that sleep: two words with a bare futex on each. A round trip is two
/// wake-ups by the kernel.
final class FutexEcho implements Subject {
    private static final long SLICE_NANOS = 100_000_000;
    private static final int WORDS_APART = 64;

    @Override
    public String name() {
        return "futex";
    }

    @Override
    public boolean answers(Question question) {
        return question == Question.CALL;
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        try (var space = SharedSpace.openTemporary("echo-" + ProcessHandle.current().pid());
                SharedIntArray words = space.intArray("words", 2 * WORDS_APART);
                JavaProcess echo = JavaProcess.start(() -> echo(words))) {
            long answer = words.asSegment().address();
            long call = answer + (long) WORDS_APART * Integer.BYTES;
            List<Long> nanos = new ArrayList<>();
            long end = System.nanoTime() + millis * 1_000_000;
            int turn = 0;
            while (System.nanoTime() < end) {
                turn++;
                long start = System.nanoTime();
                send(call, turn);
                await(answer, turn);
                nanos.add(System.nanoTime() - start);
            }
            send(call, -1);
            var _ = echo.join();
            return Subject.median(nanos.subList(Math.min(1000, nanos.size() / 2), nanos.size())) / 1e3;
        }
    }

    /// Writes each turn number that arrives on the second word to the first word.
    private static void echo(SharedIntArray words) {
        long answer = words.asSegment().address();
        long call = answer + (long) WORDS_APART * Integer.BYTES;
        for (int turn = 1; await(call, turn) == turn; turn++) {
            send(answer, turn);
        }
    }

    private static void send(long word, int value) {
        Memory.putIntVolatile(word, value);
        Futex.INSTANCE.unpark(word);
    }

    private static int await(long word, int turn) {
        int seen = Memory.getIntVolatile(word);
        while (seen == turn - 1) {
            Futex.INSTANCE.park(word, seen, SLICE_NANOS);
            seen = Memory.getIntVolatile(word);
        }
        return seen;
    }
}
