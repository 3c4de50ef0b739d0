package io.sluice.cli.demo;

/// An order, the message that is streamed.
///
/// @param id counts the orders of a transport; [#END] ends a phase
/// @param symbol of a share
/// @param quantity number of shares
/// @param price of one share
/// @param sentNanos intended time of the send, by the monotonic clock of the machine; 0 if it is not measured
record Order(long id, String symbol, int quantity, double price, long sentNanos) {
    static final long END = -1;

    private static final String[] SYMBOLS = {"VOD.L", "BARC.L", "AZN.L", "SHEL.L", "HSBA.L", "ULVR.L", "BP.L", "RIO.L"};

    static Order numbered(long id, long sentNanos) {
        return new Order(id, symbol(id), quantity(id), price(id), sentNanos);
    }

    static String symbol(long id) {
        return SYMBOLS[(int) (id & SYMBOLS.length - 1)];
    }

    static int quantity(long id) {
        return (int) (id * 31 & 1023) + 1;
    }

    static double price(long id) {
        return 50 + (double) (id & 511) / 8;
    }

    /// Adds an order to a checksum that depends on every field and on the sequence of the orders.
    static long checksum(long before, long id, long symbol, int quantity, double price) {
        return before * 31 + (id ^ symbol << 17 ^ (long) quantity << 40 ^ Double.doubleToRawLongBits(price));
    }
}
