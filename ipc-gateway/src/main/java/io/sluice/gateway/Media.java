package io.sluice.gateway;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.RethrowingErrorHandler;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/// Aeron, as one gateway uses it: a client, and the media driver if it is the gateway's own. Both run in the thread
/// that calls [#work]: so a message passes from the ring to the socket without a change of threads.
final class Media implements AutoCloseable {
    /// How often the driver's second thread, which resolves names, looks for work; it would do so 1,000 times a second.
    private static final long EXECUTOR_MILLIS = 20;

    private final MediaDriver driver;
    private final Aeron aeron;
    private final AgentInvoker driverInvoker;
    private final AgentInvoker clientInvoker;
    private Throwable failure;

    private Media(MediaDriver driver, Path directory, long timeoutMillis) {
        this.driver = driver;
        this.driverInvoker = driver == null ? null : driver.sharedAgentInvoker();
        this.aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .driverTimeoutMs(timeoutMillis)
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driverInvoker)
                .errorHandler(this::failed)
                .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE));   // what our handlers throw ends the gateway
        this.clientInvoker = aeron.conductorAgentInvoker();
        clientInvoker.start();
    }

    /// Starts a driver in this process.
    ///
    /// @param directory of the driver; what a dead predecessor has left there is removed
    /// @param timeoutMillis after which a silent driver counts as gone
    static Media embedded(Path directory, long timeoutMillis) {
        MediaDriver driver = MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .asyncExecutorIdleStrategy(new SleepingMillisIdleStrategy(EXECUTOR_MILLIS))
                .threadingMode(ThreadingMode.INVOKER));
        try {
            return new Media(driver, directory, timeoutMillis);
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietClose(driver);
            throw refused;
        }
    }

    /// Connects to a driver that runs.
    ///
    /// @param directory of the driver
    /// @param timeoutMillis after which a silent driver counts as gone
    static Media external(Path directory, long timeoutMillis) {
        return new Media(null, directory, timeoutMillis);
    }

    /// Whether a driver runs in a directory.
    ///
    /// @param directory as `aeron.dir` of the driver
    /// @param timeoutMillis after which a silent driver counts as gone
    static boolean isActive(Path directory, long timeoutMillis) {
        return CommonContext.isDriverActive(directory.toFile(), timeoutMillis, _ -> {});
    }

    Aeron aeron() {
        return aeron;
    }

    /// The duty cycle.
    ///
    /// @return how much was done
    /// @throws io.aeron.exceptions.AeronException if the driver is gone, or has given this client up
    int work() {
        int work = driverInvoker == null ? 0 : driverInvoker.invoke();
        work += clientInvoker.invoke();
        if (aeron.isClosed()) {
            throw new MediaLostException(failure);
        }
        return work;
    }

    private void failed(Throwable reported) {
        if (!(reported instanceof AgentTerminationException)) {     // that one follows the reason, and has none
            failure = reported;
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(aeron, driver);
    }
}
