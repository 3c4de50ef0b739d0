/// Calls between processes: a request, and its answer.
///
/// Start at [io.sluice.shm.service.SharedService]: any number of clients call, any number of servers answer. Requests
/// travel in a ring; each open call has a cell, in which its client awaits the answer. In the sources, the essay of
/// `CallCells` in `io.sluice.core.sync` has the states and the proof.
///
/// Promised: a call ends with one answer, or with an exception that says why it has none, whichever process dies; an
/// answer never reaches another call than its own. Not promised: that a request whose server died was not executed.
package io.sluice.shm.service;
