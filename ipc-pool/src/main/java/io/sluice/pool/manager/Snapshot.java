package io.sluice.pool.manager;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.shm.error.ObjectExistsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/// The objects of a server in a file: those with names, and those that they hold.
///
/// ```
///     0  | magic (8) | length (8) | CRC-32C of the rest (8) | parts, as `Wire` writes a batch |
///
/// parts   server, names, for each: name, kind, detail, number of the object
///         for each object: number, form, detail, elements (count, bytes)
/// ```
///
/// The numbers are those of the server that wrote them; proxies in the elements name them too.
final class Snapshot {
    private static final long MAGIC = 0x31_4D_53_49_55_4C_53L;       // "SLUISM1", in native byte order
    private static final int HEADER_BYTES = 3 * Long.BYTES;

    private Snapshot() {}

    /// What an object is made of.
    private enum Form { MAP, LIST, ARRAY, DEQUE, OBJECT }

    // Writing.

    /// Finds the objects that are in others, while these are encoded.
    private static final class Finder implements References {
        private final Map<Long, Exported> seen = new HashMap<>();
        private final ArrayDeque<Exported> open = new ArrayDeque<>();

        @Override
        public void written(Exported object) {
            if (seen.putIfAbsent(object.id(), object) == null) {
                open.add(object);
            }
        }

        @Override
        public Remote read(RemoteForm form) {
            return null;
        }
    }

    static void write(Server server, Map<String, FutureTask<ServerDirectory.Named>> names, Path file)
            throws IOException {
        Finder finder = new Finder();
        byte[] parts = ScopedValue.where(References.CURRENT, finder).call(() -> parts(server, names, finder));
        CRC32C sum = new CRC32C();
        sum.update(parts);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + parts.length).order(ByteOrder.nativeOrder())
                .putLong(MAGIC).putLong(parts.length).putLong(sum.getValue()).put(parts).flip();
        replace(file, bytes);
    }

    private static byte[] parts(
            Server server, Map<String, FutureTask<ServerDirectory.Named>> names, Finder finder) {
        List<Object> parts = new ArrayList<>();
        parts.add(server.id());
        List<Object> named = new ArrayList<>();
        names.forEach((name, made) -> {
            ServerDirectory.Named found = made.state() == Future.State.SUCCESS ? made.resultNow() : null;
            if (found != null && found.object() != null && !(found.object() instanceof PoolServer)) {
                finder.written(found.remote().object());
                named.addAll(Arrays.asList(
                        name, found.kind().name(), found.detail(), found.remote().id()));
            }
        });
        parts.add(named.size() / 4);
        parts.addAll(named);
        for (Exported object = finder.open.poll(); object != null; object = finder.open.poll()) {
            parts.add(object.id());
            addContent(server.wire(), object, parts);
        }
        return server.wire().packAll(parts).elements();
    }

    private static void addContent(Wire wire, Exported object, List<Object> parts) {
        switch (object.object()) {
            case ServerMap map -> add(wire, Form.MAP, null, map.parts().toList(), parts);
            case ServerList list -> add(wire, list.isFixed() ? Form.ARRAY : Form.LIST, null, list.elements(), parts);
            case ServerDeque deque -> add(wire, Form.DEQUE, deque.capacity(), deque.values().toList(), parts);
            case Object other -> add(wire, Form.OBJECT, object.contract().type().getName(), List.of(other), parts);
        }
    }

    private static void add(Wire wire, Form form, Object detail, List<?> elements, List<Object> parts) {
        Chunk chunk = wire.packAll(elements);
        parts.add(form.name());
        parts.add(detail);
        parts.add(chunk.count());
        parts.add(chunk.elements());
    }

    /// A reader finds the former file or the new one, also after a power failure.
    private static void replace(Path file, ByteBuffer bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, "." + file.getFileName(), ".new");     // with mode 0600
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel channel = FileChannel.open(folder)) {
                channel.force(true);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    // Reading.

    /// Gives the proxies of a snapshot the objects that were made for it.
    private record Renumbered(UUID from, Map<Long, Remote> objects) implements References {
        @Override
        public void written(Exported object) {
            // Nothing is written.
        }

        @Override
        public Remote read(RemoteForm form) {
            return form.server().equals(from) ? objects.get(form.object()) : null;
        }
    }

    static void restore(Server server, Map<String, FutureTask<ServerDirectory.Named>> names, Path file)
            throws IOException {
        List<Object> parts = server.wire().unpackAll(read(server, file));
        Iterator<Object> in = parts.iterator();
        Renumbered renumbered = new Renumbered((UUID) in.next(), new HashMap<>());
        Map<String, List<Object>> named = new HashMap<>();
        int count = (Integer) in.next();
        for (int i = 0; i < count; i++) {
            String name = (String) in.next();
            named.put(name, Arrays.asList(in.next(), in.next(), in.next()));
        }
        List<Runnable> fills = new ArrayList<>();
        while (in.hasNext()) {
            long number = (Long) in.next();
            Form form = Form.valueOf((String) in.next());
            Object detail = in.next();
            Chunk content = new Chunk((Integer) in.next(), (byte[]) in.next(), 0, null);
            renumbered.objects.put(number, make(server, form, detail, content, renumbered, fills));
        }
        ScopedValue.where(References.CURRENT, renumbered).run(() -> fills.forEach(Runnable::run));
        publish(server, names, named, renumbered);
    }

    private static byte[] read(Server server, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        CRC32C sum = new CRC32C();
        if (bytes.length >= HEADER_BYTES) {
            sum.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        }
        if (bytes.length < HEADER_BYTES || in.getLong() != MAGIC || in.getLong() != bytes.length - HEADER_BYTES
                || in.getLong() != sum.getValue()) {
            throw new CorruptObjectException(("%s: '%s' is no snapshot, or is damaged: the header or the checksum does"
                    + " not fit its %,d bytes").formatted(server.name(), file, bytes.length));
        }
        return Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
    }

    /// Makes an object without its elements: these may hold proxies of objects that are made later.
    private static Remote make(
            Server server, Form form, Object detail, Chunk content, Renumbered renumbered, List<Runnable> fills) {
        return switch (form) {
            case MAP -> {
                ServerMap map = new ServerMap(server);
                fills.add(() -> map.fill(server.wire().unpack(content).iterator()));
                yield server.export(map, MapService.class);
            }
            case LIST, ARRAY -> {
                ServerList list = new ServerList(server, form == Form.ARRAY, List.of().iterator());
                fills.add(() -> list.fill(server.wire().unpack(content)));
                yield server.export(list, ListService.class);
            }
            case DEQUE -> {
                ServerDeque deque = new ServerDeque(server, (Integer) detail);
                fills.add(() -> server.wire().unpack(content).forEach(element -> deque.offer(element, false)));
                yield server.export(deque, DequeService.class);
            }
            case OBJECT -> server.export(ScopedValue.where(References.CURRENT, renumbered).call(
                    () -> server.wire().unpack(content)).getFirst(), ServerDirectory.typeOf((String) detail));
        };
    }

    private static void publish(Server server, Map<String, FutureTask<ServerDirectory.Named>> names,
            Map<String, List<Object>> named, Renumbered renumbered) {
        Map<String, FutureTask<ServerDirectory.Named>> published = new HashMap<>();
        named.forEach((name, what) -> {
            ServerDirectory.Named made = new ServerDirectory.Named(Directory.Kind.valueOf((String) what.get(0)),
                    what.get(1), renumbered.objects.get((Long) what.get(2)), null);
            FutureTask<ServerDirectory.Named> done = new FutureTask<>(() -> made);
            done.run();
            if (names.putIfAbsent(name, done) != null) {
                published.forEach(names::remove);
                throw taken(server, name);
            }
            published.put(name, done);
        });
    }

    private static ObjectExistsException taken(Server server, String name) {
        return new ObjectExistsException(("%s: expected '%s' of the snapshot to be a free name, found an object;"
                + " restore before clients use it, or remove it").formatted(server.name(), name));
    }
}
