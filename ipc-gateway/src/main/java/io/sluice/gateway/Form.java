package io.sluice.gateway;

import io.sluice.core.ring.RingOptions;
import io.sluice.shm.object.Kind;

/// How the messages of an object lie in its ring, and what must fit at both ends.
enum Form {
    /// As they are; none is longer than the ring takes.
    RING(1, "ring"),
    /// One slot for each element; a longer one lies in a file of its own. The type counts deliveries, which are a local
    /// affair.
    ELEMENTS(2, "queue"),
    /// As they are; a message that the ring does not take lies in a file of its own, as its type says.
    PIPE(3, "pipe");

    private final int code;
    private final String text;

    Form(int code, String text) {
        this.code = code;
        this.text = text;
    }

    static Form of(Kind kind, String object) {
        return switch (kind) {
            case RING -> RING;
            case QUEUE, TASK_QUEUE -> ELEMENTS;
            case PIPE -> PIPE;
            default -> throw new GatewayException(
                    "'%s' is of the kind %s; a gateway carries rings, broadcasts, queues, task queues and pipes"
                            .formatted(object, kind));
        };
    }

    /// The number that stands for it in a frame; the same in every release.
    int code() {
        return code;
    }

    /// Name of the form with a code, for messages.
    static String name(int code) {
        for (Form form : values()) {
            if (form.code == code) {
                return form.text;
            }
        }
        return "an object of kind " + code;
    }

    /// Whether a message with that type lies in a file, and the ring holds its length.
    boolean isInFile(int type) {
        return switch (this) {
            case RING -> false;
            case ELEMENTS -> Kind.QUEUE.isInFile(type);
            case PIPE -> Kind.PIPE.isInFile(type);
        };
    }

    /// The type that travels.
    int plainType(int type) {
        return switch (this) {
            case RING -> type;
            case ELEMENTS -> 0;
            case PIPE -> type & ~Kind.PIPE_IN_FILE;
        };
    }

    /// The type of a message that lies in a file.
    int typeInFile(int plainType) {
        return plainType | (this == ELEMENTS ? Kind.ELEMENT_IN_FILE : Kind.PIPE_IN_FILE);
    }

    /// The longest message that lies in the ring itself, in bytes.
    int mostInRing(RingOptions options) {
        return this == ELEMENTS ? options.slotBytes() - RingOptions.HEADER_BYTES : options.maxMessageBytes();
    }

    @Override
    public String toString() {
        return text;
    }
}
