/* Messages that come back: Front.java, ManyConsumer.java, Ring.giveBack and RingRecovery, with deaths at every step.
 *
 * All messages are committed at the beginning. Takers take, and acknowledge or give back, in any way. A process may have
 * two threads, which share what it knows. A process that is killed goes on as its own cleaner; a killed cleaner starts
 * again. When all are quiet, a process that knows what it knew long ago takes what is left: it must find everything.
 *
 *   N         how many processes take
 *   THREADS   how many threads of process 1 take
 *   MESSAGES  how many there are
 *   RETURNS   how often messages are given back, all in all
 *   CRASHES, CLEANERS   how many processes, how many cleaners are killed
 *   BITS      if not 0, the count of returns has only so many bits
 *   MUT       which mistake is made, see README.md
 */
#ifndef N
#define N 2
#endif
#ifndef THREADS
#define THREADS 1
#endif
#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef RETURNS
#define RETURNS 2
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef CLEANERS
#define CLEANERS 0
#endif
#ifndef BITS
#define BITS 0
#endif
#ifndef MUT
#define MUT 0
#endif

#define COMMITTED 1
#define TAKEN 2
#define RETURNED 3
#define RELEASED 4

#define NONE MESSAGES
#define RUNNERS (N + THREADS - 1)
#define OWNER(t) (t > N -> 1 : t)          /* threads beyond N belong to process 1 */

typedef Word {
    byte state;
    byte owner;
}
Word word[MESSAGES];
byte returns = 0;                          /* shared */
byte head = 0;

byte reached[N + 1];                       /* what each process knows */
byte released[N + 1];
byte settled[N + 1];

byte returnsLeft = RETURNS;
byte crashes = CRASHES;
byte cleaners = CLEANERS;
bool dead[N + 1];
bool cleaning[N + 1];
bool killed[N + 1];
byte running[N + 1];                       /* threads that have not ended */

#if BITS > 0
#define PLUS_ONE(c) ((c + 1) % (1 << BITS))
#else
#define PLUS_ONE(c) (c + 1)
#endif

/* Front.find: the first message that can be taken, in `at`; NONE if there is none. */
inline find(me) {
    atomic { seen = returns; searches = (seen != settled[me]) };
    if
    :: searches -> at = released[me]
    :: else -> atomic { at = (reached[me] > head -> reached[me] : head) }
    fi;
    allReleased = searches;
    do
    :: at == MESSAGES ->                   /* free: nobody has claimed it */
        if
        :: at > reached[me] -> reached[me] = at
        :: else
        fi;
        if
        :: searches && allReleased -> released[me] = at
        :: else
        fi;
        if
        :: searches -> settled[me] = seen
        :: else
        fi;
        break
    :: else ->
        state = word[at].state;
        if
        :: allReleased && state != RELEASED -> atomic { allReleased = false; released[me] = at }
        :: else
        fi;
        if
        :: state == COMMITTED ->
            if
            :: at > reached[me] -> reached[me] = at
            :: else
            fi;
            if
            :: searches -> settled[me] = seen
            :: else
            fi;
            break
        :: state == RETURNED ->
#if MUT == 2
            settled[me] = seen;
#endif
            break
        :: state == TAKEN || state == RELEASED -> at++
        fi
    od
}

/* ManyConsumer.take: the message in `at`, or NONE. */
inline take(me) {
    do
    :: find(me);
        if
        :: at == NONE -> break
        :: else
        fi;
        if
        :: state == COMMITTED && nondet -> atomic { head = (at > head -> at : head) }
        :: else
        fi;
        atomic {
            if
            :: word[at].state == state -> word[at].state = TAKEN; word[at].owner = me; taken = true
            :: else
            fi
        };
        if
        :: taken ->
            taken = false;
            if
            :: state == COMMITTED -> reached[me] = at + 1
            :: else
            fi;
            break
        :: else
        fi
    od
}

inline giveBack(me) {
#if MUT == 1
    atomic { returns = PLUS_ONE(returns) };
    word[at].state = RETURNED
#else
    word[at].state = RETURNED;
    atomic { returns = PLUS_ONE(returns) }
#endif
}

inline clear() {
    atomic { at = 0; seen = 0; state = 0; searches = false; allReleased = false; taken = false }
}

proctype Taker(byte thread) {
    byte me = OWNER(thread);
    byte at = 0;
    byte seen = 0;
    byte state = 0;
    bool searches = false;
    bool allReleased = false;
    bool taken = false;
    bool nondet = true;

    {
        goto again;
again:
        take(me);
        if
        :: at == NONE -> goto over
        :: else
        fi;
        if
        :: atomic { returnsLeft > 0 -> returnsLeft-- };
            giveBack(me)
        :: word[at].state = RELEASED
        fi;
        clear();
        if
        :: goto again
        :: goto over                       /* sleeps, with what it knows */
        fi;
over:
        atomic { clear(); running[me]-- }
    } unless { dead[me] };

    /* The first thread of a dead process goes on as its cleaner, when the others have stopped. */
    if
    :: atomic { dead[me] -> clear(); nondet = false };
        if
        :: thread != me -> atomic { running[me] = (running[me] > 0 -> running[me] - 1 : 0); goto end_ }
        :: else
        fi;
        atomic { cleaning[me] = true };
clean:
        {
            do
            :: at == MESSAGES -> break
            :: else ->
                state = word[at].state;
                if
                :: word[at].owner == me && state == TAKEN -> word[at].state = RETURNED; taken = true
                :: word[at].owner == me && state == RETURNED ->
#if MUT != 3
                    taken = true
#else
                    skip
#endif
                :: else
                fi;
                at++
            od;
            if
            :: taken -> atomic { returns = PLUS_ONE(returns) }
            :: else
            fi;
            atomic { clear(); cleaning[me] = false; running[me] = 0 }
        } unless { atomic { killed[me] -> killed[me] = false; clear() } };
        if
        :: cleaning[me] -> goto clean
        :: else
        fi
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
        :: !dead[p] && running[p] > 0 -> crashes--; dead[p] = true
        :: else
        fi;
        p = 0 }
    :: atomic { cleaners > 0 ->
        select(p : 1 .. N);
        if
        :: cleaning[p] && !killed[p] -> killed[p] = true; cleaners--
        :: else
        fi;
        p = 0 }
    :: atomic { crashes > 0 || cleaners > 0 -> crashes = 0; cleaners = 0 }
    od
}

#if N > 2
#define QUIET (running[1] == 0 && running[2] == 0 && running[3] == 0)
#else
#define QUIET (running[1] == 0 && running[N] == 0)
#endif

init {
    byte me = 1;
    byte at = 0;
    byte seen = 0;
    byte state = 0;
    bool searches = false;
    bool allReleased = false;
    bool taken = false;
    bool nondet = false;
    atomic {
        for (at : 0 .. MESSAGES - 1) { word[at].state = COMMITTED }
        for (at : 1 .. RUNNERS) { running[OWNER(at)]++; run Taker(at) }
        run Fate();
        at = 0
    };
    QUIET;
    /* Any process that lives takes what is left. */
    atomic {
        select(me : 1 .. N);
        do
        :: take(me);
            if
            :: at == NONE -> break
            :: else -> word[at].state = RELEASED
            fi
        od;
        for (at : 0 .. MESSAGES - 1) { assert(word[at].state == RELEASED) }
    }
}
