package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.TaskOptions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A long map reports its progress, and a third-party library draws it, as `tqdm` does in Python.
///
/// ```
/// examples/run PoolProgressBar               the bar is on standard error
/// examples/run PoolProgressBar 2> /dev/null  the result alone
/// ```
public final class PoolProgressBar {
    private static final int NUMBERS = 100;
    private static final int WIDTH = 100;

    private PoolProgressBar() {}

    /// Squares numbers, slowly, and sums the squares.
    ///
    /// @param arguments none
    /// @throws ExecutionException if a number cannot be squared
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        List<Integer> numbers = IntStream.rangeClosed(1, NUMBERS).boxed().toList();
        List<Integer> squares;
        try (var pool = ProcessPool.create(2); var bar = bar("squares")) {
            squares = pool.map(PoolProgressBar::square, numbers,
                    TaskOptions.defaults().withProgress(progress -> bar.stepTo(progress.done())));
            bar.stepTo(NUMBERS);                         // the listener runs in a thread of its own, perhaps later
        }
        System.out.println("sum of the squares: " + squares.stream().mapToInt(Integer::intValue).sum());
    }

    /// A fixed width, no colours, and no detection of the terminal, so that it also works without one, as in a file.
    private static ProgressBar bar(String title) {
        return new ProgressBarBuilder().setTaskName(title).setInitialMax(NUMBERS).setUpdateIntervalMillis(50)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH)).build();
    }

    private static int square(int number) throws InterruptedException {
        Thread.sleep(5);
        return number * number;
    }
}
