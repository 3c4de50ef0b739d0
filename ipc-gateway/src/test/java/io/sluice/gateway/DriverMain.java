package io.sluice.gateway;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.util.concurrent.TimeUnit;

/// A media driver as a process of its own, in the folder that the argument names.
final class DriverMain {
    private DriverMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        MediaDriver.Context context = new MediaDriver.Context()
                .aeronDirectoryName(arguments[0])
                .dirDeleteOnStart(true)
                .threadingMode(ThreadingMode.SHARED);
        try (MediaDriver _ = MediaDriver.launch(context)) {
            System.out.println("driving");
            TimeUnit.HOURS.sleep(1);
        }
    }
}
