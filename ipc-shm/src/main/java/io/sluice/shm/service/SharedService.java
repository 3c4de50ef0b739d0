package io.sluice.shm.service;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.Waitable;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.object.Display;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls between processes: clients send requests, and servers answer them.
///
/// ```java
/// try (var prices = space.service("prices", Codec.strings(), Codec.doubles())) {
///     double price = prices.call("VOD.L");          // a server: prices.serve((symbol, client) -> lookUp(symbol));
/// }
/// ```
///
/// Any number of processes and threads are clients or servers of one service, through the same kind of handle; one may
/// be both. Each request goes to one server, which answers it before it takes another in the same thread.
///
/// - **Threads:** any number in each process, through one handle or several; platform or virtual.
/// - **Blocking:** a call waits for its answer, however long no server is there; [#call(Object, long, TimeUnit)] limits
///   that. It also waits for one of the [ServiceOptions#capacity()] cells if so many calls are open. A slow handler
///   holds up its own client, and no other.
/// - **Order:** requests are taken in the order in which their slots were claimed, over all clients. What a client did
///   before a call happens-before the handler, and what the handler did before its return happens-before the return of
///   the call.
/// - **Death of a client:** its request is dropped if no server has it, and otherwise its answer.
/// - **Death of a server:** the calls whose requests it had taken, and no others, fail with a [ServerDiedException].
///   With [ServiceOptions#withRetries], their requests go to another server first. Requests that no server had taken
///   stay for the other servers, or for the next one.
/// - **Slowness:** a call waits for a server that is stopped, as for any slow one.
/// - **Time-outs, interrupts, cancels:** end the call. A server that has not taken the request drops it; the answer of
///   one that has is dropped. Its cell is used again only then, so an answer never reaches another call than its own.
/// - **Errors:** `NullPointerException` for null requests; [HandlerException] for what the handler threw;
///   [ShutdownException] after a shutdown, also in open calls; [io.sluice.core.error.ClosedException] after [#close()];
///   [io.sluice.core.codec.CodecException] for a request that does not encode, or an answer that does not decode.
/// - **Allocation:** what the codecs allocate; a call itself nothing, unless it waits for long.
/// - **Lifetime:** [#close()] ends this handle, [#shutdown()] the service for all processes, [#unlink()] removes its
///   name.
///
/// A handle is `Serializable`: it carries names, and opens the service again where it is read.
///
/// @param <Q> type of the requests
/// @param <A> type of the answers
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedService<Q, A> implements NamedHandle, Waitable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Endpoint end;
    private final transient Codec<Q> requests;
    private final transient Codec<A> answers;
    private final transient Calls<Q, A> calls;
    private final transient Answering<Q, A> answering;

    /// What a server does with a request.
    ///
    /// @param <Q> type of the requests
    /// @param <A> type of the answers
    @FunctionalInterface
    public interface Handler<Q, A> {
        /// Answers a request.
        ///
        /// @param request a copy of what the client sent
        /// @param client the process that sent it
        /// @return the answer, not null
        /// @throws Exception what the client gets as a [HandlerException]; the server goes on
        A handle(Q request, Client client) throws Exception;
    }

    /// A process that calls. Two requests of one process have equal clients, also through different handles; those of
    /// two processes do not, also if the second one has the process id of the first. [#isAlive] tells whether it lives.
    ///
    /// @param pid its process id, in its own namespace
    /// @param life number of its life in the space
    public record Client(long pid, int life) {}

    private record Reference(ObjectReference object, Codec<?> requests, Codec<?> answers) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedService<>(opening, requests, answers));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param requests codec of the requests
    /// @param answers codec of the answers
    /// @hidden
    public SharedService(Opening opening, Codec<Q> requests, Codec<A> answers) {
        this.end = new Endpoint(opening);
        this.requests = requests;
        this.answers = answers;
        this.calls = new Calls<>(end, requests, answers);
        this.answering = new Answering<>(end, requests, answers);
    }

    /// Names the codecs of a service, for the comparison of two handles.
    ///
    /// @param requests identity of the one codec
    /// @param answers identity of the other
    /// @return both
    /// @hidden
    public static String elementType(String requests, String answers) {
        return requests + " -> " + answers;
    }

    /// The name of the service in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return end.name();
    }

    /// How many calls can be open at once.
    ///
    /// @return the capacity it was created with
    public int capacity() {
        return end.body.capacity();
    }

    /// How many calls are open, over all clients: a snapshot. A call that was given up counts while a server has its
    /// request.
    ///
    /// @return the number
    public int open() {
        end.checkOpen();
        try {
            return end.cells.open();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    // Clients.

    /// Sends a request, and waits for its answer.
    ///
    /// @param request not null; encoded at once
    /// @return the answer
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws HandlerException if the handler failed
    /// @throws ServerDiedException if the server died before it answered
    /// @throws ShutdownException if the service was shut down, before or meanwhile
    public A call(Q request) throws InterruptedException {
        try {
            return calls.call(request, Waiter.FOREVER);
        } catch (TimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Sends a request, and waits for its answer no longer than this.
    ///
    /// @param request not null; encoded at once
    /// @param timeout longest wait; zero or less waits for nothing
    /// @param unit of the time-out
    /// @return the answer
    /// @throws TimeoutException if no answer came in time; whether a server executes the request is not known
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws HandlerException if the handler failed
    /// @throws ServerDiedException if the server died before it answered
    /// @throws ShutdownException if the service was shut down, before or meanwhile
    public A call(Q request, long timeout, TimeUnit unit) throws InterruptedException, TimeoutException {
        return calls.call(request, Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Sends a request, and does not wait. The requests of a thread are sent in order as long as there is room; without
    /// room, a request is sent later.
    ///
    /// A virtual thread waits for the answer. Stages of the future run in it if they are there when it completes; no
    /// other call depends on that thread. A cancelled or timed-out future gives the call up.
    ///
    /// - **Allocation:** the future and its thread.
    ///
    /// @param request not null; encoded at once
    /// @return completes with the answer, or exceptionally with what [#call(Object)] throws
    /// @throws ShutdownException if the service was shut down before
    public CompletableFuture<A> callAsync(Q request) {
        return calls.callAsync(request);
    }

    // Servers.

    /// Answers requests until the service is shut down, in this thread. More threads and processes may do the same.
    ///
    /// Whatever a handler throws goes to the client, and the loop goes on. There are two exceptions: a
    /// `VirtualMachineError` other than a `StackOverflowError` is thrown here too, and after an `InterruptedException`
    /// the thread is interrupted.
    ///
    /// @param handler answers each request
    /// @throws InterruptedException if interrupted before or while waiting; every request that was taken is answered
    /// @throws io.sluice.core.error.ClosedException if this handle was closed, before or meanwhile
    public void serve(Handler<? super Q, ? extends A> handler) throws InterruptedException {
        answering.serve(handler);
    }

    /// Takes one request if there is one now, and answers it, as [#serve] does.
    ///
    /// @param handler answers the request
    /// @return false if there was no request. True also if one was dropped, since its client has given up
    public boolean poll(Handler<? super Q, ? extends A> handler) {
        return answering.poll(handler);
    }

    /// Waits until a request is there, or the service was shut down, and no longer than this. Takes nothing: a server
    /// that is faster may have the request.
    ///
    /// @param timeout longest wait; zero or less only looks
    /// @param unit of the time-out
    /// @return whether a request was there, or the service was shut down
    /// @throws InterruptedException if interrupted before or meanwhile
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return answering.await(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Whether a client lives, and is still in the space: a server keeps what it holds for a client as long.
    ///
    /// - **Blocking:** one system call, about 0.4 µs.
    ///
    /// @param client of a request
    /// @return false from its end on
    public boolean isAlive(Client client) {
        end.checkOpen();
        return end.object.isAlive(client.life());
    }

    // Ends.

    /// Ends the service for all processes. Open calls fail with a [ShutdownException], unless their answers are there;
    /// later ones too. Requests that no server has taken are dropped, and [#serve] returns once its handler does. A
    /// second call changes nothing.
    public void shutdown() {
        end.checkOpen();
        try {
            end.ring.shutdownNow();
            answering.dropLeft();
            end.cells.wakeAllClients();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Whether [#shutdown()] was called, by any process.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        end.checkOpen();
        return end.ring.isShutdown();
    }

    @Override
    public boolean isLinked() {
        end.checkOpen();
        return end.object.isStillNamed();
    }

    @Override
    public boolean unlink() {
        end.checkOpen();
        return end.object.unlink();
    }

    @Override
    public boolean isClosed() {
        return end.isClosed();
    }

    /// Ends this handle. Its open calls, and [#serve], throw a [io.sluice.core.error.ClosedException]. A handler that
    /// runs goes on; its client gets the answer if another handle keeps the service open in this process, and otherwise
    /// a [ServerDiedException]. A second call does nothing.
    @Override
    public void close() {
        end.close();
    }

    /// Name, kind, codecs and capacity, for display.
    @Override
    public String toString() {
        return Display.of("SharedService", name(), end.isClosed(), () -> "%,d open of %,d, %s".formatted(
                open(), capacity(), elementType(requests.identity(), answers.identity())));
    }

    @Override
    public ObjectReference reference() {
        return end.opening.reference();
    }

    @Serial
    private Object writeReplace() {
        return new Reference(reference(), requests, answers);
    }
}
