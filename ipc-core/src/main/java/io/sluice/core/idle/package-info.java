/// Waiting: how long a waiter spins before it sleeps, [WaitStrategy], and how to wait for the first of several,
/// [Waits]. `io.sluice.core.park` has the rest.
package io.sluice.core.idle;
