/* The bias of one end of a ring towards one thread: Bias.java with TakeBias, with a store buffer and deaths.
 *
 * All messages are pending at the beginning, and the first process has the bias. It takes them without an exchange. The
 * others revoke the bias, each by itself, and then take by an exchange of the word. The stores of the holder wait in a
 * buffer, in their order, until they leave it at any time, or at a heavy fence, or before an exchange of its own. The
 * holder may be killed at each step; then its stores leave the buffer, and its cleaner recovers. A revoker may stop for
 * good at each step before it takes.
 *
 *   MESSAGES  how many there are
 *   OTHERS    how many processes come after the holder
 *   CRASHES   whether the holder may be killed
 *   STOPS     how many revokers may stop for good
 *   MUT       which mistake is made, see README.md
 */
#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef OTHERS
#define OTHERS 2
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

#define PENDING 0
#define TAKEN 1
#define RELEASED 2
#define RETURNED 3

#define FREE 0
#define HELD 1
#define REVOKED 2
#define SHARED 3

#define OPEN 0
#define SETTLED 255

#define HOLDER 0

byte word[MESSAGES];
byte owner[MESSAGES];
byte bias = HELD;
byte at = 0;                               /* 1 + a position */
byte lent = OPEN;                          /* or SETTLED, or 1 + a position */

byte works[MESSAGES];                      /* how many live processes work on the message */
byte ended[MESSAGES];                      /* how often it was worked on to the end */
byte holderAt = MESSAGES;                  /* the message that the holder works on */
bool killed = false;
bool stopping = false;                     /* the next revoker that moves stops instead */
byte stops = STOPS;
byte quiet = 0;                            /* processes that have ended or stopped */

/* The stores of the holder on their way to memory, oldest first. */
#define NONE 0
#define AT(p) (1 + p)
#define RELEASE(p) (100 + p)
byte older = NONE;
byte newer = NONE;

inline leave(what) {
    if
    :: what == NONE
    :: what >= 100 -> word[what - 100] = RELEASED
    :: what > NONE && what < 100 -> at = what
    fi
}

inline fence() {
    atomic { leave(older); leave(newer); older = NONE; newer = NONE }
}

inline store(what) {
    atomic {
        if
        :: older == NONE -> older = what
        :: older != NONE && newer == NONE -> newer = what
        :: older != NONE && newer != NONE -> leave(older); older = newer; newer = what
        fi
    }
}

active proctype Buffer() {
end:
    do
    :: atomic { older != NONE -> leave(older); older = newer; newer = NONE }
    od
}

active proctype Killer() {
end:
    if
    :: atomic { CRASHES > 0 && !killed -> killed = true }
    fi
}

active proctype Stopper() {
end:
    do
    :: atomic { stops > 0 && !stopping -> stopping = true; stops-- }
    od
}

/* Bias.revoke, of any process. */
inline revoke() {
    atomic {
        if
        :: bias == HELD -> bias = REVOKED
        :: else
        fi
    };
    if
    :: bias == REVOKED ->
#if MUT != 1
        fence();
#endif
        decided = lent;
        if
        :: decided == OPEN ->
            stood = at;
            if
            :: stood == 0 -> decided = SETTLED
            :: else ->
                if
                :: word[stood - 1] == PENDING && MUT != 4 -> decided = stood
                :: else -> decided = SETTLED
                fi
            fi;
            atomic {
                if
                :: lent == OPEN -> lent = decided
                :: else
                fi
            };
            decided = lent
        :: else
        fi;
        if
        :: decided != SETTLED ->
            atomic {
                if
                :: word[decided - 1] == PENDING && MUT != 5 ->
                    word[decided - 1] = TAKEN;
                    owner[decided - 1] = HOLDER
                :: else
                fi
            }
        :: else
        fi;
        atomic {
            if
            :: bias == REVOKED -> bias = SHARED
            :: else
            fi
        }
    :: else
    fi
}

/* Takes what is pending by an exchange of the word; the bias is shared, or free without a holder. */
inline takeAll(me) {
    p = 0;
    do
    :: p == MESSAGES -> break
    :: p < MESSAGES ->
        taken = false;
        atomic {
            if
            :: word[p] == PENDING || word[p] == RETURNED ->
                word[p] = TAKEN;
                owner[p] = me;
                taken = true;
                works[p]++;
                assert(works[p] == 1);
                if
                :: me == HOLDER -> holderAt = p
                :: else
                fi
            :: else
            fi
        };
        if
        :: taken ->
            atomic {
                works[p]--;
                ended[p]++;
                assert(ended[p] == 1);
                word[p] = RELEASED;
                if
                :: me == HOLDER -> holderAt = MESSAGES
                :: else
                fi
            }
        :: else
        fi;
        p++
    od
}

active proctype Holder() {
    byte p = 0, decided, stood;
    bool taken, own;
    {
        do
        :: p == MESSAGES -> break
        :: p < MESSAGES && word[p] != PENDING -> p++      /* another process has it; the bias is shared */
        :: p < MESSAGES && word[p] == PENDING ->
            store(AT(p));
            own = (bias == HELD || MUT == 2);
            if
            :: own
            :: !own ->
                fence();                                  /* that of the exchange */
                atomic {
                    if
                    :: lent == OPEN && MUT != 3 -> lent = SETTLED
                    :: else
                    fi
                };
                own = (lent == AT(p))
            fi;
            if
            :: own ->
                atomic { holderAt = p; works[p]++; assert(works[p] == 1) };
                atomic {
                    works[p]--;
                    ended[p]++;
                    assert(ended[p] == 1);
                    holderAt = MESSAGES;
                    store(RELEASE(p))
                };
                p++
            :: !own -> break
            fi
        od;
        fence();
        if
        :: p < MESSAGES -> revoke(); takeAll(HOLDER)
        :: else
        fi
    } unless { killed };
    if
    :: killed ->
        fence();
        atomic {
            if
            :: holderAt < MESSAGES -> works[holderAt]--
            :: else
            fi
        };
        /* Bias.recover and RingRecovery. What it worked on without a mark is still there. */
        atomic {
            if
            :: bias == HELD -> bias = FREE
            :: else
            fi
        };
        if
        :: bias == REVOKED -> revoke()
        :: else
        fi;
        p = 0;
        do
        :: p == MESSAGES -> break
        :: p < MESSAGES ->
            atomic {
                if
                :: word[p] == TAKEN && owner[p] == HOLDER -> word[p] = (MUT == 6 -> PENDING : RETURNED)
                :: else
                fi
            };
            p++
        od
    :: else
    fi;
    quiet++
}

/* One that comes later. With a bias that is free it would get it; here it shares, which is harder. */
active [OTHERS] proctype Other() {
    byte p = 0, decided, stood;
    bool taken;
    {
        revoke();
        atomic {
            if
            :: bias == FREE -> bias = SHARED
            :: else
            fi
        }
    } unless { atomic { stopping -> stopping = false; goto stopped } };
    takeAll(_pid);
stopped:
    quiet++
}

/* The last one finds what is left, and nothing is. */
active proctype Last() {
    byte p = 0, decided, stood;
    bool taken;
    quiet == OTHERS + 1;
    revoke();
    takeAll(_pid);
    p = 0;
    do
    :: p == MESSAGES -> break
    :: else -> assert(ended[p] == 1); p++
    od
}
