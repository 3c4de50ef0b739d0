package io.sluice.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;

/// Tells another member what this one is in a pool, and asks the same of it. A farewell is a greeting too: its answer
/// comes once the other member waits for no call of this one.
///
/// The answer is empty if the other member is not in the pool, `=workers` if it is, and otherwise the reason for which
/// it refuses this one. The release travels first, so that each release can read it.
final class Greeting implements Callable<String>, DataSerializable, HazelcastInstanceAware {
    static final int FAREWELL = -1;

    private String release;
    private String pool;
    private UUID member;
    /// Or [#FAREWELL].
    private int workers;
    private HazelcastInstance instance;

    /// For Hazelcast.
    Greeting() {}

    Greeting(String release, String pool, UUID member, int workers) {
        this.release = release;
        this.pool = pool;
        this.member = member;
        this.workers = workers;
    }

    @Override
    public String call() throws InterruptedException {
        Membership here = Membership.of(instance, pool);
        return here == null ? "" : here.greeted(release, member, workers);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance ofThisMember) {
        instance = ofThisMember;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(release);
        out.writeString(pool);
        out.writeLong(member.getMostSignificantBits());
        out.writeLong(member.getLeastSignificantBits());
        out.writeInt(workers);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        release = in.readString();
        pool = in.readString();
        member = new UUID(in.readLong(), in.readLong());
        workers = in.readInt();
    }
}
