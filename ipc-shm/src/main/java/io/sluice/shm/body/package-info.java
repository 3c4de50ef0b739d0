/// The structures of shared objects: one record for each, with the numbers of its header, its size and its recovery.
package io.sluice.shm.body;
