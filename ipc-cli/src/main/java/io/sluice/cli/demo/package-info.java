/// The demonstrations: JVMs that exchange messages, started with one command.
///
/// Start at [io.sluice.cli.demo.DemoCommand]: a producer and a consumer, first through a queue of objects and then
/// through a ring without copies; and at [io.sluice.cli.demo.KitchenCommand], which shows the messages and measures
/// nothing. Both work in a temporary space, which is removed with the last of their processes, however it ends.
package io.sluice.cli.demo;
