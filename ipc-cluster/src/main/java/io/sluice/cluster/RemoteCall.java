package io.sluice.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.sluice.cluster.Wire.Answer;
import io.sluice.pool.TaskOptions;
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
    /// Null for none.
    private String context;
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
        this.context = call.context;
    }

    @Override
    public byte[] call() throws InterruptedException {
        Membership here = Membership.of(instance, pool);
        Host host = here == null ? null : here.host();
        return host == null ? Answer.REFUSED.with(new byte[0]) : host.run(submitter, options(), task, batch, each);
    }

    private TaskOptions options() {
        TaskOptions named = TaskOptions.defaults().withName(name);
        return context == null ? named : named.withContext(context);
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
        out.writeString(context);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        pool = in.readString();
        submitter = new UUID(in.readLong(), in.readLong());
        name = in.readString();
        task = in.readByteArray();
        batch = in.readByteArray();
        each = in.readBoolean();
        context = in.readString();
    }
}
