/// The commands that look into spaces: what exists, who uses it, who waits for whom, what lies in it. They join
/// nothing, lock nothing and read through read-only mappings.
///
/// Each command is a class; `Spaces` finds what it names, `Words` says what it sees.
package io.sluice.cli.inspect;
