/* Recovery object by object, and the slot that is given back and given out: Registry.java, Region.java, Cleaner.java,
 * ObjectRecovery.java, with deaths and stops at every step.
 *
 * One slot, two objects. In the beginning its first life is dead, and has left something in both. A waiter in each
 * object and a reclaimer clean up; users come into the slot, enter both objects, and leave or die there.
 *
 *   USERS     how many processes come into the slot, one after the other or at once
 *   RECLAIMERS  how many processes give the slot back
 *   CRASHES   how many processes are killed; a killed cleaner is the same as another one that begins again
 *   STOPS     how many cleaners are stopped, and never go on; one that goes on late is any interleaving
 *   MUT       which mistake is made, see README.md
 *
 * A state in which nothing moves must hold up no more than the objects whose place a stopped process has.
 */
#ifndef USERS
#define USERS 1
#endif
#ifndef RECLAIMERS
#define RECLAIMERS 1
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef STOPS
#define STOPS 0
#endif
#ifndef MUT
#define MUT 0
#endif

#define OBJECTS 2
#define NONE 0

byte gen = 1;                          /* LIFE of the slot: generation and whether it is taken, one word */
bool taken = true;
byte byteOf = NONE;                    /* the life whose process holds the slot's byte in .alive */
bool joining;                          /* the byte at 1024 + slot */

byte entry[OBJECTS];                   /* the life that stands in the table */
byte body[OBJECTS];                    /* the life whose things are in the body; words name the slot only */
bool place[OBJECTS];                   /* the lock on the place of the slot */
bool stoppedIn[OBJECTS];
bool acts[OBJECTS];                    /* a cleaner acts in the place */
bool lives[USERS + 2];                 /* whether the process of a life lives */

byte crashes = CRASHES;
byte stops = STOPS;

#if MUT == 4
#define SEEN_ALIVE(e) (taken && gen == (e) && byteOf != NONE)
#else
#define SEEN_ALIVE(e) (taken && gen == (e) && byteOf == (e))
#endif
#define DUE(o) (entry[o] != NONE && !SEEN_ALIVE(entry[o]))

#if MUT == 1                           /* one lock for all objects */
#define FREE_PLACE(o) (!place[0] && !place[1])
#else
#define FREE_PLACE(o) (!place[o])
#endif

/* A cleaner dies or is stopped here, or goes on. */
#define STEP(o) \
    if \
    :: true \
    :: atomic { crashes > 0 -> crashes--; acts[o] = false; place[o] = false }; goto again \
    :: atomic { stops > 0 -> stops--; stoppedIn[o] = true }; goto endStopped \
    fi

/* What ObjectRecovery does for the holder of the place. */
#define RECOVER(o) \
    if \
    :: entry[o] != NONE -> \
        atomic { assert(!acts[o]); assert(!lives[entry[o]]); acts[o] = true; e = entry[o] }; \
        STEP(o); \
        if \
        :: MUT == 3 -> entry[o] = NONE; STEP(o); body[o] = NONE \
        :: else -> atomic { assert(body[o] == NONE || body[o] == e); body[o] = NONE }; STEP(o); entry[o] = NONE \
        fi; \
        acts[o] = false \
    :: else \
    fi

proctype Waiter(byte o) {
    byte e;
again:
endWaiting:
    do
    :: (DUE(o) && FREE_PLACE(o)) ->
        if
        :: atomic { FREE_PLACE(o) -> place[o] = true };
            RECOVER(o);
            place[o] = false
        :: else
        fi
    od;
endStopped:
    false
}

proctype Reclaimer() {
    byte e, g, o;
    bool still;
again:
endReclaiming:
    do
    :: (taken && byteOf == NONE
            && !(DUE(0) && !FREE_PLACE(0)) && !(DUE(1) && !FREE_PLACE(1))) ->
        atomic { e = 0; still = !taken; g = gen };    /* the word, then the lock */
        if
        :: byteOf != NONE -> still = true
        :: else
        fi;
        o = 0;
        do
        :: o < OBJECTS && !still ->
            if
            :: DUE(o) ->
                if
                :: atomic { FREE_PLACE(o) -> place[o] = true };
                    RECOVER(o);
                    place[o] = false
                :: else -> still = true
                fi
            :: else
            fi;
            o++
        :: else -> break
        od;
        if
        :: still
        :: else ->
            if                                         /* RECOVER_OBJECTS_DONE */
            :: true
            :: atomic { crashes > 0 -> crashes--; goto again }
            :: atomic { stops > 0 -> stops--; goto endStopped }
            fi;
            atomic {
                if
                :: MUT == 2 -> assert(!(taken && lives[gen])); taken = false
                :: MUT != 2 && taken && gen == g -> assert(entry[0] != g && entry[1] != g); taken = false
                :: else
                fi
            }
        fi
    od;
endStopped:
    false
}

/* A user dies here, or goes on: the kernel gives back all that it has locked. */
#define MAY_DIE \
    if \
    :: true \
    :: atomic { crashes > 0 -> crashes--; goto dead } \
    fi

proctype User() {
    byte e, me, o;
    bool has[OBJECTS], naming;
again:
endComing:
#if MUT == 4                           /* the byte is taken while the registry names a dead life */
    atomic { (byteOf == NONE && !joining) -> joining = true; naming = true; byteOf = USERS + 9 };
    if
    :: true
    :: atomic { stops > 0 -> stops--; goto endStopped }
    fi;
    if
    :: taken -> atomic { byteOf = NONE; joining = false; naming = false }; goto again
    :: else
    fi;
#else
    atomic { (!taken && !joining) -> joining = true; naming = true };
    MAY_DIE;
    if
    :: taken || byteOf != NONE -> atomic { joining = false; naming = false }; goto again
    :: else
    fi;
#endif
    atomic { me = gen + 1; byteOf = me };
    MAY_DIE;
    atomic { assert(!taken && gen + 1 == me); gen = me; taken = true; lives[me] = true };
    MAY_DIE;
    atomic { joining = false; naming = false };
    o = 0;
    do
    :: o < OBJECTS ->
endEntering:
        atomic {
            (MUT == 5 || FREE_PLACE(o)) ->
            if
            :: MUT != 5 -> place[o] = true; has[o] = true
            :: else
            fi
        };
        MAY_DIE;
        if                             /* nothing of an earlier life stands in an object with a name */
        :: atomic { MUT != 5 -> assert(entry[o] == NONE && body[o] == NONE) }
        :: MUT == 5
        fi;
        entry[o] = me;
        MAY_DIE;
        body[o] = me;
        MAY_DIE;
        o++
    :: else -> break
    od;
    o = 0;
    do
    :: o < OBJECTS ->
        body[o] = NONE;
        MAY_DIE;
        entry[o] = NONE;
        MAY_DIE;
        if
        :: has[o] -> atomic { place[o] = false; has[o] = false }
        :: else
        fi;
        o++
    :: else -> break
    od;
    taken = false;
    MAY_DIE;
dead:
    atomic {
        if
        :: has[0] -> place[0] = false
        :: else
        fi;
        if
        :: has[1] -> place[1] = false
        :: else
        fi;
        if
        :: naming -> joining = false
        :: else
        fi;
        if
        :: me != NONE && byteOf == me -> byteOf = NONE
        :: else
        fi;
        lives[me] = false
    }
#if MUT == 4
    goto endDone;
endStopped:
    false;
endDone:
    skip
#endif
}

/* When nothing moves any more, nothing is left that could be done. */
proctype Watch() {
    byte o;
    timeout;
    atomic {
        o = 0;
        do
        :: o < OBJECTS ->
            assert(entry[o] == NONE || lives[entry[o]] || stoppedIn[o]);
            o++
        :: else -> break
        od
    }
}

init {
    byte i;
    atomic {
        entry[0] = 1; entry[1] = 1;
        body[0] = 1; body[1] = 1;
        run Waiter(0); run Waiter(1);
        i = 0;
        do
        :: i < RECLAIMERS -> run Reclaimer(); i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < USERS -> run User(); i++
        :: else -> break
        od;
        run Watch()
    }
}
