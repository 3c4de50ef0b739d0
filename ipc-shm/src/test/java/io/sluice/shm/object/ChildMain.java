package io.sluice.shm.object;

import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/// What runs in a [Child]: one command per line, answered by `ok` and a result or by the failure.
final class ChildMain {
    private final Path root;
    private final Deque<SharedObject> objects = new ArrayDeque<>();
    private Space space;

    private ChildMain(Path root) {
        this.root = root;
    }

    public static void main(String[] arguments) throws IOException {
        ChildMain child = new ChildMain(Path.of(arguments[0]));
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null && !line.equals("end"); line = commands.readLine()) {
            System.out.println(child.answer(line));
        }
    }

    private String answer(String line) {
        try {
            return "ok " + execute(line.split(" "));
        } catch (RuntimeException failure) {
            return failure.getClass().getSimpleName() + ": " + failure.getMessage();
        }
    }

    private Object execute(String[] words) {
        String argument = words.length > 1 ? words[1] : null;
        switch (words[0]) {
            case "space" -> space = words.length > 2
                    ? Space.open(argument, SpaceOptions.under(root)
                            .withMaxProcesses(Integer.parseInt(words[2])))
                    : Space.open(root, argument);
            case "persistent" -> objects.push(space.open(TestRoot.persistent(argument)));
            case "temporary" -> objects.push(space.open(TestRoot.temporary(argument)));
            case "create" -> objects.push(space.open(TestRoot.persistent(argument), OpenMode.CREATE));
            case "release" -> objects.pop().close();
            case "side" -> objects.peek().sides().write(Long.parseLong(argument), objects.peek().address(), 4096);
            case "id" -> {
                return objects.peek().objectId();
            }
            case "descriptors" -> {
                return FailureTest.openWithFewDescriptors(root);
            }
            case "race" -> {
                return race(Integer.parseInt(argument));
            }
            case "sweep" -> {
                return space.sweep();
            }
            case "close" -> space.close();
            default -> throw new IllegalArgumentException(words[0]);
        }
        return space.ownerSlot();
    }

    /// Opens and closes one temporary space repeatedly, and checks that the space stays in between.
    private int race(int rounds) {
        Path note = root.resolve(TemporarySpaces.DIRECTORY).resolve("raced");
        for (int round = 0; round < rounds; round++) {
            try (Space raced = Space.open("raced", SpaceOptions.under(root).withTemporary(true))) {
                SharedObject object = raced.open(TestRoot.temporary("q"));
                if (round % 3 == 0) {
                    SpaceView.clean(root);
                }
                if (!object.isStillNamed() || !Files.exists(note) || !raced.path().equals(root.resolve("raced"))) {
                    throw new IllegalStateException("round %d: lost".formatted(round));
                }
            }
        }
        return rounds;
    }
}
