package io.sluice.shm;

import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.SpaceInfo.Owner;
import io.sluice.shm.space.SpaceMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The one implementation of [SpaceMXBean].
record SpaceBean(SpaceRoot root, String space) implements SpaceMXBean {
    @Override
    public String getPath() {
        return root.path().resolve(space).toString();
    }

    @Override
    public int getLiveProcesses() {
        return (int) root.info(space).owners().stream().filter(Owner::alive).count();
    }

    @Override
    public int getDeadProcesses() {
        return (int) root.info(space).owners().stream().filter(owner -> !owner.alive()).count();
    }

    @Override
    public List<String> getFindings() {
        var state = root.state(space);
        List<String> findings = new ArrayList<>();
        state.info().unreadable().forEach((file, defect) -> findings.add(file + ": " + defect));
        for (ObjectState object : state.objects()) {
            if (object.condition() != Condition.OK) {
                findings.add("%s: %s: %s".formatted(object.info().name(), object.condition(), object.finding()));
            }
        }
        return findings;
    }

    @Override
    public List<ObjectRow> getObjects() {
        return root.state(space).objects().stream().map(SpaceBean::row).toList();
    }

    private static ObjectRow row(ObjectState object) {
        Map<String, Long> counters = new LinkedHashMap<>();
        for (Counter counter : object.counters()) {
            counters.put(counter.name(), counter.value());
        }
        List<Flow> flows = object.flows();
        return new ObjectRow(
                object.info().name(),
                object.info().kind().name(),
                object.condition().name(),
                object.finding(),
                object.info().sizeBytes(),
                object.info().live(),
                object.info().dead(),
                flows.stream().mapToLong(Flow::capacity).sum(),
                flows.stream().mapToLong(Flow::depth).sum(),
                flows.stream().mapToLong(Flow::in).sum(),
                counters);
    }
}
