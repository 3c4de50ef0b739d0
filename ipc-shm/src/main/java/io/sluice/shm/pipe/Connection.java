package io.sluice.shm.pipe;

import io.sluice.core.idle.Waitable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;

/// One side of a connection between two processes: an end of a [SharedPipe], or what `Listener` and `Client` of
/// `io.sluice.pool` make. A message is an object or bytes; it is received as a whole, and in the form in which it was
/// sent. [#transport()] says which way the messages go; the contracts are the same, except where it is said.
///
/// - **Threads:** any. Many may send: one does at a time, so messages do not mix, and those of one thread keep their
///   order. Many may receive: each message goes to one of them.
/// - **Blocking:** a send waits for room, in shared memory or in the buffers of the socket; a receive waits for a
///   message. In shared memory a message that is longer than a quarter of the ring goes through a file of its own, and
///   needs little room.
/// - **Ordering:** what a thread did before it sent a message happened before the receiver got it, for the objects of a
///   space that both use too.
/// - **The other side:** when it has closed, everything that it sent can be received; after that a receive throws
///   `EOFException`. When its process died, it is the subclass [PeerDiedException]. A send then throws
///   [BrokenPipeException]. While no process has taken the other end of a pipe yet, sends fill the pipe and receives
///   wait. Over a socket, a network that failed looks like a death, a message that was cut off is not received, and
///   over TCP one send may still succeed and go nowhere, until the system learns of the end.
/// - **Errors:** an object that does not decode, whatever the codec threw, is dropped, and the next message can be
///   received. One that could not be received because memory, stack or descriptors are short stays in shared memory.
///   Bytes of a socket that are no message, and a message beyond the limit of this side, close the connection.
/// - **Interrupts:** end every wait. Nothing was received, and what has arrived stays. In shared memory nothing was
///   sent. Over a socket that holds for a send that was interrupted before its first byte; after it the message cannot
///   be taken back, so the connection is closed, and the send throws `ClosedByInterruptException` with the interrupt
///   status set, as a channel of the JDK does.
/// - **Close:** ends the waits of all threads of this side with [io.sluice.core.error.ClosedException].
/// - **Allocation:** what the codec allocates, and the arrays that are returned.
/// - **Travel:** an end of a pipe is `Serializable` as part of a task for a child of `JavaProcess` or a pool. Queues,
///   pipes and other streams refuse it, and it stays open here. After it was sent, the end belongs to the receiver:
///   here every method throws, and a close does nothing. On the way it is reserved, so the other side waits for it, and
///   no other process can take it. The other side sees the end of the stream if the child ends before it took the end,
///   if the message is not encoded after all, or if this process leaves the pipe before. No thread may use an end while
///   it is sent. A connection of a `Listener` or `Client` stays in its process.
///
/// @param <E> type of the objects
public interface Connection<E> extends Waitable, AutoCloseable {
    /// Which way the messages of a connection go.
    enum Transport {
        /// Through memory that both processes have mapped: no system call while both are busy.
        SHARED_MEMORY,
        /// Through a Unix-domain socket.
        UNIX,
        /// Over TCP, not encrypted.
        TCP,
        /// Over TCP, encrypted.
        TLS
    }

    /// Sends an object. It is encoded at once, so later changes of it have no effect.
    ///
    /// @param value not null
    /// @throws BrokenPipeException if the other side closed or died
    /// @throws ClosedByInterruptException if interrupted after the first byte went to a socket; the connection is
    ///     closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait in a socket
    /// @throws InterruptedException if interrupted before or while waiting for room; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than [#maxMessageBytes()]; nothing was sent
    /// @throws io.sluice.core.codec.CodecException if the object does not travel; nothing was sent
    void send(E value) throws IOException, InterruptedException;

    /// Receives an object.
    ///
    /// @return the object
    /// @throws EOFException if the other side closed, a [PeerDiedException] if it died, and nothing is left
    /// @throws ProtocolException if the other side sent what it must not; the connection is closed
    /// @throws IOException if the system refuses, as when no descriptor is left for a wait in a socket
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is bytes; it stays
    /// @throws io.sluice.core.codec.CodecException if the object does not decode; it is dropped
    E receive() throws IOException, InterruptedException;

    /// Sends bytes.
    ///
    /// @param bytes the message
    /// @throws IOException as for [#send]
    /// @throws InterruptedException if interrupted before or while waiting for room; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than [#maxMessageBytes()]; nothing was sent
    default void sendBytes(byte[] bytes) throws IOException, InterruptedException {
        sendBytes(bytes, 0, bytes.length);
    }

    /// Sends a range of an array.
    ///
    /// @param bytes the array
    /// @param offset of the first byte
    /// @param length how many
    /// @throws IOException as for [#send]
    /// @throws InterruptedException if interrupted before or while waiting for room; nothing was sent
    /// @throws IllegalArgumentException if the message is longer than [#maxMessageBytes()]; nothing was sent
    /// @throws IndexOutOfBoundsException if the range is not within the array
    void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException;

    /// Receives bytes.
    ///
    /// @return the message
    /// @throws IOException as for [#receive()]
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalStateException if the next message is an object; it stays
    byte[] receiveBytes() throws IOException, InterruptedException;

    /// Receives bytes into a buffer.
    ///
    /// @param target receives the message at its position
    /// @return length of the message
    /// @throws IOException as for [#receive()]
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws BufferOverflowException if the message is longer than the buffer has room; it stays
    /// @throws IllegalStateException if the next message is an object; it stays
    int receiveInto(ByteBuffer target) throws IOException, InterruptedException;

    /// Whether [#receive()] would not wait: a whole message is there, or the end, or what makes it fail.
    ///
    /// @param timeout longest wait for that; zero or less looks once
    /// @param unit of the time-out
    /// @return false if none of them came in time
    /// @throws InterruptedException if interrupted before or while waiting
    boolean poll(long timeout, TimeUnit unit) throws InterruptedException;

    /// Ready if a message is there, or none will come, as [#poll(long, TimeUnit)].
    @Override
    default boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return poll(timeout, unit);
    }

    /// The bytes that are received, as a stream without message borders.
    ///
    /// @return a channel that closes this side when it is closed, or when a read is interrupted
    default ReadableByteChannel readable() {
        return new MessageChannels.Source(this);
    }

    /// The bytes that are sent, as a stream; each call sends messages of at most 8 KiB.
    ///
    /// @return a channel that closes this side when it is closed, or when a write is interrupted
    default WritableByteChannel writable() {
        return new MessageChannels.Sink(this);
    }

    /// The longest message that this side sends. Over a connection of `Listener` and `Client`, also the longest that it
    /// receives: a longer one closes the connection before memory is allocated for it.
    ///
    /// @return length in bytes
    int maxMessageBytes();

    /// Which way the messages go. It does not change.
    ///
    /// @return the way
    Transport transport();

    /// Whether this side cannot be used any more. That the other side has ended shows in [#receive()] and [#send].
    ///
    /// @return true after it was closed, sent to another process, or closed by an error
    boolean isClosed();

    /// Closes this side: the other side reads what was sent, and then sees the end. A second call does nothing.
    ///
    /// What the other side has sent, and this side has not received, is lost. Over TCP the system then resets the
    /// connection, and the other side may lose the last messages too: receive up to the end before a close, where that
    /// matters.
    ///
    /// - **Blocking:** none in shared memory. Over a socket whose buffers are full, waits up to two seconds for room for
    ///   the farewell; without it, the other side takes the end for a death.
    @Override
    void close();
}
