/// Connections between processes that share a key, on one host or on two.
///
/// Start at [io.sluice.pool.connection.Listener] and [io.sluice.pool.connection.Client]. A listener has an
/// [io.sluice.pool.connection.Address]: a Unix-domain socket, or a TCP port. Both sides prove that they have the
/// [io.sluice.pool.connection.AuthKey] before either reads anything else, and get an
/// [io.sluice.shm.pipe.Connection], as an end of a pipe is. If both run on one host, it moves to shared memory before
/// the first message.
///
/// Inside: `Handshake` proves the key, `FrameReader` and `FrameWriter` turn a stream of bytes into messages,
/// `SocketStream` waits for the socket, `TlsStream` encrypts, `SocketFile` owns the file of a Unix-domain socket,
/// `PeerLimits` counts peers, `Passage` leads to shared memory.
///
/// Promised: what was sent arrives whole and in order; a peer without the key gets nothing decoded; the end says
/// whether the other side closed, or was cut off. Not promised: that a sent message is received; secrecy over TCP
/// without TLS.
package io.sluice.pool.connection;
