package io.sluice.bench.exact;

/// What one operation costs.
///
/// @param name of the operation
/// @param bytesPerOperation what it allocates, in bytes
/// @param systemCalls what it asks of the kernel
public record Figure(String name, double bytesPerOperation, SystemCalls systemCalls) {
    /// How many system calls it makes.
    ///
    /// @return the number for each operation; NaN if they could not be counted
    public double callsPerOperation() {
        return switch (systemCalls) {
            case SystemCalls.Counted counted -> counted.perOperation();
            case SystemCalls.Refused _ -> Double.NaN;
        };
    }

    /// Both numbers, for people.
    @Override
    public String toString() {
        return "%s: %s B/op, %s".formatted(name, bytesPerOperation, systemCalls);
    }
}
