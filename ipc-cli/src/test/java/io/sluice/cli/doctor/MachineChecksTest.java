package io.sluice.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ProcFiles;
import io.sluice.cli.doctor.Check.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the checks make of the files of machines that are not this one.
class MachineChecksTest {
    @TempDir
    private Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<String> run(int cores) {
        return MachineChecks.run(new ProcFiles(root), cores).stream()
                .map(check -> check.level() + " " + check.name() + ": " + check.finding()).toList();
    }

    /// Where nothing can be read, nothing is claimed but the number of cores, and no swap.
    @Test
    void whatCannotBeReadIsLeftOut() {
        assertThat(run(8)).containsExactly("OK cores: 8, none is isolated", "OK swap: none");
    }

    /// A machine that is set up for latency.
    @Test
    void aGoodMachineIsOk() throws IOException {
        file("/sys/fs/cgroup/memory.max", "max\n");
        file("/sys/fs/cgroup/cpu.max", "max 100000\n");
        file("/proc/sys/vm/max_map_count", "1048576\n");
        file("/proc/self/limits", "Limit   Soft Limit   Hard Limit   Units\nMax open files   1024   524288   files\n");
        file("/sys/devices/system/cpu/isolated", "2-7\n");
        file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
        file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
        file("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size advise [never] deny force\n");
        file("/proc/meminfo", "MemTotal: 100 kB\nSwapTotal:       0 kB\n");
        assertThat(run(8)).containsExactly("OK container memory: no limit", "OK vm.max_map_count: 1,048,576",
                "OK descriptors: 524,288", "OK cores: 8, isolated: 2-7", "OK governor: performance",
                "OK clock source: tsc", "OK huge pages: of shared memory: never, pages of 4 KiB are used",
                "OK swap: none");
    }

    /// A small container.
    @Test
    void aNarrowMachineIsWarnedOf() throws IOException {
        file("/sys/fs/cgroup/memory.max", "1000000\n");
        file("/sys/fs/cgroup/memory.current", "950000\n");
        file("/sys/fs/cgroup/cpu.max", "150000 100000\n");
        file("/proc/sys/vm/max_map_count", "1000\n");
        file("/proc/self/limits", "Max open files            256       1024       files     \n");
        file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
        file("/proc/meminfo", "SwapTotal:       2097148 kB\n");
        List<Check> checks = MachineChecks.run(new ProcFiles(root), 1);
        assertThat(checks).extracting(Check::level).containsOnly(Level.WARN);
        assertThat(checks).extracting(Check::remedy).doesNotContain("");
        assertThat(checks).extracting(Check::name).containsExactly("container memory", "container processors",
                "vm.max_map_count", "descriptors", "cores", "governor", "clock source", "swap");
        assertThat(run(1)).contains("WARN container memory: 927.7 KiB of 976.6 KiB used; shared memory counts for the"
                + " container that touches it first");
    }
}
