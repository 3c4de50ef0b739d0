/// The steps at which a test may kill a process.
///
/// Start at [io.sluice.core.crash.CrashPoint]. Promised: in production no step costs anything.
package io.sluice.core.crash;
