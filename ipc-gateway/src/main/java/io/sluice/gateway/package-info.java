/// The gateway: a process of its own that carries a ring, a queue or a pipe to another host, over Aeron.
///
/// Applications use their local objects as before, and get neither a dependency nor a flag; both are the gateway's.
/// Start at `GatewayCommand`. The protocol, with each death, is the essay of `Outbound`, the sending end; `Inbound` is
/// the receiving one. `Wire` knows every offset of a frame, `Ledger` every word that outlives a process.
/// With a recording, `Recorder` is the sending end and `Replayer` the receiving one; `RecordLayout` knows every offset
/// on disk, `Segments` the files, and `RecordingMark` what their directory says of itself.
///
/// Promised: while both ends live, exactly the sequence that was sent arrives, once. A restart of either end goes on
/// where the other one is, or says what was lost. Not promised: an order between two objects, or between two senders
/// that feed one object.
package io.sluice.gateway;
