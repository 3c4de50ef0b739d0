package io.sluice.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.sluice.cluster.Wire.Answer;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;

/// A call on its way: names and bytes, and nothing that Hazelcast would decode.
final class RemoteCall implements Callable<byte[]>, DataSerializable, HazelcastInstanceAware {
    private String pool;
    private UUID submitter;
    private String name;
    private byte[] task;
    private byte[] batch;
    private boolean each;
    private HazelcastInstance instance;

    /// For Hazelcast.
    RemoteCall() {}

    RemoteCall(String pool, UUID submitter, Call call) {
        this.pool = pool;
        this.submitter = submitter;
        this.name = call.name;
        this.task = call.task;
        this.batch = call.batch;
        this.each = call.each;
    }

    @Override
    public byte[] call() throws InterruptedException {
        ClusterPool here = ClusterPool.of(instance, pool);
        Host host = here == null ? null : here.host();
        return host == null ? Answer.REFUSED.with(new byte[0]) : host.run(submitter, name, task, batch, each);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance ofThisMember) {
        instance = ofThisMember;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(pool);
        out.writeLong(submitter.getMostSignificantBits());
        out.writeLong(submitter.getLeastSignificantBits());
        out.writeString(name);
        out.writeByteArray(task);
        out.writeByteArray(batch);
        out.writeBoolean(each);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        pool = in.readString();
        submitter = new UUID(in.readLong(), in.readLong());
        name = in.readString();
        task = in.readByteArray();
        batch = in.readByteArray();
        each = in.readBoolean();
    }
}
