package io.sluice.bench.pool;

import io.sluice.pool.manager.Manager;
import io.sluice.pool.process.JavaProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.server.UnicastRemoteObject;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/// A map in another JVM, called by the JDK's RMI over the loopback address. A manager brings the stub from there.
final class Rmi implements Subject {
    /// What the other JVM exports.
    public interface RemoteMap extends Remote {
        /// Calls [Map#get].
        ///
        /// @param key of the entry
        /// @return its value
        /// @throws RemoteException if the call does not come through
        Integer get(String key) throws RemoteException;

        /// Calls [Map#put].
        ///
        /// @param key of the entry
        /// @param value of the entry
        /// @return the former value
        /// @throws RemoteException if the call does not come through
        Integer put(String key, Integer value) throws RemoteException;
    }

    private static final class Exported implements RemoteMap {
        private final Map<String, Integer> map = new ConcurrentHashMap<>();

        @Override
        public Integer get(String key) {
            return map.get(key);
        }

        @Override
        public Integer put(String key, Integer value) {
            return map.put(key, value);
        }
    }

    @Override
    public String name() {
        return "rmi";
    }

    @Override
    public boolean answers(Question question) {
        return question.isOfManagers();
    }

    @Override
    public double measure(Question question, long millis) throws Exception {
        try (Manager manager = Manager.start()) {
            BlockingQueue<byte[]> stubs = manager.deque();
            JavaProcess exporter = JavaProcess.start(() -> export(stubs));
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(stubs.take()))) {
                return Managers.perSecond(question, new Calling((RemoteMap) in.readObject()), millis);
            } finally {
                exporter.kill();
                var _ = exporter.join();
                exporter.close();
            }
        }
    }

    private static void export(BlockingQueue<byte[]> stubs) throws IOException, InterruptedException {
        System.setProperty("java.rmi.server.hostname", "127.0.0.1");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(UnicastRemoteObject.exportObject(new Exported(), 0));
        }
        stubs.put(bytes.toByteArray());
        Thread.sleep(Long.MAX_VALUE);
    }

    /// A stub as a map.
    private static final class Calling extends AbstractMap<String, Integer> {
        private final RemoteMap stub;

        Calling(RemoteMap stub) {
            this.stub = stub;
        }

        @Override
        public Integer get(Object key) {
            try {
                return stub.get((String) key);
            } catch (RemoteException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Integer put(String key, Integer value) {
            try {
                return stub.put(key, value);
            } catch (RemoteException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Set<Entry<String, Integer>> entrySet() {
            throw new UnsupportedOperationException("only get and put are measured");
        }
    }
}
