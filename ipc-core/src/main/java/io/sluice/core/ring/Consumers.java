package io.sluice.core.ring;

/// How many may read from a ring at the same time, and what each of them gets; fixed when it is created.
public enum Consumers {
    /// One, which gets everything. A second one is refused while the first lives.
    ONE(1),
    /// Any number, in any number of processes; each message goes to one of them.
    MANY(2),
    /// A limited number, in any number of processes; each message goes to each of them. Needs [Producers#ONE].
    BROADCAST(3);

    private final int code;

    Consumers(int code) {
        this.code = code;
    }

    /// The number that stands for it in shared memory and in the parameters of an object.
    ///
    /// @return 1 and up, the same in every release
    public int code() {
        return code;
    }

    /// The constant for a number.
    ///
    /// @param code as [#code] gives it
    /// @return the constant
    /// @throws IllegalArgumentException if there is none
    public static Consumers of(int code) {
        return switch (code) {
            case 1 -> ONE;
            case 2 -> MANY;
            case 3 -> BROADCAST;
            default -> throw new IllegalArgumentException("no consumers have the code " + code);
        };
    }
}
