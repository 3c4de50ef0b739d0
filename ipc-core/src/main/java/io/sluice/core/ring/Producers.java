package io.sluice.core.ring;

/// How many may write into a ring at the same time; fixed when it is created.
public enum Producers {
    /// One: it needs no atomic instruction per message. A second one is refused while the first lives.
    ONE(1),
    /// Any number, in any number of processes; a claim is one compare-and-set.
    MANY(2);

    private final int code;

    Producers(int code) {
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
    public static Producers of(int code) {
        return switch (code) {
            case 1 -> ONE;
            case 2 -> MANY;
            default -> throw new IllegalArgumentException("no producers have the code " + code);
        };
    }
}
