/// The demonstrations: JVMs that exchange messages, started with one command.
///
/// Start at [io.sluice.cli.demo.DemoCommand]: a producer and a consumer, first through a queue of objects and then
/// through a ring without copies; and at [io.sluice.cli.demo.KitchenCommand], which is told rather than measured. Both
/// work in a temporary space, which goes with the last of their processes, however it ends.
package io.sluice.cli.demo;
