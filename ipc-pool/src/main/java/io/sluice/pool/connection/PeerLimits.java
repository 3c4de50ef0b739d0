package io.sluice.pool.connection;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// How many peers a listener deals with: those that authenticate, and those that have.
///
/// Peers without a key cannot keep others out: when too many authenticate at the same time, the one that began first
/// is given up. An honest client needs some milliseconds, so it is the last to be hit.
///
/// - **Threads:** any.
final class PeerLimits {
    /// The most peers that authenticate at the same time.
    static final int MOST_PENDING = 128;

    private final int mostConnections;
    private final LinkedHashSet<SocketStream> pending = new LinkedHashSet<>();
    private final Set<SocketStream> connected = new HashSet<>();
    private boolean ended;

    PeerLimits(int mostConnections) {
        this.mostConnections = mostConnections;
    }

    /// Counts a peer that begins to authenticate.
    ///
    /// @return what must be closed: an older peer, or this one after the end; or null
    synchronized SocketStream begin(SocketStream peer) {
        if (ended) {
            return peer;
        }
        pending.add(peer);
        return pending.size() > MOST_PENDING ? pending.removeFirst() : null;
    }

    /// Gives up the peer that has been authenticating for the longest time; null if there is none.
    synchronized SocketStream giveUpOldest() {
        return pending.isEmpty() ? null : pending.removeFirst();
    }

    /// Counts a peer that has authenticated as a connection, if there is room and it was not given up.
    synchronized boolean admit(SocketStream peer) {
        if (ended || connected.size() >= mostConnections || !pending.remove(peer)) {
            return false;
        }
        connected.add(peer);
        return true;
    }

    /// A peer no longer counts.
    synchronized void leave(SocketStream peer) {
        pending.remove(peer);
        connected.remove(peer);
    }

    /// Admits no more. @return the peers that authenticate now, to be closed
    synchronized List<SocketStream> end() {
        ended = true;
        List<SocketStream> all = new ArrayList<>(pending);
        pending.clear();
        return all;
    }
}
