package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A root of spaces for one test, in `/dev/shm`, and the parties of the test. At the end of the test the
/// parties end, and all files are removed.
public final class Sandbox implements AutoCloseable {
    /// Name of the space that the parties of a test share.
    public static final String SPACE = "s";

    private final Path path = TestFolders.makeRoot();
    private final List<Party> parties = new ArrayList<>();
    private final List<SharedSpace> spaces = new ArrayList<>();

    /// Makes the root.
    public Sandbox() {}

    /// The root, for jobs.
    ///
    /// @return its path
    public String root() {
        return path.toString();
    }

    /// The space of the test's own thread.
    ///
    /// @return a new handle, closed with the sandbox
    public SharedSpace open() {
        SharedSpace space = SharedSpace.open(SPACE, SpaceOptions.under(path));
        spaces.add(space);
        return space;
    }

    /// Another JVM.
    ///
    /// @return the party, killed with the sandbox
    public Peer peer() {
        return with(Peer.fresh());
    }

    /// A party that ends with the sandbox.
    ///
    /// @param party to be closed with the sandbox
    /// @return the same
    /// @param <P> its type
    public <P extends Party> P with(P party) {
        parties.add(party);
        return party;
    }

    /// The files of the space, besides its own three.
    ///
    /// @return names, sorted
    public List<String> files() {
        Path space = path.resolve(SPACE);
        if (!Files.exists(space)) {
            return List.of();
        }
        try (var files = Files.list(space)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !List.of(".alive", ".registry", ".errors").contains(name))
                    .sorted()
                    .toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Lets every party leave, and asserts that the space is then removed: no process and no object was left in it.
    public void leaveNothing() {
        spaces.forEach(SharedSpace::close);
        for (Party party : parties) {
            if (party instanceof Peer peer) {
                if (peer.isAlive()) {
                    peer.leave();
                }
            } else {
                party.close();
            }
        }
        try (SharedSpace last = SharedSpace.open(SPACE, SpaceOptions.under(path))) {
            assertThat(last.list()).allMatch(object -> object.live() == 0 && object.dead() == 0);
            last.list().forEach(object -> last.unlink(object.name()));
        }
        assertThat(path.resolve(SPACE)).doesNotExist();
    }

    @Override
    public void close() {
        RuntimeException first = null;
        for (AutoCloseable thing : allOfIt()) {
            try {
                thing.close();
            } catch (Exception refused) {
                first = first == null ? new IllegalStateException(refused) : first;
            }
        }
        var _ = TestFolders.remove(path);
        if (first != null) {
            throw first;
        }
    }

    private List<AutoCloseable> allOfIt() {
        List<AutoCloseable> all = new ArrayList<>(parties.reversed());
        all.addAll(spaces.reversed());
        return all;
    }
}
