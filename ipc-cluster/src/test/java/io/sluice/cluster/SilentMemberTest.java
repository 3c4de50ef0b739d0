package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.OperationTimeoutException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A member that is stopped, and not for so long that it leaves the cluster.
class SilentMemberTest {
    private static void signal(Process process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
        assertThat(kill.waitFor(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("kill").isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    /// It is the only one with workers. Its call is lost, and the next one waits until it answers again.
    @Test
    void aMemberThatIsSilentForAWhileIsGivenCallsAgain() throws Exception {
        try (Members members = new Members(2)) {
            Process worker = members.start("silent", 0);
            Config config = members.config(1);
            config.setProperty("hazelcast.operation.call.timeout.millis", "3000");
            try (ClusterPool pool = ClusterPool.join(config, ClusterOptions.of("silent").withoutWorkers())) {
                Members.await(() -> pool.size() == 1, members::texts);
                CompletableFuture<Integer> waiting;
                signal(worker, "STOP");
                try {
                    CompletableFuture<Integer> lost = pool.submit(() -> 1);
                    assertThatThrownBy(() -> lost.get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS)).cause()
                            .isInstanceOf(MemberDiedException.class)
                            .hasCauseInstanceOf(OperationTimeoutException.class);
                    waiting = pool.submit(() -> 2);
                    assertThat(pool.size()).isZero();
                } finally {
                    signal(worker, "CONT");
                }
                try {
                    assertThat(waiting.get(Members.WATCHDOG_SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
                } finally {
                    var _ = waiting.cancel(true);        // the end of the pool waits for it
                }
                assertThat(pool.size()).isEqualTo(1);
            }
        }
    }
}
