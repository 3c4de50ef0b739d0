/// `sluice doctor`: checks of the JDK, of the machine and of the spaces, each with its remedy.
///
/// A result is a `Check`; `MachineChecks` reads `/proc` and `/sys`, `SpaceChecks` looks at the root and its spaces.
package io.sluice.cli.doctor;
