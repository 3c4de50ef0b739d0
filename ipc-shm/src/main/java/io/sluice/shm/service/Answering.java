package io.sluice.shm.service;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.ManyConsumer;
import io.sluice.core.sync.CallCells;
import io.sluice.core.sync.CallOutcome;
import io.sluice.shm.body.ServiceBody;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.service.SharedService.Client;
import io.sluice.shm.service.SharedService.Handler;

/// The answers of one handle.
final class Answering<Q, A> {
    /*
     * An answer, step by step, and what a death of its server leaves behind; CallCells has the words and the proof:
     *
     *   take the request      a taken slot: the ring offers the request again, and no handler has seen it
     *   lease the call        a lease, and the slot: recovery ends the call, and the ring offers the request again. It
     *                         ends the call first, and in any case no other server can lease it: the next taker drops
     *                         the request
     *   decode, release the slot, remove the file of a large request
     *                         a lease: recovery ends the call. A file to which no slot refers: recovery removes it
     *   handle                a lease: recovery ends the call
     *   write the answer      a lease, and perhaps the file of a large answer, to which nothing refers then
     *   end the call          an answer; its client may sleep: recovery wakes it
     *
     * The slot is released before the handler runs, so a slow handler holds up no other request.
     *
     * The token of the client is read before the lease. A lease that succeeds shows that the client had not been
     * recovered by then, so its slot in the space had no other process, and the token is the client's.
     */
    private final Endpoint end;
    private final CallCells cells;
    private final Codec<Q> requests;
    private final Codec<A> answers;
    private final ManyConsumer consumer;
    /// By owner slot, and replaced when another process has the slot. Racing threads make equal ones.
    private final Client[] clients = new Client[Liveness.MAX_OWNER + 1];

    Answering(Endpoint end, Codec<Q> requests, Codec<A> answers) {
        this.end = end;
        this.cells = end.cells;
        this.requests = requests;
        this.answers = answers;
        this.consumer = end.ring.taker(end.opening.waiting());
    }

    void serve(Handler<? super Q, ? extends A> handler) throws InterruptedException {
        for (;;) {
            Waiter.checkInterrupt();
            if (!poll(handler)) {
                if (end.ring.isShutdown()) {
                    return;
                }
                boolean _ = await(Waiter.FOREVER);
            }
        }
    }

    boolean poll(Handler<? super Q, ? extends A> handler) {
        try {
            end.checkOpen();
            StackRoom.probe();
            long position = consumer.take();
            if (position == CallCells.NONE && end.ring.lookAtDeaths()) {
                position = consumer.take();
            }
            if (position == CallCells.NONE) {
                return false;
            }
            answer(position, handler);
            return true;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Waits until there may be a request, or there will never be.
    boolean await(long deadline) throws InterruptedException {
        end.checkOpen();
        try {
            return consumer.await(deadline);
        } catch (ClosedException over) {
            end.checkOpen();             // its message names this handle; the ring's does not
            throw over;
        }
    }

    private void answer(long position, Handler<? super Q, ? extends A> handler) {
        int type = consumer.type(position);
        int length = consumer.length(position);
        int cell = type >>> Endpoint.CELL_SHIFT;
        boolean large = (type & Endpoint.LARGE) != 0;
        if (length < Long.BYTES || !cells.isCell(cell)) {
            end.checkOpen();
            release(position, false);
            throw new CorruptObjectException(("service '%s': the request at position %,d has type %d and length %,d,"
                    + " which no request has; something else has written into the memory; unlink and recreate it if"
                    + " that goes on").formatted(end.name(), position, type, length));
        }
        long ticket = Memory.getLong(consumer.payload(position));
        Client client = client(CallCells.client(ticket));
        long call = CallCells.call(ticket);
        if (!cells.lease(cell, call)) {
            release(position, large);
            if (cells.isBeyond(cell, call)) {
                throw damaged(position, cell, ticket);
            }
            return;                      // its client has given up, or has died
        }
        Throwable failure = null;
        Scratch scratch = null;
        boolean ended = false;
        try {
            scratch = end.scratches.take();
            Q request = null;
            try {
                request = decode(scratch, position, large, length);
            } catch (Throwable refused) {
                failure = refused;
            }
            release(position, large);
            CrashPoint.CALL_REQUEST_RELEASED.reached();
            if (failure == null) {
                failure = handle(handler, request, client, scratch, cell, call);
            }
            if (failure != null && cells.isOpen(cell, call)) {
                fail(scratch, cell, call, failure);
            }
            ended = true;
        } finally {
            if (!ended && cells.isOpen(cell, call)) {
                cells.end(cell, call, CallOutcome.SERVER_LOST, 0);
            }
            if (scratch != null) {
                end.scratches.put(scratch);
            }
            Reachability.upToHere(end);
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        } else if (failure instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    /// Ends the call of a request whose number no call has; its client would wait until its time-out.
    private CorruptObjectException damaged(long position, int cell, long ticket) {
        CorruptObjectException failure = new CorruptObjectException(("service '%s': the request at position %,d is for"
                + " call %,d of cell %,d, which has not been made; something else has written into the memory; unlink"
                + " and recreate it if that goes on").formatted(end.name(), position, CallCells.call(ticket), cell));
        end.checkOpen();
        long open = cells.leaseOpen(cell, CallCells.client(ticket));
        if (open != 0) {
            Scratch scratch = null;
            try {
                scratch = end.scratches.take();
                fail(scratch, cell, open, failure);
            } finally {
                if (cells.isOpen(cell, open)) {
                    cells.end(cell, open, CallOutcome.SERVER_LOST, 0);
                }
                if (scratch != null) {
                    end.scratches.put(scratch);
                }
            }
        }
        return failure;
    }

    private Client client(int owner) {
        int token = end.object.token(owner);
        Client known = clients[owner];
        if (known == null || known.life() != token) {
            known = new Client(end.object.processId(owner), token);
            clients[owner] = known;
        }
        return known;
    }

    private Q decode(Scratch scratch, long position, boolean large, int length) {
        long payload = consumer.payload(position) + Long.BYTES;
        return large ? end.decodeLarge(requests, scratch, position, Memory.getInt(payload))
                : end.decode(requests, scratch, payload, length - Long.BYTES);
    }

    private void release(long position, boolean large) {
        consumer.acknowledge(position);
        if (large && !end.object.isClosed()) {
            CrashPoint.LARGE_RELEASED.reached();
            end.removeSide(position);
        }
    }

    /// Runs the handler, and ends the call with its answer. @return what failed; null if the call has ended
    private Throwable handle(Handler<? super Q, ? extends A> handler, Q request, Client client, Scratch scratch,
            int cell, long call) {
        try {
            A answer = handler.handle(request, client);
            if (answer == null) {
                throw new NullPointerException("service '%s': the handler returned null".formatted(end.name()));
            }
            int length = end.encode(answers, answer, scratch);
            write(scratch, cell, call, length, CallOutcome.ANSWERED, CallOutcome.ANSWERED_LARGE);
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }

    /// Ends the call with what the handler threw: with all of it, or as much as there is memory for.
    private void fail(Scratch scratch, int cell, long call, Throwable thrown) {
        Failure failure = Failure.of(thrown);
        boolean ended = tryFail(scratch, cell, call, failure, CallOutcome.FAILED_LARGE) || !cells.isOpen(cell, call)
                || tryFail(scratch, cell, call, failure.shortened(), 0) || !cells.isOpen(cell, call);
        if (!ended) {
            cells.end(cell, call, CallOutcome.SERVER_LOST, 0);
        }
    }

    private boolean tryFail(Scratch scratch, int cell, long call, Failure failure, int largeOutcome) {
        try {
            int length = end.encode(Failure.TEXTS, failure.texts(), scratch);
            if (largeOutcome == 0 && length > cells.answerBytes()) {
                return false;
            }
            write(scratch, cell, call, length, CallOutcome.FAILED, largeOutcome);
            return true;
        } catch (RuntimeException | OutOfMemoryError noRoom) {
            return false;
        }
    }

    /// Writes what stands in the scratch, and ends the call with it; a failure before leaves the call open.
    private void write(Scratch scratch, int cell, long call, int length, int inCell, int inFile) {
        boolean large = length > cells.answerBytes();
        if (large) {
            long position = ServiceBody.answerPosition(cell, call);
            end.object.checkOpen();      // the handler may have closed it
            end.object.sides().write(position, scratch.bytes.address(), length);
            if (end.object.isClosed()) {
                end.removeSide(position);    // closed meanwhile: the call has ended with that, and has no other answer
            }
        } else {
            Memory.copy(scratch.bytes.address(), cells.payload(cell), length);
        }
        cells.end(cell, call, large ? inFile : inCell, length);
    }

    /// Takes the requests that a shutdown has left, and releases them.
    void dropLeft() {
        for (long position = consumer.takeLeft(); position != CallCells.NONE; position = consumer.takeLeft()) {
            release(position, (consumer.type(position) & Endpoint.LARGE) != 0);
        }
    }
}
