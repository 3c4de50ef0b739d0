/* The conditions of a lock: WaitList.java and MutexCondition.java, with deaths at every step.
 *
 * The lock itself is taken for granted (see lock.pml): whoever wants it waits until it is free; if its holder dies it
 * becomes free when the dead one's cleaner says so, and who gets it afterwards repairs what it guards. A process that
 * is killed goes on as its own cleaner. There is one condition.
 *
 *   WAITERS   how many processes wait, once each, each with an entry if there is one
 *   SIGNALS   how many times one more process signals, one waiter each time
 *   CRASHES, CLEANERS   how many processes, how many cleaners are killed
 *   TIMEOUTS  how many waits end without a signal
 *   REFUSALS  how many waiters do not get the lock back: their handle was closed, or the lock is poisoned
 *   SLICE     1: sleeps end by themselves; 0: only a call ends a sleep
 *   JANITOR   1: without slices, somebody else looks for the dead
 *   UNPARK    1: recovery calls the kernel in any case, and not only where the event count is marked
 *   COARSE    1: the search for the oldest is one step, and so is a call; for larger numbers of processes
 *   MUT       which mistake is made, see README.md
 *
 * A sleeper that nobody signalled is no fault; so the end of a run, when nothing moves, is judged by a monitor.
 */
#ifndef WAITERS
#define WAITERS 3
#endif
#ifndef SIGNALS
#define SIGNALS 1
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef CLEANERS
#define CLEANERS 0
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0
#endif
#ifndef REFUSALS
#define REFUSALS 0
#endif
#ifndef SLICE
#define SLICE 1
#endif
#ifndef JANITOR
#define JANITOR 0
#endif
#ifndef UNPARK
#define UNPARK 0
#endif
#ifndef COARSE
#define COARSE 0
#endif
#ifndef MUT
#define MUT 0
#endif

#define N (WAITERS + 1)               /* the last one signals */
#define SIGNALLER WAITERS
#define NOBODY 255

#define FREE 0
#define WAITING 1
#define SIGNALLED 2

/* An entry is one word in memory; its parts are only ever written together. */
byte state[WAITERS];
byte arrival[WAITERS];
byte owner[WAITERS];
byte events[WAITERS];                 /* the event count of each entry */
byte arrivals = 0;
byte used = 0;
byte lock = NOBODY;
byte counter = 0;                     /* MUT 3: signals that nobody has made use of */

bool asleep[N];                       /* on the event count of its own entry */
bool dead[N];
bool finished[N];                     /* returned, or dead and cleaned up */
byte crashes = CRASHES;
byte cleaners = CLEANERS;
byte timeouts = TIMEOUTS;
byte refusals = REFUSALS;
byte mine[N];                         /* which entry a process sleeps on */

/* For the properties: signals that somebody was given while this process waited, and how many made use of one since. */
byte given[N];
byte released[N];
byte since[N];                        /* arrival of the wait of a process; 0: it does not wait */

/* EventCount.signal() on entry k; there is one sleeper at most. */
inline call(k) {
#if COARSE
    atomic {
        if
        :: (events[k] & 1) ->
            events[k] = (events[k] + 1) & 7;
            for (i : 0 .. N - 1) {
                if
                :: asleep[i] && mine[i] == k -> asleep[i] = false
                :: else
                fi
            }
            i = 0
        :: else
        fi
    }
#else
    e = events[k];
    do
    :: (e & 1) ->
        if
        :: atomic { events[k] == e -> events[k] = (e + 1) & 7; e = 0 };
            atomic {
                for (i : 0 .. N - 1) {
                    if
                    :: asleep[i] && mine[i] == k -> asleep[i] = false
                    :: else
                    fi
                }
                i = 0
            }
            break
        :: atomic { events[k] != e -> e = events[k] }
        fi
    :: else -> break
    od;
    e = 0
#endif
}

/* WaitList.signalOldest(): looks at one entry after the other, then marks. Sets `sent`. */
inline signalOldest() {
    sent = false;
    do
    :: atomic { oldest = NOBODY; age = 0; k = 0; seen = used };
#if COARSE
        atomic {
#endif
        do
        :: k < seen ->
            atomic {
                if
                :: state[k] == WAITING && (oldest == NOBODY || arrival[k] < age) -> oldest = k; age = arrival[k]
                :: else
                fi;
                k++
            }
        :: k >= seen -> break
        od;
#if COARSE
        k = 0; seen = 0 };
#else
        atomic { k = 0; seen = 0 };
#endif
        if
        :: oldest == NOBODY -> break
        :: else ->
            atomic {
                if
#if MUT == 6
                :: true -> state[oldest] = SIGNALLED; sent = true;
                    if :: counts -> note() :: else fi
#else
                :: state[oldest] == WAITING && arrival[oldest] == age -> state[oldest] = SIGNALLED; sent = true;
                    if :: counts -> note() :: else fi
#endif
                :: else
                fi
            };
            if
            :: sent -> call(oldest); break
            :: else
            fi
        fi
    od;
    atomic { oldest = NOBODY; age = 0; k = 0 }
}

/* WaitList.signal(condition, 1) */
#define signalForUser() counts = true; signalOldest(); counts = false

/* Notes a signal for all that wait at this moment. A dead one is not asked for anything at the end. */
inline note() {
    for (i : 0 .. WAITERS - 1) {
        if
        :: since[i] != 0 -> given[i]++
        :: else
        fi
    }
    i = 0
}

/* A waiter makes use of a signal: one less for those who came after it, and none less for those before it. */
inline use() {
    for (i : 0 .. WAITERS - 1) {
        if
        :: since[i] > since[id] -> released[i]++
        :: else
        fi
    }
    i = 0
}

proctype Process(byte id) {
    byte e = 0;
    byte i = 0;
    byte k = 0;
    byte oldest = NOBODY;
    byte age = 0;
    byte seen = 0;
    byte announced = 0;
    byte round = 0;
    bool sent = false;
    bool over = false;
    bool counts = false;              /* it is a user who signals, and not somebody who passes a signal on */

    {
        if
        :: id == SIGNALLER -> goto signalling
        :: else
        fi;

        /* MutexCondition.await(): WaitList.enter() */
        atomic { lock == NOBODY -> lock = id };
        arrivals++;
        atomic {
            k = 0;
            do
            :: state[k] != FREE -> k++
            :: else -> break
            od;
            mine[id] = k;
            if
            :: k >= used -> used = k + 1
            :: else
            fi
        };
        atomic { state[k] = WAITING; arrival[k] = arrivals; owner[k] = id; since[id] = arrivals; k = 0 };
        lock = NOBODY;
sleep:
#if MUT == 3
endCounter:
        if
        :: counter > 0 -> goto takeBack
        :: atomic { timeouts > 0 -> timeouts--; goto takeBack }
        fi;
#else
        atomic { events[mine[id]] = events[mine[id]] | 1; announced = events[mine[id]] };
        if
        :: state[mine[id]] == SIGNALLED -> goto takeBack
        :: else
        fi;
        atomic {
            if
            :: events[mine[id]] == announced -> asleep[id] = true
            :: else
            fi;
            announced = 0
        };
endAsleep:
        if
        :: atomic { !asleep[id] -> if :: state[mine[id]] == SIGNALLED :: else -> goto sleep fi }
        :: atomic { asleep[id] && SLICE && state[mine[id]] == SIGNALLED -> asleep[id] = false }
        :: atomic { asleep[id] && timeouts > 0 -> timeouts--; asleep[id] = false; over = true }
        fi;
#endif
takeBack:
        if
        :: atomic { lock == NOBODY -> lock = id }
        :: atomic { refusals > 0 -> refusals--; goto giveUp }
        fi;
#if MUT == 3
        atomic {
            if
            :: counter > 0 -> counter--; state[mine[id]] = FREE; use(); since[id] = 0
            :: else -> state[mine[id]] = FREE; since[id] = 0
            fi
        };
#else
        atomic {                      /* leave() */
            if
            :: state[mine[id]] == SIGNALLED -> state[mine[id]] = FREE; use(); since[id] = 0
            :: else -> state[mine[id]] = FREE; since[id] = 0
            fi
        };
#endif
        lock = NOBODY;
        goto gone;
giveUp:
#if MUT == 5 || MUT == 7
        atomic {                      /* leave() first */
            sent = (state[mine[id]] == SIGNALLED);
            state[mine[id]] = FREE;
            since[id] = 0
        };
#if MUT == 7
        if
        :: sent -> signalOldest()
        :: else
        fi;
#endif
#else
        do                            /* pass on, then free; as recovery does */
        :: over = (state[mine[id]] == SIGNALLED);
            if
            :: over -> signalOldest()
            :: else
            fi;
            atomic {
                if
                :: over == (state[mine[id]] == SIGNALLED) -> state[mine[id]] = FREE; since[id] = 0; break
                :: else
                fi
            }
        od;
#endif
        goto gone;

signalling:
        atomic { lock == NOBODY -> lock = id };
#if MUT == 3
        atomic {
            k = 0;
            do
            :: k < used && state[k] != WAITING -> k++
            :: k < used && state[k] == WAITING -> counter++; note(); break
            :: k >= used -> break
            od;
            k = 0
        };
#else
        signalForUser();
#endif
        lock = NOBODY;
        round++;
        if
        :: round < SIGNALS -> goto signalling
        :: else
        fi;
gone:
        atomic { finished[id] = true; round = 0; sent = false; over = false; counts = false }
    } unless { dead[id] };

    if
    :: atomic { dead[id] ->
        e = 0; i = 0; k = 0; oldest = NOBODY; age = 0; seen = 0; announced = 0; round = 0;
        sent = false; over = false; counts = false }
        if
        :: SLICE || JANITOR
        fi;
        goto clean;
clean:  /* Mutex.recover(): signalAll() if it held the lock, then the word, then WaitList.recover(dead) */
        if
        :: lock == id ->
            round = 0;
            do
            :: round < used ->
                atomic {
                    if
                    :: state[round] == WAITING -> state[round] = SIGNALLED; sent = true
                    :: else
                    fi
                };
                if
                :: sent -> sent = false; call(round)
                :: else
                fi;
                round++
            :: round >= used -> break
            od;
            round = 0;
            lock = NOBODY
        :: else
        fi;
        if
        :: atomic { cleaners > 0 -> cleaners--; goto clean }
        :: skip
        fi;
        do
        :: round < used ->
            if
            :: state[round] != FREE && owner[round] == id ->
#if MUT == 2
                sent = false;
                atomic { over = (state[round] == SIGNALLED); state[round] = FREE; since[id] = 0 };
                if
                :: atomic { cleaners > 0 -> cleaners--; over = false; round = 0; goto clean }
                :: skip
                fi;
                if
                :: over -> signalOldest(); over = false
                :: else
                fi;
                round++
#else
                over = (state[round] == SIGNALLED);
                if
#if MUT == 1
                :: false
#else
                :: over -> signalOldest()
#endif
                :: else
                fi;
                if
                :: atomic { cleaners > 0 -> cleaners--; over = false; round = 0; sent = false; goto clean }
                :: skip
                fi;
                atomic {
                    if
                    :: (over && state[round] == SIGNALLED) || (!over && state[round] == WAITING) ->
                        state[round] = FREE; since[id] = 0; round++
                    :: else           /* it was signalled meanwhile */
                    fi;
                    over = false; sent = false
                }
#endif
            :: else -> round++
            fi
        :: round >= used -> break
        od;
        round = 0;
#if MUT != 4
        do                            /* wakeAll() */
        :: round < used -> call(round);
#if UNPARK
            atomic {
                for (i : 0 .. N - 1) { asleep[i] = false }
                i = 0
            };
#endif
            round++
        :: round >= used -> break
        od;
#endif
        atomic { round = 0; finished[id] = true }
    :: else
    fi
}

/* Deaths; also the end of them, so that what is still possible is not mistaken for what will help. */
proctype Fate() {
    byte p = 0;
end:
    do
    :: atomic { crashes > 0 ->
        select(p : 0 .. N - 1);
        if
        :: !dead[p] && !finished[p] -> crashes--; dead[p] = true; asleep[p] = false
        :: else
        fi;
        p = 0 }
    :: atomic { crashes > 0 || timeouts > 0 -> crashes = 0; timeouts = 0 }
    od
}

init {
    byte p = 0;
    atomic {
        for (p : 0 .. N - 1) { run Process(p) }
        run Fate();
        p = 0
    };
    /* Nothing moves any more. Who lives and has not returned sleeps, was not signalled, and has nothing to ask for. */
    atomic {
        timeout;
        assert(lock == NOBODY);
        assert(finished[SIGNALLER]);
        for (p : 0 .. WAITERS - 1) {
            if
            :: !finished[p] ->
                assert(!dead[p]);
#if MUT != 3
                assert(asleep[p] && state[mine[p]] == WAITING && owner[mine[p]] == p);
#endif
                assert(released[p] >= given[p])
            :: else
            fi
        }
    };
    /* The sleepers are left where they are. */
end: false
}
