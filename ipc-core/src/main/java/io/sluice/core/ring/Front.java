package io.sluice.core.ring;

/// Where the messages begin that can be taken, as one process knows it: the same for all that take and all that look.
///
/// - **Threads:** any number, without ordering between them.
/// - **Allocation:** none.
final class Front {
    /*
     * Three facts, each of which stays true once it is:
     *
     *   reached    some taker has gone past everything before this position: it is TAKEN, RETURNED, DONE or released,
     *              or a thread of this process works on it without a mark in the word, see TakeBias
     *   released   everything before this position has been released
     *   settled    of the messages that came back, as Ring.returns() counts them, none of the first `settled` is still
     *              RETURNED for that time
     *
     * So threads may store and read them in any order: an old value is as true as a new one, and costs a longer walk.
     *
     * While `settled` equals the count of returns, a walk begins where this process has been, or at the head.
     * Otherwise it begins where not everything is released, and so meets every message that came back. The walk settles
     * the count that was read before it as soon as it meets a word that no taker has gone past: one that is free,
     * CLAIMED or COMMITTED. All records behind that word have never been taken, and it has read no RETURNED before it.
     * The word RETURNED is written before it is counted, so a return that was counted before the walk was either seen
     * by it or was taken again meanwhile; if it comes back once more, it has a higher number. The count has 64 bits
     * and never wraps.
     *
     * So a process that did nothing for any time compares two counts that differ if anything came back meanwhile. A
     * process that was stopped in the middle of a walk stores facts that were true when it read them, and are still.
     */
    private final Ring ring;
    private long reached;
    private long released;
    private long settled;

    Front(Ring ring) {
        this.ring = ring;
    }

    /// The first record that a taker has something to do with.
    ///
    /// @param abortedToo whether that includes records that were aborted and have to be released
    /// @return its position, or -1 if nothing is there to be taken
    long find(boolean abortedToo) {
        long returns = ring.returns();       // before the words
        boolean searches = returns != settled;
        long position = searches ? Math.max(released, ring.oldest()) : Math.max(reached, ring.head());
        boolean allReleased = searches;
        boolean skipped = false;
        for (;;) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            if (allReleased && seen != Ring.RELEASED) {
                allReleased = false;
                released = position;
            }
            switch (seen) {
                case SlotWord.FREE, SlotWord.CLAIMED, SlotWord.COMMITTED -> {
                    if (!skipped && position > reached) {
                        reached = position;
                    }
                    if (searches) {
                        settled = returns;
                    }
                    return seen == SlotWord.COMMITTED ? position : Ring.NONE;
                }
                case SlotWord.RETURNED -> {
                    return position;
                }
                case Ring.RELEASED -> position++;
                case Ring.OTHER -> {
                    long oldest = ring.oldest();
                    if (position < oldest) {
                        position = oldest;           // released and claimed again; the head lags
                        allReleased = searches;
                    } else if (SlotWord.turnsAhead(word, ring.turn(position)) < 0) {
                        if (searches) {
                            settled = returns;       // still in use by the last turn, so not claimed
                        }
                        return Ring.NONE;
                    } else if (ring.word(position) == word) {
                        throw ring.corrupt(position);
                    }
                }
                case SlotWord.ABORTED -> {
                    if (abortedToo) {
                        return position;
                    }
                    skipped = true;                  // a taker has to come by and release it
                    position += SlotWord.slots(word);
                }
                default -> position += SlotWord.slots(word);         // taken, or being released
            }
        }
    }

    /// Where a thread that takes alone goes on, if no message came back since this process looked.
    ///
    /// @return a position at or before the first record that no taker has gone past; -1 if [#find] has to look
    long next() {
        return ring.returns() == settled ? Math.max(reached, ring.head()) : Ring.NONE;
    }

    /// The first message at or after a position where a record begins.
    ///
    /// @return its position, or -1 if none is there to be taken
    long findFrom(long from) {
        long position = Math.max(from, released);
        for (;;) {
            long word = ring.word(position);
            switch (ring.seen(position, word)) {
                case SlotWord.FREE, SlotWord.CLAIMED -> {
                    return Ring.NONE;
                }
                case SlotWord.COMMITTED, SlotWord.RETURNED -> {
                    return position;
                }
                case Ring.RELEASED -> position++;
                case Ring.OTHER -> {
                    long oldest = ring.oldest();
                    if (oldest <= position) {
                        return Ring.NONE;
                    }
                    position = oldest;
                }
                default -> position += SlotWord.slots(word);
            }
        }
    }

    /// Notes that a message was taken that no consumer had taken before.
    void pass(long next) {
        reached = next;
    }
}
