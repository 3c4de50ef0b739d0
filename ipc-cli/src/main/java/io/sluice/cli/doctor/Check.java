package io.sluice.cli.doctor;

/// The result of one check.
///
/// @param level how it went
/// @param name what was looked at
/// @param finding what was found
/// @param remedy what to do; empty if nothing
record Check(Level level, String name, String finding, String remedy) {
    /// How a check went.
    enum Level {
        /// In order.
        OK,
        /// Works, but not as well as it could.
        WARN,
        /// Does not work, or will not for long.
        FAIL
    }

    static Check ok(String name, String finding) {
        return new Check(Level.OK, name, finding, "");
    }

    static Check warn(String name, String finding, String remedy) {
        return new Check(Level.WARN, name, finding, remedy);
    }

    static Check fail(String name, String finding, String remedy) {
        return new Check(Level.FAIL, name, finding, remedy);
    }
}
