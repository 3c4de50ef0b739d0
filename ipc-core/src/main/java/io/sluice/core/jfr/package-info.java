/// What the algorithms tell JDK Flight Recorder: waits, and full rings, as events in the category *Sluice*.
///
/// [io.sluice.core.jfr.FlightRecording] is what the other packages call; the events are in
/// [io.sluice.core.jfr.FlightEvents]. Other modules have events of their own, beside the code that they tell of. The
/// module `jdk.jfr` may be missing: nothing but the events needs its classes, and they are loaded only while a recorder
/// exists.
package io.sluice.core.jfr;
