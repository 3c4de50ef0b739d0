/* The permits of a semaphore: Ledger.java, with deaths at every step.
 *
 * A process that is killed goes on as whoever closes its account: the kernel lock on the dead slot admits one cleaner
 * at a time, and a cleaner that dies as well is the same as one that starts again. Sleeping is left out: who wants a
 * permit waits until the counts show one (see lock.pml for the event count).
 *
 *   N         how many processes
 *   PERMITS   how many there are; WANT: how many process 1 takes at once, the others take one each
 *   ROUNDS    how often each acquires and releases
 *   CRASHES, CLEANERS   how many processes, how many cleaners are killed
 *   SCENE     0: each releases what it acquired
 *             1: what process 1 acquired, process 2 releases, which has none: a debt
 *             2: the same, but process 1 hands over before
 *   MUT       which mistake is made, see README.md
 *
 * Who passes permits on, and they are not released yet, is not killed in scene 1, and process 2 is never killed in
 * scenes 1 and 2: nobody can know then what became of the permit, and the code does not claim to.
 */
#ifndef N
#define N 3
#endif
#ifndef PERMITS
#define PERMITS 1
#endif
#ifndef WANT
#define WANT 1
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef CLEANERS
#define CLEANERS 0
#endif
#ifndef SCENE
#define SCENE 0
#endif
#ifndef MUT
#define MUT 0
#endif

#define ACQUIRE 0
#define RELEASE 1
#define HAND_OVER 2
#define CLOSE 3

#define P (N + 1)                     /* account 0 is nobody's; it holds the counts at the beginning */

typedef Account {
    byte move;                        /* number of the move */
    bool told;                        /* known to have taken effect */
    byte now;                         /* HELD, one word */
    byte then;
    byte available[2];                /* records, even and odd */
    byte outstanding[2];
    short debt[2]
}
Account account[P];
byte lastOwner = 0;                   /* LAST, one word */
byte lastNumber = 0;

#if MUT == 6
#define RECORD(n) 0
#else
#define RECORD(n) ((n) & 1)
#endif
#define AVAILABLE account[lastOwner].available[RECORD(lastNumber)]
#define OUTSTANDING account[lastOwner].outstanding[RECORD(lastNumber)]
#define DEBT account[lastOwner].debt[RECORD(lastNumber)]

bool dead[P];
bool finished[P];                     /* done, or dead and its account closed */
bool cleaning[P];
bool killed[P];                       /* its cleaner is killed, and another one starts */
byte crashes = CRASHES;
byte cleaners = CLEANERS;

/* For the properties: what each process may do something with, and what is on its way from 1 to 2. */
byte has[P];
byte underWay = 0;
byte passed = 0;                      /* how many process 1 has passed on in all its rounds */

#define TOOK_EFFECT(o, n) (account[id].told || (o == id && n == account[id].move))

/* Ledger.move(kind, id, permits). Sets `refused`. */
inline makeMove(kind, permits) {
    /* nextNumber(): LAST first, then MOVE */
    atomic { owner = lastOwner; number = lastNumber };
    atomic { mine = account[id].move + (TOOK_EFFECT(owner, number) -> 1 : 0); refused = false; written = false };
    do
    ::  /* readCounts(): LAST, the record, LAST again */
        atomic { owner = lastOwner; number = lastNumber };
        atomic {
            available = account[owner].available[RECORD(number)];
            outstanding = account[owner].outstanding[RECORD(number)];
            debt = account[owner].debt[RECORD(number)]
        };
        if
        :: owner == lastOwner && number == lastNumber ->
            atomic {                  /* corrected() and apply(): nothing but locals, and the account that is mine */
                now = account[id].now;
                held = now;
                if
                :: debt > 0 && held == outstanding + debt -> debt = 0; held = outstanding
                :: else
                fi;
                moved = (kind == CLOSE -> held : permits);
                if
                :: kind == ACQUIRE ->
                    if
                    :: moved <= available ->
                        available = available - moved; outstanding = outstanding + moved; held = held + moved
                    :: else -> refused = true
                    fi
                :: kind == RELEASE ->
                    returned = (moved < outstanding -> moved : outstanding);
                    if
                    :: available + moved + outstanding - returned <= PERMITS ->
                        available = available + moved; outstanding = outstanding - returned;
                        debt = debt + returned - (moved < held -> moved : held);
                        held = held - (moved < held -> moved : held)
                    :: else -> refused = true
                    fi
                :: kind == HAND_OVER ->
                    if
                    :: moved <= held -> debt = debt - moved; held = held - moved
                    :: else -> refused = true
                    fi
                :: kind == CLOSE ->
                    returned = held;
                    if
                    :: debt > 0 -> returned = (held > debt -> held - debt : 0)
                    :: else
                    fi;
                    available = available + returned; outstanding = outstanding - returned;
                    debt = debt - (held - returned); held = 0
                fi;
                returned = 0; moved = 0
            };
            if
            :: refused ->
                if
                :: written -> atomic { account[id].now = now; account[id].then = now }
                :: else
                fi;
                break
            :: else
            fi;
            if
            :: !written -> atomic { account[id].move = mine; account[id].told = false; written = true }
            :: else
            fi;
            atomic {
                account[id].available[RECORD(mine)] = available;
                account[id].outstanding[RECORD(mine)] = outstanding;
                account[id].debt[RECORD(mine)] = debt
            };
#if MUT != 3
            atomic { account[id].now = now; account[id].then = held };
#endif
#if MUT != 1 && MUT != 4
            atomic {                  /* tell() */
                if
                :: account[owner].move == number -> account[owner].told = true
                :: else
                fi
            };
#endif
            atomic {
                if
#if MUT == 2
                :: lastOwner == owner ->
#else
                :: lastOwner == owner && lastNumber == number ->
#endif
                    lastOwner = id; lastNumber = mine; happens(kind, permits); done = true
                :: else
                fi
            };
            if
            :: done ->
#if MUT == 4
                atomic {
                    if
                    :: account[owner].move == number -> account[owner].told = true
                    :: else
                    fi
                };
#endif
                atomic { account[id].now = held; account[id].then = held };
                done = false;
                break
            :: else
            fi
        :: else
        fi
    od;
    atomic { owner = 0; number = 0; available = 0; outstanding = 0; debt = 0; now = 0; held = 0; mine = 0;
        written = false }
}

/* The move takes effect: nothing is lost, and nothing comes from nowhere. */
inline happens(kind, permits) {
    assert(AVAILABLE + OUTSTANDING == PERMITS);
    if
    :: kind == ACQUIRE -> has[id] = has[id] + permits
    :: kind == HAND_OVER -> has[id] = has[id] - permits; underWay = underWay + permits; passed++
    :: else
    fi;
    assert(has[1] + has[2] + (N > 2 -> has[N] : 0) + underWay + AVAILABLE <= PERMITS)
}

#define MAY (id == 1 -> WANT : 1)

proctype Process(byte id) {
    byte owner = 0;
    byte number = 0;
    byte mine = 0;
    byte available = 0;
    byte outstanding = 0;
    short debt = 0;
    byte now = 0;
    byte held = 0;
    byte moved = 0;
    byte returned = 0;
    byte round = 0;
    bool refused = false;
    bool written = false;
    bool done = false;

    {
        goto again;
again:
        if
        :: SCENE > 0 && id == 2 -> goto releaser
        :: else
        fi;
acquire:
        AVAILABLE >= MAY;
        makeMove(ACQUIRE, MAY);
        if
        :: refused -> refused = false; goto acquire
        :: else
        fi;
        /* Between the two: has[id] permits are made use of. */
        if
        :: SCENE == 0 || id != 1 ->
            has[id] = has[id] - MAY;
            makeMove(RELEASE, MAY);
            assert(!refused)
        :: SCENE == 1 && id == 1 ->
            atomic { has[1] = has[1] - MAY; underWay = underWay + MAY; passed++ }
        :: SCENE == 2 && id == 1 ->
            makeMove(HAND_OVER, MAY);
            assert(!refused)
        fi;
        goto next;
releaser:
        if
        :: atomic { underWay > 0 -> underWay = underWay - WANT }
        :: underWay == 0 && finished[1] -> goto over
        fi;
        makeMove(RELEASE, WANT);
        assert(!refused);
        atomic { passed-- };
        goto releaser;
next:
        round++;
        if
        :: round < ROUNDS -> goto again
        :: else
        fi;
over:
        atomic { finished[id] = true; round = 0 }
    } unless { dead[id] };

    if
    :: atomic { dead[id] -> cleaning[id] = true };
clean:  /* Ledger.recover(dead): LAST first, then MOVE, then HELD */
        atomic { mine = 0; available = 0; outstanding = 0; debt = 0; now = 0; held = 0; moved = 0; returned = 0;
            round = 0; refused = false; written = false; done = false; owner = 0; number = 0 };
        {
            atomic { owner = lastOwner; number = lastNumber };
            atomic { held = (TOOK_EFFECT(owner, number) -> account[id].then : account[id].now); owner = 0; number = 0 };
#if MUT != 5
            if
            :: account[id].now != account[id].then -> atomic { account[id].now = held; account[id].then = held }
            :: else
            fi;
#endif
            if
            :: held != 0 -> held = 0; makeMove(CLOSE, 0)
            :: else
            fi;
            atomic { finished[id] = true; held = 0; goto end_ }
        } unless { atomic { killed[id] -> killed[id] = false } };
        goto clean
    :: else
    fi;
end_: skip
}

/* Deaths. */
proctype Fate() {
    byte p = 0;
end:
    do
    :: atomic { crashes > 0 ->
        select(p : 1 .. N);
        if
        :: !dead[p] && !finished[p] && (SCENE == 0 || p != 2) && (SCENE != 1 || p != 1 || passed == 0) ->
            crashes--; dead[p] = true; has[p] = 0
        :: else
        fi;
        p = 0 }
    :: atomic { cleaners > 0 ->
        select(p : 1 .. N);
        if
        :: cleaning[p] && !finished[p] && !killed[p] -> killed[p] = true; cleaners--
        :: else
        fi;
        p = 0 }
    :: atomic { crashes > 0 || cleaners > 0 -> crashes = 0; cleaners = 0 }
    od
}

#if N > 2
#define QUIET (finished[1] && finished[2] && finished[3])
#define SUM (account[1].now + account[2].now + account[3].now)
#else
#define QUIET (finished[1] && finished[2])
#define SUM (account[1].now + account[2].now)
#endif

init {
    byte p;
    atomic {
        account[0].available[0] = PERMITS;
        for (p : 1 .. N) { run Process(p) }
        run Fate();
        p = 0
    };
    /* Everybody has gone: all permits are back, and the accounts agree with the counts. In scene 1 the account of
     * process 1 may hold what was released for it, and a permit of one that died comes back only when it is closed. */
    atomic { QUIET -> assert(AVAILABLE + OUTSTANDING == PERMITS); assert(DEBT + OUTSTANDING == SUM);
        assert(SCENE == 1 || (AVAILABLE == PERMITS && SUM == 0)) }
}
