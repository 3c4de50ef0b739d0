/// How long a waiter spins before it sleeps: [WaitStrategy]. `io.sluice.core.park` has the rest.
package io.sluice.core.idle;
