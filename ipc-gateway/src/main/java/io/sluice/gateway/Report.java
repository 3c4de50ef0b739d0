package io.sluice.gateway;

/// What the gateway tells its user, line by line.
final class Report {
    private Report() {}

    /// Prints one line to standard output.
    static void line(String text) {
        System.out.println("sluice gateway: " + text);
        System.out.flush();
    }
}
