package io.sluice.shm.space;

import java.util.List;
import java.util.Map;

/// A space for JMX: what [io.sluice.shm.SpaceRoot#state] tells, in types that every JMX client can show.
///
/// ```java
/// ManagementFactory.getPlatformMBeanServer().registerMBean(
///         SpaceRoot.usual().mxBean("market"), new ObjectName("io.sluice:type=Space,name=market"));
/// ```
///
/// Each attribute is read anew from outside the space: nothing in it is joined, locked or changed, so any process of
/// the user can show any space.
///
/// - **Threads:** any. **Blocking:** some microseconds for each object.
/// - **Errors:** an attribute of a space that is gone throws a [io.sluice.shm.error.NoSuchObjectException]; a client
///   sees it as the cause of its own exception.
public interface SpaceMXBean {
    /// The directory of the space.
    ///
    /// @return its absolute path
    String getPath();

    /// How many processes are in the space.
    ///
    /// @return the number of live ones
    int getLiveProcesses();

    /// How many dead processes have not been cleaned up after.
    ///
    /// @return the number
    int getDeadProcesses();

    /// What needs help: each object whose condition is not OK, and each unreadable file. To be alarmed about.
    ///
    /// @return a line each; empty if all is well
    List<String> getFindings();

    /// The objects.
    ///
    /// @return sorted by name
    List<ObjectRow> getObjects();

    /// An object in one row. What passes through it is summed over its ways; a pipe has two.
    ///
    /// @param name in its space
    /// @param kind a constant of [ObjectInfo.Kind]
    /// @param condition a constant of [ObjectState.Condition]
    /// @param finding what is wrong, in words; empty if it is OK
    /// @param bytes size of its file
    /// @param live how many live processes have it open
    /// @param dead how many dead ones have not been cleaned up after
    /// @param capacity most slots in use at once; 0 without messages
    /// @param depth how many slots wait to be taken
    /// @param in how many slots have been put in since it was created
    /// @param counters its numbers, by name
    record ObjectRow(
            String name,
            String kind,
            String condition,
            String finding,
            long bytes,
            int live,
            int dead,
            long capacity,
            long depth,
            long in,
            Map<String, Long> counters) {}
}
