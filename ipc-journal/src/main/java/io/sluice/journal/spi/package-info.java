/// What a journal needs of the engine that keeps its bytes: files of records, one for each cycle.
///
/// An engine is found by `ServiceLoader`; the one that comes along is Chronicle Queue's. Nothing here, and nothing in
/// the packages above, names a type of an engine.
package io.sluice.journal.spi;
