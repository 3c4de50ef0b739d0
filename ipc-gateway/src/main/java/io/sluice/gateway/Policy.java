package io.sluice.gateway;

/// What an end does while the messages have nowhere to go.
enum Policy {
    /// It waits. At the sending end the local object fills up, and its producers wait or are refused; at the receiving
    /// end Aeron's flow control stops the sender. Nothing is lost.
    BLOCK,
    /// It drops messages and counts them. A sending end that drops does not resend either: what the network loses is
    /// counted by the receiving end.
    DROP
}
