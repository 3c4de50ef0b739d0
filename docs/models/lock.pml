/* The lock of Mutex.java on the event count of EventCount.java, with deaths at every step.
 *
 * Each process has one thread. A process that is killed goes on as whoever cleans up after it: the kernel lock on the
 * dead slot admits one cleaner at a time, and a cleaner that dies as well is the same as one that starts again.
 *
 *   ROUNDS    how often each process takes the lock, or tries to
 *   CRASHES   how many processes are killed; CLEANERS: how many cleaners are
 *   GIVEUPS   how many times somebody gives up waiting: a time-out, an interrupt, or his handle was closed
 *   HEIRS     the last so many processes may become the heir
 *   SLICE     1: sleeps end by themselves, and who wakes looks for the dead. 0: only a call ends a sleep
 *   JANITOR   1: without slices, somebody else looks for the dead
 *   VICTIMS   0: whoever, at any step; 1: only those who wait; 2: only who holds the lock
 *   POLICY    0: REPAIR, 1: POISON
 *   LATE      1: there is one more process, which has stored FREE some time ago and is about to call signalOne();
 *             process 0 is the first to take the lock since then
 *   UNPARK    1: recovery calls the kernel in any case, and not only where the event count is marked
 *   MUT       which mistake is made, see README.md
 *
 * A slice ends only where the one who wakes would find something to do; so a state in which nothing moves is one in
 * which somebody sleeps for ever, or wakes for ever for nothing, and Spin reports it as an invalid end state.
 */
#ifndef N
#define N 3
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
#ifndef GIVEUPS
#define GIVEUPS 0
#endif
#ifndef HEIRS
#define HEIRS N
#endif
#ifndef SLICE
#define SLICE 1
#endif
#ifndef JANITOR
#define JANITOR 0
#endif
#ifndef VICTIMS
#define VICTIMS 0
#endif
#ifndef POLICY
#define POLICY 0
#endif
#ifndef LATE
#define LATE 0
#endif
#ifndef UNPARK
#define UNPARK 0
#endif
#ifndef MUT
#define MUT 0
#endif

/* The word. A poisoned word names the dead for people only, so one value stands for all. */
#define FREE 0
#define PROMISED 1
#define POISONED 2
#define BY(p) (3 + (p))
#define HELD (word >= 3)

/* What is waited for: Mutex.free, freeOrPromised, notPromised. */
#define FOR_FREE 0
#define FOR_PROMISE 1
#define FOR_END_OF_PROMISE 2
#define MET (goal == FOR_END_OF_PROMISE -> word != PROMISED : \
        (word == FREE || word == POISONED || (goal == FOR_PROMISE && word == PROMISED)))

/* Shared memory. */
byte word = FREE;
byte heir = 0;                        /* 0: none, else the process + 1 */
byte events = 0;                      /* the event count: bit 0 and the number of calls */

/* The kernel: who sleeps on the event count, who was killed, and of whom that was noticed and dealt with. */
bool asleep[N];
bool dead[N];
bool finished[N];
byte crashes = CRASHES;
byte cleaners = CLEANERS;
byte giveUps = GIVEUPS;

/* What the lock guards, for the properties. */
byte inside = 0;                      /* how many are between lock and unlock, and live */
bool in[N];
bool dirty = false;                   /* half a change: who sees it must have been told */
bool waits[N];

inline unparkAll() {
    for (i : 0 .. N - 1) { asleep[i] = false }
    i = 0
}

/* EventCount.signal() */
inline signal() {
    e = events;
    do
    :: (e & 1) ->
        if
        :: atomic { events == e -> events = e + 1; e = 0 } ; atomic { unparkAll() } break
        :: atomic { events != e ->
#if MUT == 8
            e = 0; break              /* taken for one that wakes everybody, but it may have been signalOne() */
#else
            e = events
#endif
            }
        fi
    :: else -> break
    od;
    e = 0
}

/* EventCount.signalOne() */
inline signalOne() {
    e = events;
    if
    :: (e & 1) ->
        atomic {
            if
#if MUT == 4
            :: events == e -> events = e + 1; e = e + 1
#else
            :: events == e -> events = e + 2; e = e + 2
#endif
            :: else -> e = 0
            fi
        };
        if
        :: e != 0 ->
            atomic {
                if
                :: asleep[0] -> asleep[0] = false; e = 0
                :: asleep[1] -> asleep[1] = false; e = 0
#if N > 2
                :: asleep[2] -> asleep[2] = false; e = 0
#endif
#if N > 3
                :: asleep[3] -> asleep[3] = false; e = 0
#endif
                :: else
                fi
            };
            if
            :: e != 0 ->
                atomic {
                    if
                    :: events == e && (e & 1) -> events = e + 1
                    :: else -> e = 0
                    fi
                };
#if MUT != 3
                if
                :: e != 0 -> atomic { unparkAll() }
                :: else
                fi
#endif
            :: else
            fi
        :: else
        fi
    :: else
    fi;
    e = 0
}

/* Mutex.breakPromise() */
inline breakPromise() {
    if
    :: word == PROMISED ->
        if
        :: heir == 0 -> atomic { if :: word == PROMISED -> word = FREE :: else fi }
        :: else
        fi
    :: else
    fi
}

/* Mutex.renounce(): nobody else writes it while it names a living one, so look and exchange are one step. */
inline renounce() {
    atomic { if :: heir == id + 1 -> heir = 0 :: else fi; mine = false }
}

/* Mutex.release() */
inline release() {
    promised = (heir != 0);
    if
    :: promised ->
        atomic { assert(word == BY(id)); word = PROMISED; inside--; in[id] = false; promised = false };
#if MUT != 6
        breakPromise();
#endif
        signal()
    :: else ->
        atomic { assert(word == BY(id)); word = FREE; inside--; in[id] = false };
        signalOne()
    fi
}

#define ENTER inside++; in[id] = true; waits[id] = false; assert(inside == 1)

proctype Process(byte id) {
    byte round = 0;
    byte e = 0;
    byte announced = 0;
    byte goal = FOR_FREE;
    byte i = 0;
    bool mine = false;                /* compete(): heir */
    bool over = false;                /* the deadline has passed */
    bool told = false;
    bool promised = false;

    {
#if LATE
        (id == 0 || in[0] || finished[0]);
#endif
        goto again;
again:
        waits[id] = true;
compete:
        atomic {
            if
            :: word == POISONED ->
#if POLICY == 0
                word = BY(id); ENTER; goto repair
#else
                told = true; goto giveUp
#endif
            :: word == FREE || (word == PROMISED && mine) -> word = BY(id); ENTER; goto taken
            :: word == PROMISED && !mine -> goal = FOR_END_OF_PROMISE
            :: HELD -> goal = (mine -> FOR_PROMISE : FOR_FREE)
            fi
        };
        if
        :: id + HEIRS >= N && !mine && goal == FOR_FREE && heir == 0 ->
            atomic { if :: heir == 0 -> heir = id + 1; mine = true; goal = FOR_PROMISE :: else fi }
        :: goto wait
        fi;
wait:   /* Waiter.sleepUntil() */
        atomic { events = events | 1; announced = events };
        if
        :: MET -> goto compete
        :: else
        fi;
        if
        :: over -> over = false; goto giveUp
        :: !over
        fi;
        atomic {
            if
            :: events == announced -> asleep[id] = true
            :: else
            fi;
            announced = 0
        };
        if
        :: atomic { !asleep[id] -> if :: MET -> goto compete :: else -> goto wait fi }
        :: atomic { asleep[id] && giveUps > 0 -> giveUps--; asleep[id] = false; over = true; goto wait }
        :: atomic { !asleep[id] && giveUps > 0 -> giveUps--; goto giveUp }       /* closed */
        :: atomic { SLICE && asleep[id] && MET -> asleep[id] = false; goto compete }
        :: atomic { SLICE && asleep[id] && !MET && word == PROMISED && goal == FOR_FREE ->
            asleep[id] = false; goto compete }
        :: atomic { SLICE && asleep[id] && word == PROMISED && goal == FOR_END_OF_PROMISE ->
            /* isPromisedTooLong() and the take that follows */
            asleep[id] = false; word = BY(id); ENTER; goto taken }
        fi;
repair:
        skip;                         /* work.run() */
        dirty = false;
#if MUT != 9
        if
        :: mine -> renounce()
        :: else
        fi;
#endif
        goto inside_;
taken:
        if
        :: mine -> renounce()
        :: else
        fi;
inside_:
        atomic { over = false; goal = FOR_FREE; assert(!dirty); dirty = true };
        dirty = false;
        release();
        goto next;
giveUp:
        renounce();
        breakPromise();
#if MUT != 5
        if
        :: !HELD -> signal()
        :: else
        fi;
#endif
        atomic { over = false; goal = FOR_FREE; waits[id] = false };
        if
        :: told ->
            atomic { told = false;
                if
                :: word == POISONED -> word = BY(id); ENTER      /* Mutex.recover(work) */
                :: goto next
                fi
            };
            dirty = false;
            release()
        :: else
        fi;
next:
        round++;
        if
        :: round < ROUNDS -> goto again
        :: else
        fi;
        atomic { finished[id] = true; round = 0 }
    } unless { dead[id] };

    if
    :: atomic { dead[id] ->
        round = 0; e = 0; announced = 0; goal = 0; i = 0; mine = false; over = false; told = false; promised = false
        }
        if
        :: SLICE || JANITOR
        :: !SLICE && !JANITOR -> finished[id] = true; goto gone       /* nobody looks */
        fi;
clean:  /* Mutex.recover(address, ...) */
        e = 0; i = 0;
        if
        :: atomic { word == BY(id) ->
#if MUT == 7
            word = FREE
#else
            word = POISONED
#endif
            }
        :: word != BY(id)
        fi;
        if
        :: atomic { cleaners > 0 -> cleaners--; goto clean }
        :: skip
        fi;
#if MUT != 2
        atomic { if :: heir == id + 1 -> heir = 0 :: else fi };
        if
        :: atomic { cleaners > 0 -> cleaners--; goto clean }
        :: skip
        fi;
        breakPromise();
#endif
        if
        :: atomic { cleaners > 0 -> cleaners--; goto clean }
        :: skip
        fi;
#if MUT != 1
        signal();
#endif
#if UNPARK
        atomic { unparkAll() };
#endif
        finished[id] = true
    :: else
    fi;
gone:
    skip
}

#if LATE
proctype Late() {
    byte e = 0;
    byte i = 0;
    signalOne()
}
#endif

/* Deaths; also the end of them, so that what is still possible is not mistaken for what will help. */
proctype Fate() {
    byte p = 0;
end:
    do
    :: atomic { crashes > 0 ->
        select(p : 0 .. N - 1);
        if
        :: !dead[p] && !finished[p] && (VICTIMS == 0 || (VICTIMS == 1 && waits[p]) || (VICTIMS == 2 && in[p])) ->
            crashes--; dead[p] = true; asleep[p] = false; waits[p] = false;
            if
            :: in[p] -> in[p] = false; inside--
            :: else
            fi
        :: else
        fi;
        p = 0 }
    :: atomic { crashes > 0 || giveUps > 0 -> crashes = 0; giveUps = 0 }
    od
}

#if N == 4
#define QUIET (finished[0] && finished[1] && finished[2] && finished[3])
#elif N == 3
#define QUIET (finished[0] && finished[1] && finished[2])
#else
#define QUIET (finished[0] && finished[1])
#endif

init {
    atomic { run Process(0); run Process(1);
#if N > 2
        run Process(2);
#endif
#if N > 3
        run Process(3);
#endif
#if LATE
        run Late();
#endif
        run Fate()
    };
    /* Everybody has gone: the lock is free or poisoned, and not kept for somebody who is not there. */
    atomic { QUIET -> assert(heir == 0); assert(word == FREE || word == POISONED);
        assert(!dirty || word == POISONED) }
}
