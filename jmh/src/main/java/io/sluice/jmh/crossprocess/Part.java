package io.sluice.jmh.crossprocess;

/// Whose part somebody plays.
///
/// @param page where all meet
/// @param roster who takes part
/// @param number which of them this is
record Part(ControlPage page, Roster roster, int number) {
    Role role() {
        return roster.role(number);
    }

    boolean sends() {
        return role() == Role.SENDER;
    }
}
