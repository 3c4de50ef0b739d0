package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Share;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceInfo;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Several processes in one space, of which one is killed.
@Timeout(180)
class DeathTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    private ObjectInfo object(String name) {
        return SpaceView.of(root.path(), "s").objects().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<SpaceInfo.Owner> owners() {
        return SpaceView.of(root.path(), "s").owners();
    }

    /// A killed process is seen as dead, its slot is cleaned by a waiter's sweep, and given out in a new generation.
    @Test
    void aKilledProcessIsCleanedUpAfterAndItsSlotUsedAgain() {
        try (Space space = root.open("s")) {
            SharedObject queue = space.open(TestRoot.temporary("q"));
            Child victim = root.child().does("space s", "temporary q");
            assertThat(object("q").live()).isEqualTo(2);
            SpaceInfo.Owner before = owners().get(1);
            assertThat(before.pid()).isEqualTo(victim.pid());
            queue.liveness().sweep();
            assertThat(object("q").live()).isEqualTo(2);

            victim.kill();
            assertThat(object("q").live()).isEqualTo(1);
            assertThat(object("q").dead()).isEqualTo(1);
            queue.liveness().sweep();
            assertThat(object("q").owners()).containsExactly(space.ownerSlot());
            space.sweep();     // or the background, a little later
            assertThat(owners()).hasSize(1);

            root.child().does("space s", "temporary q");
            SpaceInfo.Owner after = owners().get(1);
            assertThat(after.slot()).isEqualTo(before.slot());
            assertThat(after.generation()).isEqualTo(before.generation() + 1);
        }
    }

    /// A stopped process is alive: no sweep recovers it, its temporary object stays, its slot is not given out.
    @Test
    void aStoppedProcessIsNotDead() {
        try (Space space = root.open("s")) {
            Child stopped = root.child().does("space s", "temporary q");
            stopped.signal("STOP");
            assertThat(space.sweep()).isZero();
            assertThat(object("q").live()).isEqualTo(1);
            root.child().does("space s");
            assertThat(owners()).hasSize(3).allMatch(SpaceInfo.Owner::alive);
            stopped.signal("CONT");
            stopped.does("close");
            assertThat(owners()).hasSize(2);
        }
    }

    /// With two slots, a third process is refused, with the way to more slots, until one of the two dies.
    @Test
    void aFullSpaceRefusesAndTakesThePlaceOfADeadOne() {
        Child first = root.child().does("space s 2");
        root.child().does("space s");
        Child third = root.child();
        assertThat(third.ask("space s"))
                .startsWith("SpaceFullException")
                .contains("all 2 places belong to live processes", "sluice.max.processes");
        first.kill();
        assertThat(third.ask("space s")).isEqualTo("ok 1");
    }

    /// A temporary object is removed with its last process, killed or not; a persistent one stays.
    @Test
    void temporaryObjectsGoWithTheirLastProcess() {
        try (Space space = root.open("s")) {
            Child victim = root.child().does("space s", "persistent kept", "temporary passing", "side 3");
            assertThat(root.files("s")).anyMatch(name -> name.startsWith(SideFiles.PREFIX));
            victim.kill();
            assertThat(space.sweep()).isPositive();
            assertThat(root.files("s")).containsExactly(".alive", ".errors", ".registry", "kept");
            SharedObject own = space.open(TestRoot.temporary("own"));
            own.close();
            assertThat(root.files("s")).containsExactly(".alive", ".errors", ".registry", "kept");
        }
        assertThat(root.files("s")).contains("kept");
    }

    /// The last process takes the directory with it if only temporary objects were used, also after others were killed.
    @Test
    void theLastProcessRemovesTheSpace() {
        Child first = root.child().does("space s", "temporary a");
        Child second = root.child().does("space s", "temporary b", "side 1");
        second.kill();
        first.does("close");
        assertThat(root.space("s")).doesNotExist();
    }

    /// Objects without a name are cleaned by the processes that have them open, although a cleaner of the space cannot
    /// find them.
    @Test
    void anUnlinkedObjectIsCleanedByItsUsers() {
        try (Space space = root.open("s")) {
            SharedObject queue = space.open(TestRoot.temporary("q"));
            Child victim = root.child().does("space s", "temporary q");
            space.unlink("q");
            Child cleaner = root.child().does("space s");
            victim.kill();
            assertThat(cleaner.ask("sweep")).isEqualTo("ok 1"); // finds no object that names the victim
            Child successor = root.child().does("space s");
            assertThat(owners()).extracting(SpaceInfo.Owner::pid).contains(successor.pid());
            long file = queue.address() - RegionLayout.BODY;
            assertThat(Participants.highest(file)).isEqualTo(2);
            assertThat(Participants.token(file, 2)).isNotZero();
            queue.liveness().sweep();
            assertThat(Participants.token(file, 2)).isZero();
            assertThat(owners()).allMatch(SpaceInfo.Owner::alive);
        }
    }

    /// Many processes create the same object at the same time: all get the same one.
    @Test
    void oneOfManyCreatorsWinsAndTheOthersAttach() {
        List<Child> racers = List.of(root.child(), root.child(), root.child());
        for (int round = 0; round < 10; round++) {
            String name = "q" + round;
            racers.forEach(racer -> racer.tell("space s"));
            racers.forEach(racer -> racer.tell("temporary " + name));
            racers.forEach(racer -> racer.tell("id"));
            Set<String> ids = new TreeSet<>();
            Set<String> slots = new TreeSet<>();
            for (Child racer : racers) {
                slots.add(racer.answer());
                assertThat(racer.answer()).startsWith("ok");
                ids.add(racer.answer());
            }
            assertThat(slots).hasSize(3).allMatch(answer -> answer.startsWith("ok"));
            assertThat(ids).hasSize(1);
            racers.forEach(racer -> racer.tell("close"));
            racers.forEach(racer -> assertThat(racer.answer()).startsWith("ok"));
            assertThat(root.space("s")).as("round %d", round).doesNotExist();
        }
    }

    /// Processes that join and leave all the time never find a half-removed space.
    @Test
    void joiningWhileTheLastProcessLeavesWorks() {
        List<Child> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(root.child());
        }
        int rounds = 100;
        for (Child child : all) {
            for (int round = 0; round < rounds; round++) {
                child.tell("space s");
                child.tell("temporary q");
                child.tell("close");
            }
        }
        for (Child child : all) {
            for (int answer = 0; answer < 3 * rounds; answer++) {
                assertThat(child.answer()).startsWith("ok");
            }
        }
        assertThat(root.space("s")).doesNotExist();
    }

    /// A death at each step of joining, creating, attaching, leaving and cleaning: the next process finds a space that
    /// works, the dead process's slot is free, and nothing is left at the end.
    @ParameterizedTest
    @Share
    @CsvSource({
        "CREATE_UNNAMED, 1", "CREATE_UNNAMED, 2", "CREATE_NAMED, 1", "CREATE_NAMED, 2", "ATTACH_MAPPED, 1",
        "ATTACH_MAPPED, 2", "ATTACH_JOINED, 1", "JOIN_LOCKED, 1", "JOIN_LIVE, 1", "LEAVE_BEFORE_FREE, 1",
        "REMOVE_HALF_DONE, 1", "RECOVER_BEGUN, 1", "RECOVER_OBJECT_DONE, 1", "RECOVER_OBJECTS_DONE, 1",
        "SWEEP_BEFORE_UNLINK, 1"
    })
    void aDeathAtAnyStepIsRecovered(String point, int hit) {
        if (point.startsWith("ATTACH")) {
            Child creator = root.child().does("space s", "temporary q");
            dieAt(point, hit);
            creator.does("sweep");
            assertThat(object("q").owners()).hasSize(1);
            creator.kill();
        } else if (point.startsWith("RECOVER") || point.startsWith("SWEEP")) {
            root.child().does("space s", "temporary q", "side 1").kill();
            dieAt(point, hit);
        } else {
            dieAt(point, hit);
        }
        Child next = root.child().does("space s", "temporary q", "temporary r");
        assertThat(owners()).extracting(SpaceInfo.Owner::pid).containsExactly(next.pid());
        assertThat(object("q").live()).isEqualTo(1);
        assertThat(object("q").dead()).isZero();
        next.does("close");
        assertThat(root.space("s")).doesNotExist();
    }

    private void dieAt(String point, int hit) {
        Child victim = root.child("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + hit);
        for (String command : List.of("space s", "temporary q", "close")) {
            try {
                victim.ask(command);
            } catch (UncheckedIOException gone) {
                break;
            }
        }
        assertThat(victim.awaitDeath()).as("killed at " + point).isEqualTo(137);
    }
}
