package io.sluice.bench.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import io.sluice.bench.exact.SystemCalls.Call;
import io.sluice.bench.exact.SystemCalls.Counted;
import io.sluice.bench.exact.SystemCalls.Refused;
import io.sluice.shm.SharedSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The promises of the hot path, to the byte and to the call, and the accuracy of the counters. Where the kernel
/// refuses to report system calls, the tests of those are skipped with the reason.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HotPathTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int CALLS = 1000;
    private static final int EXIT_CODE = 3;

    private static Object sink;
    private static Map<String, Figure> figures;

    /// Operations with a known cost.
    private enum Known implements Operation {
        CALL {
            @Override
            public Runnable open(SharedSpace space) {
                return LinuxCalls::getppid;
            }
        },
        ARRAY {
            @Override
            public Runnable open(SharedSpace space) {
                return () -> sink = new byte[4];
            }
        },
        REFUSED {
            @Override
            public Runnable open(SharedSpace space) {
                CallFilter.install();        // the kernel allows no second listener
                return () -> {};
            }
        },
        FAILURE {
            @Override
            public Runnable open(SharedSpace space) {
                throw new IllegalStateException("this is the failure that a test expects");
            }
        },
        DEATH {
            @Override
            public Runnable open(SharedSpace space) {
                var _ = space.longValue(name(), 0);
                return () -> Runtime.getRuntime().halt(EXIT_CODE);
            }
        };

        Figure measure() throws InterruptedException {
            return Measurement.of(List.of(this), CALLS).getFirst();
        }
    }

    @BeforeAll
    static void measureAll() throws InterruptedException {
        figures = HotPath.measure().stream().collect(Collectors.toMap(Figure::name, Function.identity()));
        figures.values().forEach(System.out::println);
    }

    /// In steady state an operation allocates exactly the bytes that it promises.
    @ParameterizedTest
    @EnumSource
    void anOperationAllocatesWhatItPromises(HotPath operation) {
        Figure figure = figures.get(operation.name());

        assertThat(figure.bytesPerOperation()).isEqualTo(operation.promisedBytes());
    }

    /// In steady state an operation makes no system call.
    @ParameterizedTest
    @EnumSource
    void anOperationMakesNoSystemCall(HotPath operation) {
        Figure figure = figures.get(operation.name());

        assertThat(counted(figure).fewest()).as(figure.toString()).isEmpty();
        assertThat(figure.callsPerOperation()).isZero();
    }

    /// A known number of real calls is counted exactly, under the number of the call, and no other call.
    @Test
    void eachSystemCallIsCountedOnce() throws Exception {
        Figure figure = Known.CALL.measure();

        assertThat(counted(figure).fewest()).containsExactly(new Call(LinuxCalls.GETPPID, CALLS));
        assertThat(figure.callsPerOperation()).isOne();
    }

    /// An array of 4 bytes takes 24: a header of 12, the length in 4, and padding to a multiple of 8.
    @Test
    void eachByteIsCounted() throws Exception {
        assertThat(Known.ARRAY.measure().bytesPerOperation()).isEqualTo(24);
    }

    /// A refusal of the kernel is neither a failure nor zero calls: the figure says what was refused and what would
    /// help.
    @Test
    void aRefusalSaysWhatIsRefused() throws Exception {
        Figure figure = Known.REFUSED.measure();

        assertThat(figure.callsPerOperation()).isNaN();
        assertThat(figure.systemCalls()).isInstanceOf(Refused.class);
        assertThat(((Refused) figure.systemCalls()).reason()).matches("[a-z_]+(\\(\\w+\\))?: .+; needs Linux .+");
    }

    /// An operation that fails gives an error with the reason, not a figure.
    @Test
    void anOperationThatFailsIsNoFigure() {
        assertThatThrownBy(Known.FAILURE::measure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the measured process failed with java.lang.IllegalStateException: "
                        + "this is the failure that a test expects");
    }

    /// A process that dies during the measurement gives an error as well, and its objects are removed.
    @Test
    void aDeathIsNoFigure() {
        assertThatThrownBy(Known.DEATH::measure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the measured process exited with code 3");
    }

    /// No object and no directory stays, also after a failure.
    @AfterAll
    static void nothingStaysInSharedMemory() throws Exception {
        String ours = "exact-%d-".formatted(ProcessHandle.current().pid());
        try (var files = Files.find(SHARED_MEMORY, 2, (file, _) -> file.getFileName().toString().startsWith(ours))) {
            assertThat(files).isEmpty();
        }
    }

    private static Counted counted(Figure figure) {
        return switch (figure.systemCalls()) {
            case Counted counted -> counted;
            case Refused(String reason) -> abort(reason);
        };
    }
}
