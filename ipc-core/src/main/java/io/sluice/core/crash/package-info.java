/// Where a process may be killed by a test.
///
/// Start at [io.sluice.core.crash.CrashPoint]. Promised: in production no step costs anything.
package io.sluice.core.crash;
