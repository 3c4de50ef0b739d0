package io.sluice.shm.service;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.ShutdownException;
import io.sluice.core.sync.CallCells;
import io.sluice.core.sync.CallOutcome;
import io.sluice.shm.body.ServiceBody;
import io.sluice.shm.element.Scratch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// The calls of one handle.
final class Calls<Q, A> {
    /*
     * A call, step by step, and what a death of its client leaves behind; CallCells has the words and the proof:
     *
     *   claim a cell          a claimed cell: recovery frees it
     *   send the request      a claimed slot, or a committed one whose request no server leases any more. A large
     *                         request has a file at the position of its slot, as in a queue
     *   wait
     *   read the answer       a claimed cell. A large answer has a file named after cell and call, to which nothing
     *                         refers once the cell is free: recovery removes it
     *   remove the file
     *   leave the cell        nothing
     *
     * However a call ends, by its answer, a time-out, an interrupt, a close or an error of the codec, its last step
     * leaves the cell; see CallCells.leave for what that does to a request that is still open.
     */
    private static final long NOT_SENT = 0;
    private static final int SPREAD = 0x9E3779B9;     // 2^32 divided by the golden ratio

    private final Endpoint end;
    private final CallCells cells;
    private final Codec<Q> requests;
    private final Codec<A> answers;
    private final RingProducer producer;
    private final int mostInSlot;

    Calls(Endpoint end, Codec<Q> requests, Codec<A> answers) {
        this.end = end;
        this.cells = end.cells;
        this.requests = requests;
        this.answers = answers;
        this.producer = end.ring.producer(end.opening.waiting());
        this.mostInSlot = end.ring.options().slotBytes() - RingOptions.HEADER_BYTES - Long.BYTES;
    }

    /// @param deadline as [Waiter#await] takes it
    A call(Q request, long deadline) throws InterruptedException, TimeoutException {
        Waiter.checkInterrupt();
        end.checkOpen();
        Scratch scratch = end.scratches.take();
        try {
            int length = encode(request, scratch);
            return exchange(scratch, length, CallCells.NONE, NOT_SENT, deadline);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        } finally {
            end.scratches.put(scratch);
        }
    }

    /// Sends the request now if there is a cell and room in the ring, and in any case waits in a virtual thread.
    CompletableFuture<A> callAsync(Q request) {
        end.checkOpen();
        StackRoom.probe();
        Scratch scratch = end.scratches.take();
        int length = encode(request, scratch);
        int cell = CallCells.NONE;
        long call = NOT_SENT;
        boolean started = false;
        try {
            cell = cells.tryClaim(firstCell());
            call = cell == CallCells.NONE ? NOT_SENT : cells.nextCall(cell);
            int claimed = cell;
            long sent = cell != CallCells.NONE && trySend(scratch, length, cell, call) ? call : NOT_SENT;
            var answer = new CompletableFuture<A>();
            Thread waiting = Thread.ofVirtual().name("sluice-call").inheritInheritableThreadLocals(false)
                    .unstarted(() -> complete(answer, scratch, length, claimed, sent));
            var _ = answer.whenComplete((_, _) -> {
                if (!Thread.currentThread().equals(waiting)) {
                    waiting.interrupt();             // the future was cancelled, or has timed out: drop the call
                }
            });
            waiting.start();
            started = true;
            return answer;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        } finally {
            if (!started && cell != CallCells.NONE) {
                cells.leave(cell, call);
            }
            Reachability.upToHere(end);
        }
    }

    private void complete(CompletableFuture<A> answer, Scratch scratch, int length, int cell, long sent) {
        A value;
        try {
            value = exchange(scratch, length, cell, sent, Waiter.FOREVER);
        } catch (Throwable failed) {
            answer.completeExceptionally(failed instanceof InternalError fault ? named(fault) : failed);
            return;
        } finally {
            end.scratches.put(scratch);
        }
        answer.complete(value);
    }

    private static Throwable named(InternalError fault) {
        try {
            return MemoryFault.named(fault);
        } catch (InternalError other) {
            return other;
        }
    }

    private int encode(Q request, Scratch scratch) {
        if (request == null) {
            throw new NullPointerException("service '%s' takes no null".formatted(end.name()));
        }
        return end.encode(requests, request, scratch);
    }

    /// Where the search for a cell begins: threads have cells of their own while there are enough.
    private int firstCell() {
        int spread = ((int) Thread.currentThread().threadId() + (end.object.liveness().self() << 16)) * SPREAD;
        return (int) (((spread & 0xffffffffL) * end.body.capacity()) >>> Integer.SIZE);
    }

    /// @param claimed the cell of the call, or NONE
    /// @param sent the call whose request is on its way from there, or NOT_SENT
    private A exchange(Scratch scratch, int length, int claimed, long sent, long deadline)
            throws InterruptedException, TimeoutException {
        StackRoom.probe();
        int cell = claimed != CallCells.NONE ? claimed : cells.claim(firstCell(), end.isOver, deadline);
        if (cell == CallCells.NONE) {
            refuseIfOver();
            throw timedOut("no cell was free, since %,d calls are open".formatted(end.body.capacity()));
        }
        long call = sent == NOT_SENT ? cells.nextCall(cell) : sent;
        try {
            removeAbandoned(cell);
            boolean onItsWay = sent != NOT_SENT;
            for (int retries = end.body.retries(); ; retries--) {
                if (!onItsWay) {
                    send(scratch, length, cell, call, deadline);
                }
                if (!cells.awaitEnd(cell, call, end.isOver, deadline)) {
                    throw timedOut("no answer has come");
                }
                if (cells.nextCall(cell) == call) {
                    refuseIfOver();
                }
                end.checkOpen();
                if (cells.lastOutcome(cell) != CallOutcome.SERVER_LOST || retries == 0) {
                    return answer(scratch, cell, call);
                }
                call++;
                onItsWay = false;
            }
        } finally {
            cells.leave(cell, call);
            Reachability.upToHere(end);
        }
    }

    private void refuseIfOver() {
        end.checkOpen();
        if (end.ring.isShutdown()) {
            throw end.shutDown();
        }
    }

    private TimeoutException timedOut(String why) {
        return new TimeoutException("service '%s': %s within the time-out of the call".formatted(end.name(), why));
    }

    /// The last client of the cell has not waited for this file.
    private void removeAbandoned(int cell) {
        long abandoned = cells.abandonedCall(cell);
        if (abandoned != 0) {
            end.removeSide(ServiceBody.answerPosition(cell, abandoned));
        }
    }

    private void send(Scratch scratch, int length, int cell, long call, long deadline)
            throws InterruptedException, TimeoutException {
        while (!trySend(scratch, length, cell, call)) {
            if (!producer.awaitRoom(0, end.isOver, deadline)) {
                refuseIfOver();
                throw timedOut("no server has made room for the request");
            }
        }
    }

    private boolean trySend(Scratch scratch, int length, int cell, long call) {
        refuseIfOver();
        Claim claim = scratch.claim;
        boolean large = length > mostInSlot;
        try {
            if (!producer.tryClaim(claim, cell << Endpoint.CELL_SHIFT | (large ? Endpoint.LARGE : 0),
                    Long.BYTES + (large ? Integer.BYTES : length))) {
                return false;
            }
            try (claim) {
                long at = claim.buffer().addressOffset();
                Memory.putLong(at, cells.ticket(call));
                if (large) {
                    CrashPoint.LARGE_CLAIMED.reached();
                    end.object.sides().write(claim.position(), scratch.bytes.address(), length);
                    Memory.putInt(at + Long.BYTES, length);
                    CrashPoint.LARGE_WRITTEN.reached();
                } else {
                    Memory.copy(scratch.bytes.address(), at + Long.BYTES, length);
                }
                claim.commit();
            }
        } catch (ShutdownException | ClosedException over) {
            refuseIfOver();              // names the service, not its ring
            throw over;
        }
        end.checkOpen();
        return true;
    }

    /// The answer of a call that has ended, or its failure.
    private A answer(Scratch scratch, int cell, long call) {
        int outcome = cells.lastOutcome(cell);
        return switch (outcome) {
            case CallOutcome.ANSWERED, CallOutcome.ANSWERED_LARGE -> read(answers, scratch, cell, call, outcome);
            case CallOutcome.FAILED, CallOutcome.FAILED_LARGE -> throw new HandlerException(
                    end.name(), Failure.of(read(Failure.TEXTS, scratch, cell, call, outcome)));
            default -> throw new ServerDiedException(("service '%s': the server that had the request died, or closed"
                    + " the service, before it answered; whether it has executed the request is not known").formatted(
                    end.name()));
        };
    }

    private <T> T read(Codec<T> codec, Scratch scratch, int cell, long call, int outcome) {
        boolean large = CallOutcome.isLarge(outcome);
        int length = cells.length(cell, large);
        long position = ServiceBody.answerPosition(cell, call);
        try {
            T value = large ? end.decodeLarge(codec, scratch, position, length)
                    : end.decode(codec, scratch, cells.payload(cell), length);
            end.checkOpen();
            return value;
        } catch (RuntimeException refused) {
            end.checkOpen();             // zeros, since the object was closed meanwhile, are no answer
            throw refused;
        } finally {
            if (large && !end.object.isClosed()) {
                end.removeSide(position);
            }
        }
    }
}
