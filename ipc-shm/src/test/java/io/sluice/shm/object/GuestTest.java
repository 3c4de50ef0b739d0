package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.LockPoisonedException;
import io.sluice.shm.SharedSpace;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A second opening of a space by one process: it counts as another process, and its close as the end of that.
@SuppressWarnings("LockNotBeforeTry")       // who holds what is the question
class GuestTest {
    @Test
    void aGuestHoldsAndLosesWhatIsItsOwn() throws Exception {
        String name = "guest-" + UUID.randomUUID();
        try (var space = SharedSpace.openTemporary(name);
                var lock = space.lock("lock");
                var held = space.lock("held");
                var permits = space.semaphore("permits", 5)) {
            held.lock();
            permits.acquire();
            Space opened = Space.openAsGuest(name);
            Space other = Space.openAsGuest(name);
            assertThat(opened).isNotSameAs(other);
            assertThat(opened.ownerSlot()).isNotEqualTo(other.ownerSlot());
            try (var second = SharedSpace.ofGuest(other); var last = second.semaphore("permits", 5)) {
                last.acquire();
                try (var guest = SharedSpace.ofGuest(opened); var theirs = guest.semaphore("permits", 5)) {
                    guest.lock("lock").lock();
                    theirs.acquire(2);
                    assertThat(lock.isHeldByCurrentThread()).isFalse();
                    assertThat(permits.availablePermits()).isEqualTo(1);
                    assertThat(theirs.heldPermits()).isEqualTo(2);
                }
                assertThat(permits.availablePermits()).as("two of the one guest, not those of the others").isEqualTo(3);
                assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class);
                assertThat(held.isHeldByCurrentThread()).isTrue();
            }
            assertThat(permits.availablePermits()).isEqualTo(4);
            assertThat(permits.heldPermits()).as("the account of the process").isEqualTo(1);
            held.unlock();
        }
        assertThat(SpaceView.spaces(null)).doesNotContain(name);
    }
}
