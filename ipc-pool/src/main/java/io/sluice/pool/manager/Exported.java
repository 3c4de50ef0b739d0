package io.sluice.pool.manager;

/// An object of a server, which clients can call.
///
/// It lives as long as something refers to it: a name, a client that has a proxy of it, another object of the server
/// that holds one.
///
/// @param id number within the server; never used twice
/// @param object the object itself
/// @param contract its methods that clients can call
record Exported(long id, Object object, Contract contract) {}
