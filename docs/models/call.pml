/* Calls of a service: CallCells.java, with the ring of requests reduced to a bag, and deaths at every step.
 *
 * One cell serves the calls of all clients, which is the worst case. A client claims it, sends its request, and waits
 * for the answer, or gives up. A server takes a request, leases the call, and writes its answer in two steps. A process
 * that is killed goes on as its own cleaner; a killed cleaner starts again.
 *
 * Checked: no two processes write an answer at once; a client reads the answer of its own call, whole; a call ends
 * once; when all are quiet, no call is open and the cell is free.
 *
 *   CLIENTS, SERVERS    how many there are: processes 0 .. CLIENTS - 1, and those behind them
 *   CALLS               how many calls each client makes
 *   GIVEUPS             how often clients give up, all in all
 *   CRASHES, CLEANERS   how many processes, how many cleaners are killed
 *   MUT                 which mistake is made, see README.md
 */
#ifndef CLIENTS
#define CLIENTS 2
#endif
#ifndef SERVERS
#define SERVERS 2
#endif
#ifndef CALLS
#define CALLS 1
#endif
#ifndef GIVEUPS
#define GIVEUPS 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef CLEANERS
#define CLEANERS 0
#endif
#ifndef MUT
#define MUT 0
#endif

#define PROCESSES (CLIENTS + SERVERS)
#define NOBODY 255

#define FREE 0
#define CLAIMED 1
#define ABANDONED 2

#define ANSWERED 1
#define LOST 2
#define DROPPED 3

/* The claim word. */
byte claimState = FREE;
byte claimOwner = NOBODY;
byte claimCall = 0;
/* The lease word. */
byte leaseCall = 0;
byte leaseOwner = NOBODY;
/* The answer word, and what stands behind it: two halves, each with the request that it answers. */
byte answerCall = 0;
byte outcome = 0;
byte half[2];

/* Requests in the ring: each call that a client makes has one of its own. */
#define REQUESTS (CLIENTS * CALLS)
byte requestCall[REQUESTS];                /* 0 if it is not in the ring */
byte taker[REQUESTS];

byte writer = NOBODY;                      /* for the assertions */
byte giveups = GIVEUPS;
byte crashes = CRASHES;
byte cleaners = CLEANERS;
bool dead[PROCESSES];
bool cleaning[PROCESSES];
bool killed[PROCESSES];
bool over[PROCESSES];                      /* it has ended, in peace or cleaned up after */
byte running = PROCESSES;
byte clientsLeft = CLIENTS;
byte serversLeft = SERVERS;

/* The holder of a call, and no other, sets the answer word, once. */
inline finish(number, holder, how) {
    atomic {
        assert(answerCall + 1 == number && leaseCall == number && leaseOwner == holder);
        answerCall = number;
        outcome = how
    }
}

/* CallCells.takeLease. */
inline lease(number, holder) {
    atomic {
        if
        :: leaseCall == number - 1 -> leaseCall = number; leaseOwner = holder; got = true
        :: else -> got = false
        fi
    }
}

/* CallCells.leave, in the name of a client. */
inline leave(number, client) {
    if
    :: answerCall >= number -> got = true
    :: else ->
        lease(number, client);
        if
        :: got -> finish(number, client, DROPPED)
        :: else -> atomic { got = (answerCall >= number) }
        fi
    fi;
#if MUT == 1
    got = true;
#endif
    atomic {
        claimOwner = NOBODY;
        if
        :: got -> claimState = FREE; claimCall = 0
        :: else -> claimState = ABANDONED; claimCall = number
        fi;
        got = false
    }
}

/* CallCells.recover, then the ring's, in the name of a dead process. */
inline recover(me) {
#if MUT != 5
    if
    :: leaseOwner == me && answerCall < leaseCall ->
        atomic { writer = (writer == me -> NOBODY : writer) };
        finish(leaseCall, me, LOST)
    :: else
    fi;
#endif
    if
    :: claimState == CLAIMED && claimOwner == me ->
#if MUT == 2
        atomic { claimState = FREE; claimOwner = NOBODY; claimCall = 0 }
#else
        call = answerCall + 1;
        leave(call, me)
#endif
    :: else
    fi;
    at = 0;
    do
    :: at == REQUESTS -> break
    :: else ->
        atomic {
            if
            :: requestCall[at] != 0 && taker[at] == me -> taker[at] = NOBODY
            :: else
            fi;
            at++
        }
    od
}

inline clear() {
    atomic { call = 0; at = 0; got = false }
}

proctype Client(byte me) {
    byte call = 0;
    byte at = 0;
    byte made = 0;
    bool got = false;

    {
        do
        :: made == CALLS -> break
        :: else ->
            atomic {
                (claimState == FREE || (claimState == ABANDONED && answerCall >= claimCall)) ->
                claimState = CLAIMED; claimOwner = me; claimCall = 0
            };
            call = answerCall + 1;
            atomic { requestCall[me * CALLS + made] = call; taker[me * CALLS + made] = NOBODY };
            if
            :: answerCall >= call ->
                if
                :: outcome == ANSWERED ->
                    assert(half[0] == me * CALLS + made);
                    assert(half[1] == me * CALLS + made && answerCall == call)
                :: else -> assert(outcome == LOST && answerCall == call)
                fi
            :: atomic { giveups > 0 -> giveups-- }
            :: serversLeft == 0                /* a time-out: no server will come */
            fi;
            leave(call, me);
            made++
        od;
        atomic { clear(); over[me] = true; clientsLeft--; running-- }
    } unless { dead[me] };
    if
    :: atomic { dead[me] -> clear(); cleaning[me] = true };
clean:
        {
            recover(me);
            atomic { clear(); cleaning[me] = false; clientsLeft--; running-- }
        } unless { atomic { killed[me] -> killed[me] = false; clear() } };
        if
        :: cleaning[me] -> goto clean
        :: else
        fi
    :: else
    fi
}

#define TAKE(n) atomic { n < REQUESTS && requestCall[n] != 0 && taker[n] == NOBODY -> taker[n] = me; at = n }

proctype Server(byte me) {
    byte call = 0;
    byte at = 0;
    bool got = false;

    {
        do
        :: if
           :: TAKE(0)
#if REQUESTS > 1
           :: TAKE(1)
#endif
#if REQUESTS > 2
           :: TAKE(2)
#endif
#if REQUESTS > 3
           :: TAKE(3)
#endif
           fi;
           call = requestCall[at];
#if MUT == 4
           atomic { requestCall[at] = 0; taker[at] = NOBODY };
#endif
#if MUT == 3
           atomic { leaseCall = call; leaseOwner = me; got = true };
#else
           lease(call, me);
#endif
           atomic { requestCall[at] = 0; taker[at] = NOBODY };
           if
           :: got ->
               atomic { assert(writer == NOBODY); writer = me };
               half[0] = at;
               half[1] = at;
               atomic { writer = NOBODY };
               finish(call, me, ANSWERED)
           :: else
           fi;
           atomic { call = 0; at = 0; got = false }
        :: clientsLeft == 0 -> break
        od;
        atomic { clear(); over[me] = true; serversLeft--; running-- }
    } unless { dead[me] };
    if
    :: atomic { dead[me] -> clear(); cleaning[me] = true };
clean:
        {
            recover(me);
            atomic { clear(); cleaning[me] = false; serversLeft--; running-- }
        } unless { atomic { killed[me] -> killed[me] = false; clear() } };
        if
        :: cleaning[me] -> goto clean
        :: else
        fi
    :: else
    fi
}

/* Deaths. A process that has ended is not killed: `over` says so. */
proctype Fate() {
    byte p = 0;
end:
    do
    :: atomic { crashes > 0 ->
        select(p : 0 .. PROCESSES - 1);
        if
        :: !dead[p] && !over[p] -> crashes--; dead[p] = true
        :: else
        fi;
        p = 0 }
    :: atomic { cleaners > 0 ->
        select(p : 0 .. PROCESSES - 1);
        if
        :: cleaning[p] && !killed[p] -> killed[p] = true; cleaners--
        :: else
        fi;
        p = 0 }
    :: atomic { crashes > 0 || cleaners > 0 -> crashes = 0; cleaners = 0 }
    od
}

init {
    byte p = 0;
    atomic {
        for (p : 0 .. REQUESTS - 1) { taker[p] = NOBODY }
        for (p : 0 .. CLIENTS - 1) { run Client(p) }
        for (p : CLIENTS .. PROCESSES - 1) { run Server(p) }
        run Fate();
        p = 0
    };
    running == 0;
    assert(writer == NOBODY && answerCall == leaseCall);
    assert(claimState == FREE || (claimState == ABANDONED && answerCall >= claimCall))
}
