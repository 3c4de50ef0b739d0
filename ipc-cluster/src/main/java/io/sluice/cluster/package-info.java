/// A pool and collections beyond one host, over Hazelcast: [io.sluice.cluster.ClusterPool] and
/// [io.sluice.cluster.ClusterManager].
///
/// Each member of a cluster runs a local [io.sluice.pool.ProcessPool], and any member submits to all of them. Tasks and
/// results are bytes of Sluice's own codecs, which only the workers and the submitter decode; a member never does.
///
/// Promised: a call has one outcome; a task begins once, and again only as often as
/// [io.sluice.pool.TaskOptions#withRetries] allows; an entry of a map is changed once. Not promised: that a member
/// which does not answer is dead.
package io.sluice.cluster;
