package io.sluice.core.ring;

/// What happens to a consumer of a broadcast that falls a whole ring behind; its own choice when it subscribes.
public enum SlowConsumer {
    /// The producer waits for it; nothing is lost.
    BLOCK(1),
    /// The producer goes on; the consumer loses what was overwritten, and is told how much.
    DROP(2);

    private final int code;

    SlowConsumer(int code) {
        this.code = code;
    }

    /// The number that stands for it in shared memory and in the parameters of an object.
    ///
    /// @return 1 and up, the same in every release
    public int code() {
        return code;
    }
}
