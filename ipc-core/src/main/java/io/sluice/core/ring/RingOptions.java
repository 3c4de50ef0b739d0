package io.sluice.core.ring;

/// The shape of a ring, fixed when it is created.
///
/// @param capacity how many slots can be filled at the same time, 1 to 2^30; a power of two is fastest. A message
///     takes one slot if it is not longer than `slotBytes - 16`, otherwise as many adjacent ones as it needs
/// @param slotBytes size of a slot in bytes, its 16 bytes of header included: a power of two from 64 to 2^20
/// @param producers how many may write at the same time
/// @param consumers how many may read at the same time, and what each of them gets
public record RingOptions(int capacity, int slotBytes, Producers producers, Consumers consumers) {
    /// The smallest slot, in bytes: a cache line.
    public static final int MIN_SLOT_BYTES = 64;
    /// The largest slot, in bytes.
    public static final int MAX_SLOT_BYTES = 1 << 20;
    /// The largest capacity, in slots.
    public static final int MAX_CAPACITY = 1 << 30;
    /// What each message needs in its first slot besides its payload, in bytes.
    public static final int HEADER_BYTES = RingLayout.PAYLOAD;

    /// Checks the shape.
    ///
    /// @throws IllegalArgumentException if a number is out of its range, or a broadcast has many producers
    public RingOptions {
        check("ring", capacity, slotBytes);
        if (consumers == Consumers.BROADCAST && producers != Producers.ONE) {
            throw new IllegalArgumentException("ring: a broadcast has one producer; let the others send to it, "
                    + "or create one broadcast for each of them");
        }
    }

    /// Checks the numbers of a ring, or of an object that is one inside.
    ///
    /// @param kind of the object, for the message
    /// @param capacity in slots
    /// @param slotBytes size of a slot in bytes
    /// @throws IllegalArgumentException if one is out of its range
    /// @hidden
    public static void check(String kind, int capacity, int slotBytes) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("%s: capacity of %,d slots is not between 1 and %,d".formatted(
                    kind, capacity, MAX_CAPACITY));
        }
        if (slotBytes < MIN_SLOT_BYTES || slotBytes > MAX_SLOT_BYTES || Integer.bitCount(slotBytes) != 1) {
            throw new IllegalArgumentException("%s: slot of %,d bytes is not a power of two between %,d and %,d"
                    .formatted(kind, slotBytes, MIN_SLOT_BYTES, MAX_SLOT_BYTES));
        }
    }

    /// One producer, one consumer, slots of one cache line: the fastest ring.
    ///
    /// @param capacity in slots
    /// @return the options
    public static RingOptions oneToOne(int capacity) {
        return new RingOptions(capacity, MIN_SLOT_BYTES, Producers.ONE, Consumers.ONE);
    }

    /// Many producers, many consumers, slots of one cache line.
    ///
    /// @param capacity in slots
    /// @return the options
    public static RingOptions manyToMany(int capacity) {
        return new RingOptions(capacity, MIN_SLOT_BYTES, Producers.MANY, Consumers.MANY);
    }

    /// One producer, every consumer gets everything, slots of one cache line.
    ///
    /// @param capacity in slots
    /// @return the options
    public static RingOptions broadcast(int capacity) {
        return new RingOptions(capacity, MIN_SLOT_BYTES, Producers.ONE, Consumers.BROADCAST);
    }

    /// The same with another capacity.
    ///
    /// @param slots capacity in slots
    /// @return the options
    public RingOptions withCapacity(int slots) {
        return new RingOptions(slots, slotBytes, producers, consumers);
    }

    /// The same with slots of another size.
    ///
    /// @param bytes size of a slot in bytes, a power of two
    /// @return the options
    public RingOptions withSlotBytes(int bytes) {
        return new RingOptions(capacity, bytes, producers, consumers);
    }

    /// The same with other roles.
    ///
    /// @param writers how many may write
    /// @param readers how many may read
    /// @return the options
    public RingOptions withRoles(Producers writers, Consumers readers) {
        return new RingOptions(capacity, slotBytes, writers, readers);
    }

    /// How many bytes of shared memory such a ring takes.
    ///
    /// @return size in bytes
    public long bytes() {
        return RingLayout.FIRST_SLOT + (long) slots() * slotBytes;
    }

    /// The longest message that fits into the ring, in bytes: a quarter of it, so that others can go on meanwhile,
    /// but never less than one slot holds.
    ///
    /// @return length in bytes
    public int maxMessageBytes() {
        long slots = Math.max(1, Math.min(capacity / 4, SlotWord.MAX_SLOTS));
        return (int) Math.min(slots * slotBytes, 1 << 30) - HEADER_BYTES;
    }

    /// The number of slots of the array: the capacity, rounded up to a power of two.
    int slots() {
        return capacity == 1 ? 1 : Integer.highestOneBit(capacity - 1) << 1;
    }

    /// How many may write into a ring at the same time; fixed when it is created.
    public enum Producers {
        /// One: it needs no atomic instruction per message. A second one is refused while the first lives.
        ONE(1),
        /// Any number, in any number of processes; a claim is one compare-and-set.
        MANY(2);

        private final int code;

        Producers(int code) {
            this.code = code;
        }

        /// The number that stands for it in shared memory and in the parameters of an object.
        ///
        /// @return 1 and up, the same in every release
        public int code() {
            return code;
        }

        /// The constant for a number.
        ///
        /// @param code as [#code] gives it
        /// @return the constant
        /// @throws IllegalArgumentException if there is none
        public static Producers of(int code) {
            return switch (code) {
                case 1 -> ONE;
                case 2 -> MANY;
                default -> throw new IllegalArgumentException("no producers have the code " + code);
            };
        }
    }

    /// How many may read from a ring at the same time, and what each of them gets; fixed when it is created.
    public enum Consumers {
        /// One, which gets everything. A second one is refused while the first lives.
        ONE(1),
        /// Any number, in any number of processes; each message goes to one of them.
        MANY(2),
        /// A limited number, in any number of processes; each message goes to each of them. Needs [Producers#ONE].
        BROADCAST(3);

        private final int code;

        Consumers(int code) {
            this.code = code;
        }

        /// The number that stands for it in shared memory and in the parameters of an object.
        ///
        /// @return 1 and up, the same in every release
        public int code() {
            return code;
        }

        /// The constant for a number.
        ///
        /// @param code as [#code] gives it
        /// @return the constant
        /// @throws IllegalArgumentException if there is none
        public static Consumers of(int code) {
            return switch (code) {
                case 1 -> ONE;
                case 2 -> MANY;
                case 3 -> BROADCAST;
                default -> throw new IllegalArgumentException("no consumers have the code " + code);
            };
        }
    }
}
