package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedRecordArray;
import java.util.List;

/// The last quote of each instrument: readers never wait and never see half a quote, also when the writer is killed.
///
/// ```
/// examples/run LastQuoteBoard
/// ```
public final class LastQuoteBoard {
    private static final int INSTRUMENTS = 8;

    record Quote(long number, long bid, long ask) {
        static Quote of(long number) {
            return new Quote(number, 2 * number, 2 * number + 1);
        }

        boolean isWhole() {
            return equals(of(number));
        }
    }

    private LastQuoteBoard() {}

    /// Runs the exchange.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var board = space.recordArray(Codec.of(Quote.class), INSTRUMENTS, Quote.of(0));
                var closing = space.event()) {
            List<JavaProcess> readers = List.of(
                    JavaProcess.start(() -> read(board, closing)), JavaProcess.start(() -> read(board, closing)));
            JavaProcess writer = JavaProcess.start(() -> write(board));
            while (board.get(0).number() < 50_000 && writer.isAlive()) {
                Thread.sleep(1);
            }
            writer.kill();                               // perhaps in the middle of a write
            System.out.println("the writer " + writer.join());
            boolean whole = true;
            for (int i = 0; i < INSTRUMENTS; i++) {
                whole &= board.get(i).isWhole();
                board.set(i, Quote.of(i));               // another writer goes on
            }
            System.out.println("all last quotes are whole: " + whole);
            closing.set();
            for (JavaProcess reader : readers) {
                reader.join();
            }
        }
    }

    private static void write(SharedRecordArray<Quote> board) {
        for (long number = 1;; number++) {               // until it is killed
            board.set(number % INSTRUMENTS, Quote.of(number));
        }
    }

    private static void read(SharedRecordArray<Quote> board, SharedEvent closing) {
        long torn = 0;
        do {
            for (int i = 0; i < INSTRUMENTS; i++) {
                torn += board.get(i).isWhole() ? 0 : 1;
            }
        } while (!closing.isSet());
        System.out.println("a reader saw " + torn + " torn quotes");
    }
}
