package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedRecordArray;
import java.io.IOException;
import java.util.List;

/// The last quote of each instrument: readers never wait and never see half a quote, also when the writer is killed.
///
/// ```
/// sluice-examples io.sluice.examples.LastQuoteBoard            starts its writer and readers by itself
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

    /// Runs the exchange, its writer, or a reader.
    ///
    /// @param arguments nothing for the exchange; the name of the space and `write` or `read` for the others
    /// @throws IOException if another process cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "quote-board-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var board = space.recordArray("board", Codec.of(Quote.class), INSTRUMENTS, Quote.of(0));
                var closing = space.event("closing")) {
            if (arguments.length == 0) {
                run(spaceName, board, closing);
            } else if (arguments[1].equals("write")) {
                for (long number = 1;; number++) {       // until it is killed
                    board.set(number % INSTRUMENTS, Quote.of(number));
                }
            } else {
                read(board, closing);
            }
        }
    }

    private static void run(String spaceName, SharedRecordArray<Quote> board, SharedEvent closing)
            throws IOException, InterruptedException {
        List<Process> readers = List.of(
                ChildJvm.start(LastQuoteBoard.class, spaceName, "read"),
                ChildJvm.start(LastQuoteBoard.class, spaceName, "read"));
        Process writer = ChildJvm.start(LastQuoteBoard.class, spaceName, "write");
        while (board.get(0).number() < 50_000 && writer.isAlive()) {
            Thread.sleep(1);
        }
        writer.destroyForcibly().waitFor();              // in the middle of whatever it was writing
        System.out.println("the writer is killed");
        boolean whole = true;
        for (int i = 0; i < INSTRUMENTS; i++) {
            whole &= board.get(i).isWhole();
            board.set(i, Quote.of(i));                   // somebody else goes on writing
        }
        System.out.println("all last quotes are whole: " + whole);
        closing.set();
        for (Process reader : readers) {
            reader.waitFor();
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
