package io.sluice.jmh.crossprocess;

/// One direction between two processes. Each process opens the end that it plays, at most once.
interface Link {
    Sender sender();

    Receiver receiver();
}
