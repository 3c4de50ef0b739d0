package io.sluice.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.sluice.pool.log.Log;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// How a member enters a pool, meets the others, and leaves them.
///
/// - **Threads:** any.
final class Membership {
    /*
     * Each member greets all others when it joins, and each that comes later. It is registered first: of two that join
     * at once, the one that greets last finds the other registered. So each learns of each, without a list in the
     * cluster that a death would leave behind. A member that does not answer is greeted until it answers or has left
     * the cluster: the cluster tells of a member once, and one that is stopped for a while has not left.
     *
     * At the end of a member in the pool its own calls are done, then the others wait for none of it, then its workers
     * end. So an orderly end fails no call.
     */
    private static final String CONTEXT = "io.sluice.cluster.pool.";
    private static final long PAUSE_MILLIS = 1_000;

    private final String pool;
    private final HazelcastInstance instance;
    private final boolean ownsInstance;
    private final String release;
    private final IExecutorService control;
    private final Dispatcher dispatcher;
    /// Null in a member without workers.
    private final Host host;
    private final CountDownLatch over = new CountDownLatch(1);

    /// @param ownsInstance whether the instance ends with the membership
    /// @param control carries greetings
    /// @param host the workers of this member; null if it has none
    Membership(String pool, HazelcastInstance instance, boolean ownsInstance, String release,
            IExecutorService control, Dispatcher dispatcher, Host host) {
        this.pool = pool;
        this.instance = instance;
        this.ownsInstance = ownsInstance;
        this.release = release;
        this.control = control;
        this.dispatcher = dispatcher;
        this.host = host;
    }

    /// The membership of an instance in a pool; null if it is not in it.
    static Membership of(HazelcastInstance instance, String pool) {
        return (Membership) instance.getUserContext().get(CONTEXT + pool);
    }

    /// Kind and name of the pool, for messages.
    private String title() {
        return "cluster pool '%s'".formatted(pool);
    }

    /// The workers of this member; null if it has none.
    Host host() {
        return host;
    }

    /// Enters the pool; from then on it leaves by itself, once the dispatcher has ended.
    ///
    /// @throws IllegalStateException if the instance is in the pool already, or a member refuses it
    void join() {
        if (instance.getUserContext().putIfAbsent(CONTEXT + pool, this) != null) {
            throw new IllegalStateException(("cluster pool '%s': the instance %s is in it already; use that pool, or"
                    + " close it first").formatted(pool, instance.getName()));
        }
        boolean joined = false;
        UUID memberListener = instance.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                Thread.ofVirtual().name("sluice-greeting").start(() -> greetLater(event.getMember()));
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                UUID gone = event.getMember().getUuid();
                dispatcher.left(gone);
                if (host != null) {
                    host.submitterLeft(gone);
                }
            }
        });
        UUID endListener = instance.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.SHUTDOWN && !isOver()) {
                dispatcher.lostInstance();
            }
        });
        try {
            Member local = instance.getCluster().getLocalMember();
            if (host != null) {
                dispatcher.joined(local, host.workers());
            }
            for (Member member : instance.getCluster().getMembers()) {
                if (!member.localMember()) {
                    String refusal = greet(member);
                    if (!refusal.isEmpty()) {
                        throw new IllegalStateException(refusal);
                    }
                }
            }
            joined = true;
        } finally {
            if (!joined) {
                forget(memberListener, endListener);
                over.countDown();
            }
        }
        Thread.ofVirtual().name("sluice-cluster-end").start(() -> leave(memberListener, endListener));
    }

    /// Greets a member. @return why it refuses this one; empty if it does not
    private String greet(Member member) {
        String answer;
        try {
            answer = control.submitToMember(greeting(workers()), member).get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return title() + ": interrupted while joining";
        } catch (ExecutionException | RuntimeException noAnswer) {
            Log.debug(title() + ": no answer from member " + Dispatcher.addressOf(member), noAnswer);
            if (!(noAnswer.getCause() instanceof HazelcastSerializationException)) {  // it knows nothing of Sluice
                greetAgain(member);
            }
            return "";
        }
        if (answer.startsWith("=")) {
            dispatcher.joined(member, Integer.parseInt(answer.substring(1)));
            return "";
        }
        return answer;
    }

    /// The number of workers that take calls of other members from now on.
    private int workers() {
        return host == null || dispatcher.isShutdown() ? 0 : host.workers();
    }

    private Greeting greeting(int workers) {
        return new Greeting(release, pool, Dispatcher.idOf(instance), workers);
    }

    /// Greets a member that did not answer, after a pause; unless it has left.
    void greetAgain(Member member) {
        Thread.ofVirtual().name("sluice-greeting").start(() -> {
            try {
                if (!awaitEnd(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        && instance.getCluster().getMembers().contains(member)) {
                    greetLater(member);
                }
            } catch (InterruptedException | RuntimeException ended) {
                Log.debug(title() + ": its instance has ended", ended);
            }
        });
    }

    private void greetLater(Member member) {
        String refusal = greet(member);
        if (!refusal.isEmpty()) {
            Log.warning(refusal, null);
        }
    }

    /// Answers a greeting of another member.
    String greeted(String releaseThere, UUID member, int workers) throws InterruptedException {
        String here = Dispatcher.addressOf(instance.getCluster().getLocalMember());
        if (!releaseThere.equals(release)) {
            return ("cluster pool '%s': member %s runs Sluice %s, and this one %s; start all members with one"
                    + " release").formatted(pool, here, release, releaseThere);
        }
        if (workers == Greeting.FAREWELL) {
            dispatcher.awaitAnswers(member);
            return "";
        }
        for (Member known : instance.getCluster().getMembers()) {
            if (known.getUuid().equals(member)) {
                dispatcher.joined(known, workers);
            }
        }
        return "=" + workers();
    }

    private void forget(UUID memberListener, UUID endListener) {
        try {
            instance.getUserContext().remove(CONTEXT + pool, this);
            instance.getCluster().removeMembershipListener(memberListener);
            instance.getLifecycleService().removeLifecycleListener(endListener);
        } catch (RuntimeException ended) {
            Log.debug(title() + ": its instance has ended", ended);
        }
    }

    private void leave(UUID memberListener, UUID endListener) {
        try {
            dispatcher.awaitEnd();
            if (host != null) {
                farewell();
                host.close();
            }
        } catch (InterruptedException | RuntimeException failure) {
            Log.error(title() + ": not all could be closed", failure);
        } finally {
            forget(memberListener, endListener);
            try {
                if (ownsInstance) {
                    instance.shutdown();
                }
            } finally {
                over.countDown();
            }
        }
    }

    private void farewell() throws InterruptedException {
        if (dispatcher.isLost()) {
            return;
        }
        try {
            Map<Member, Future<String>> answers = new LinkedHashMap<>();
            for (Member member : instance.getCluster().getMembers()) {
                if (!member.localMember()) {
                    answers.put(member, control.submitToMember(greeting(Greeting.FAREWELL), member));
                }
            }
            for (Future<String> answer : answers.values()) {
                try {
                    var _ = answer.get();
                } catch (ExecutionException gone) {
                    Log.debug(title() + ": a member left before its farewell", gone);
                }
            }
        } catch (RuntimeException ended) {
            Log.debug(title() + ": no farewell", ended);
        }
    }

    /// Whether this member has left.
    boolean isOver() {
        return over.getCount() == 0;
    }

    /// Waits until this member has left. @return false if it has not in time
    boolean awaitEnd(long timeout, TimeUnit unit) throws InterruptedException {
        return over.await(timeout, unit);
    }
}
