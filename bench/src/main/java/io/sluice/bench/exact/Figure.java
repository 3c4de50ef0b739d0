package io.sluice.bench.exact;

/// The exact cost of one operation.
///
/// @param name of the operation
/// @param bytesPerOperation allocation, in bytes
/// @param systemCalls its system calls
public record Figure(String name, double bytesPerOperation, SystemCalls systemCalls) {
    /// System calls of one operation.
    ///
    /// @return their number; NaN if they could not be counted
    public double callsPerOperation() {
        return switch (systemCalls) {
            case SystemCalls.Counted counted -> counted.perOperation();
            case SystemCalls.Refused _ -> Double.NaN;
        };
    }

    /// Both numbers, as a text for users.
    @Override
    public String toString() {
        return "%s: %s B/op, %s".formatted(name, bytesPerOperation, systemCalls);
    }
}
