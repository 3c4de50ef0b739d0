/* A barrier: Rendezvous.java, with resets, and deaths at every step.
 *
 * A process that is killed goes on as its own cleaner: the kernel lock on the dead slot admits one at a time, and a
 * cleaner that dies as well is the same as one that starts again. Sleeping is left out: a waiter goes on when its
 * generation has ended (see lock.pml for the event count). So are the places that ends share, and time-outs, which end
 * a generation as a death does.
 *
 *   N         how many parties; process 1 resets before it arrives, the others arrive and, freed by a reset, again
 *   RESETS    how often process 1 resets, at any moment
 *   CRASHES, CLEANERS   how many processes, how many cleaners are killed
 *   MUT       which mistake is made, see README.md
 *
 * All meet once. Where a party died before, and a survivor was told so, process N + 1, which is no party at first,
 * resets the barrier when the dead one's cleaner is done, and takes its place.
 */
#ifndef N
#define N 3
#endif
#ifndef RESETS
#define RESETS 1
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

#define NOT 0
#define TRIPPED 1
#define RESET 2
#define DIED 3

#define P (N + 2)
#define GENERATIONS 12

byte generation = 1;                  /* WORD */
byte arrivals = 0;
bool broken = false;
byte end[GENERATIONS];                /* ends, and none is written over */

bool finished[P];                     /* it has met the others, or it is dead and its cleaner has done its work */
bool kill[P];
bool clean[P];                        /* its cleaner is killed, and another one starts */
bool party[P];                        /* HANDLES: recovery has something to do */
byte crashes = CRASHES;
byte cleaners = CLEANERS;
byte deaths = 0;
bool replaced = false;                /* the barrier is reset after a death, and the dead one has a substitute */

/* For the properties: how many arrivals a generation has seen, and whether all have met. */
byte came[GENERATIONS];
bool met = false;
bool told = false;                    /* a survivor was told of the death, or took away the mark that tells */

/* The exchange fails only if another one has done the same. */
inline advance(g) {
#if MUT == 1
    atomic { if :: generation == g -> generation = g + 1; arrivals = 0; broken = (end[g] != TRIPPED) :: else fi }
#else
    atomic { if :: generation == g -> generation = g + 1; arrivals = 0; broken = (end[g] == DIED) :: else fi }
#endif
}

inline finish(g, how) {
    atomic {
        decided = (end[g] == NOT);
        if
        :: decided ->
            end[g] = how;
            assert(how != TRIPPED || came[g] == N);       /* none is let through before all are there */
            if :: how == TRIPPED -> met = true :: else fi
        :: else
        fi
    };
    advance(g)
}

inline look() {
    atomic { g = generation; a = arrivals; b = broken; repaired = replaced }
}

#if MUT == 1
inline reset() {
    look();
    if :: a > 0 || end[g] != NOT -> finish(g, RESET) :: else fi;
    broken = false
}
#else
inline reset() {
    do
    ::  look();
        if
        :: end[g] != NOT -> advance(g)
        :: else ->
            if
            :: b ->
#if MUT == 3
                broken = false; arrivals = 0; told = true; break  /* a store: it takes away what came meanwhile */
#else
                atomic {
                    if
                    :: generation == g && arrivals == a && broken == b -> broken = false; decided = true; told = true
                    :: else -> decided = false
                    fi
                };
                if :: decided -> break :: else fi
#endif
            :: !b && a == 0 -> break
            :: !b && a > 0 -> finish(g, RESET); if :: decided -> break :: else fi
            fi
        fi
    od
}
#endif

/* Sets `how`: how the generation of the arrival ended; DIED also if the barrier was broken before. */
inline await() {
    do
    ::  look();
        if
        :: end[g] != NOT ->
            advance(g)
        :: else ->
            if
            :: b ->
                assert(deaths > 0 && !repaired);          /* no reset breaks it for one that arrives */
                how = DIED; told = true; break
            :: !b && a >= N -> end[g] != NOT
            :: !b && a < N ->
                atomic {
                    if
                    :: generation == g && arrivals == a && broken == b ->
                        arrivals = a + 1; decided = true; came[g] = came[g] + 1
                    :: else -> decided = false
                    fi
                };
                if
                :: decided && a + 1 == N ->
                    finish(g, TRIPPED);
                    how = end[g]; told = told || how == DIED; break
                :: decided && a + 1 < N ->
#if MUT == 4
                    generation != g; how = (broken -> DIED : TRIPPED); break
#else
                    atomic { end[g] != NOT; how = end[g]; told = told || how == DIED; break }
#endif
                :: !decided
                fi
            fi
        fi
    od
}

/* Arrives until it has met the others. */
inline meet() {
    do
    ::  await();
        if
        :: how == TRIPPED -> break
        :: how == RESET                                   /* freed, and arrives again */
        :: how == DIED -> replaced                        /* and arrives again after the next reset */
        fi
    od;
    atomic { finished[id] = true; party[id] = false }
}

inline recover() {
    if
    :: party[id] ->
        do
        ::  look();
            if
            :: end[g] != NOT -> advance(g)
            :: end[g] == NOT && b -> break
            :: end[g] == NOT && !b ->
                finish(g, DIED)
#if MUT == 2
                ; break                                    /* whoever else has ended this generation */
#endif
            fi
        od;
        atomic { party[id] = false; finished[id] = true }
    :: else -> finished[id] = true
    fi
}

proctype Process(byte id) {
    byte g, a, how;
    bool b, decided, repaired;
    byte resets = 0;
    {
        if
        :: id == 1 ->
            do
            :: resets < RESETS -> reset(); resets++
            :: resets == RESETS -> break
            od
        :: else
        fi;
        meet()
    } unless {
        kill[id]
    };
    if
    :: kill[id] ->
again:  {
            recover()
        } unless {
            clean[id]
        };
        if
        :: clean[id] -> atomic { clean[id] = false; goto again }
        :: else
        fi
    :: else
    fi
}

/* Takes the place of a party that died. */
proctype Substitute(byte id) {
    byte g, a, how;
    bool b, decided, repaired;
    if
    :: told && !met && ((kill[1] && finished[1]) || (kill[2] && finished[2])) ->
        reset();
        atomic { replaced = true; party[id] = true };
        meet()
    :: met
    fi
}

proctype Killer() {
    do
    :: atomic { crashes > 0 && !met && !kill[1] -> kill[1] = true; crashes--; deaths++ }
    :: atomic { crashes > 0 && !met && !kill[2] -> kill[2] = true; crashes--; deaths++ }
    :: atomic { cleaners > 0 && kill[1] && !finished[1] && !clean[1] -> clean[1] = true; cleaners-- }
    :: atomic { cleaners > 0 && kill[2] && !finished[2] && !clean[2] -> clean[2] = true; cleaners-- }
    :: break
    od
}

init {
    byte i;
    atomic {
        for (i : 1 .. N) { party[i] = true };
        for (i : 1 .. N) { run Process(i) };
        run Substitute(N + 1);
        run Killer()
    }
}
