package io.sluice.cli.doctor;

import static io.sluice.cli.ProcFiles.UNLIMITED;

import io.sluice.cli.Numbers;
import io.sluice.cli.ProcFiles;
import io.sluice.cli.Sizes;
import java.util.ArrayList;
import java.util.List;

/// Checks of the machine: limits, cores, clock, pages. What cannot be read, as in a container, is left out.
final class MachineChecks {
    private static final long FEW_MAPPINGS = 65_530;
    private static final long FEW_FILES = 1_024;
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/shmem_enabled";
    private static final String GOVERNOR = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    private static final String CLOCK = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private static final String ISOLATED = "/sys/devices/system/cpu/isolated";

    private final ProcFiles files;
    private final int cores;
    private final List<Check> checks = new ArrayList<>();

    private MachineChecks(ProcFiles files, int cores) {
        this.files = files;
        this.cores = cores;
    }

    /// Runs the checks.
    ///
    /// @param files of this machine
    /// @param cores that this process may use
    /// @return the results
    static List<Check> run(ProcFiles files, int cores) {
        MachineChecks machine = new MachineChecks(files, cores);
        machine.memoryLimit();
        machine.processorLimit();
        machine.mappings();
        machine.descriptors();
        machine.cores();
        machine.governor();
        machine.clock();
        machine.hugePages();
        machine.swap();
        return machine.checks;
    }

    private void memoryLimit() {
        long limit = files.number("/sys/fs/cgroup/memory.max");
        long used = files.number("/sys/fs/cgroup/memory.current");
        if (limit < 0) {
            limit = files.number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
            used = files.number("/sys/fs/cgroup/memory/memory.usage_in_bytes");
        }
        if (limit < 0) {
            return;
        }
        // Version 1 says "no limit" by a number near 2^63.
        if (limit >= UNLIMITED / 2) {
            checks.add(Check.ok("container memory", "no limit"));
        } else if (used > limit / 10 * 9) {
            checks.add(Check.warn("container memory", Sizes.text(used) + " of " + Sizes.text(limit)
                    + " used; shared memory counts for the container that touches it first",
                    "raise the memory limit of the container"));
        } else {
            checks.add(Check.ok("container memory", Sizes.text(Math.max(0, used)) + " of " + Sizes.text(limit)
                    + " used"));
        }
    }

    private void processorLimit() {
        String[] quota = files.text("/sys/fs/cgroup/cpu.max").split(" ", -1);
        long time = quota.length == 2 ? ProcFiles.parse(quota[0])
                : files.number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        long period = quota.length == 2 ? ProcFiles.parse(quota[1])
                : files.number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
        if (time > 0 && time != UNLIMITED && period > 0) {
            checks.add(Check.warn("container processors", "limited to " + time * 100 / period + " % of a core: a"
                    + " process that has used it up stands still for the rest of each period, with what it holds",
                    "give the container whole cores (cpuset) and no quota"));
        }
    }

    private void mappings() {
        long most = files.number("/proc/sys/vm/max_map_count");
        if (most < 0) {
            return;
        }
        if (most < FEW_MAPPINGS) {
            checks.add(Check.warn("vm.max_map_count", Numbers.grouped(most)
                    + "; each open object is a mapping, and a closed one keeps its own",
                    "sysctl -w vm.max_map_count=262144"));
        } else {
            checks.add(Check.ok("vm.max_map_count", Numbers.grouped(most)));
        }
    }

    private void descriptors() {
        for (String line : files.text("/proc/self/limits").split("\n", -1)) {
            if (line.startsWith("Max open files")) {
                String[] words = line.strip().split(" +", -1);
                long soft = words.length > 4 ? ProcFiles.parse(words[3]) : -1;
                long hard = words.length > 4 ? ProcFiles.parse(words[4]) : -1;
                // The JVM raises its own limit to the hard one at its start.
                long most = Math.max(soft, hard);
                if (most >= 0 && most <= FEW_FILES) {
                    checks.add(Check.warn("descriptors", Numbers.grouped(most) + "; each open object takes one",
                            "ulimit -n 65536, or LimitNOFILE= of the service"));
                } else if (most >= 0) {
                    checks.add(Check.ok("descriptors", most == UNLIMITED ? "no limit" : Numbers.grouped(most)));
                }
            }
        }
    }

    private void cores() {
        String isolated = files.text(ISOLATED);
        String alone = isolated.isEmpty() ? "none is isolated" : "isolated: " + isolated;
        if (cores == 1) {
            checks.add(Check.warn("cores", "1: a thread that spins keeps the one that it waits for from running",
                    "WaitStrategy.PARK for all handles"));
        } else if (cores <= 2) {
            checks.add(Check.warn("cores", cores + ", " + alone + ": busy spinning of two threads leaves none for"
                    + " others", "WaitStrategy.ADAPTIVE or PARK"));
        } else {
            checks.add(Check.ok("cores", cores + ", " + alone));
        }
    }

    private void governor() {
        String governor = files.text(GOVERNOR);
        if (governor.isEmpty()) {
            return;
        }
        checks.add(governor.equals("performance") ? Check.ok("governor", governor)
                : Check.warn("governor", governor + ": cores run slower until they are busy for some milliseconds",
                        "cpupower frequency-set -g performance"));
    }

    private void clock() {
        String clock = files.text(CLOCK);
        if (clock.isEmpty()) {
            return;
        }
        boolean fast = switch (clock) {
            case "tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page" -> true;
            default -> false;
        };
        checks.add(fast ? Check.ok("clock source", clock)
                : Check.warn("clock source", clock + ": reading the time costs a system call",
                        "boot with clocksource=tsc tsc=reliable if the machine's counter is stable"));
    }

    private void hugePages() {
        String pages = files.chosen(THP);
        if (pages.isEmpty()) {
            return;
        }
        // Sluice asks for none, so "never" and "advise" are the usual pages.
        checks.add(Check.ok("huge pages", "of shared memory: " + pages
                + (pages.equals("never") || pages.equals("advise") ? ", pages of 4 KiB are used" : "")));
    }

    private void swap() {
        long swap = 0;
        for (String line : files.text("/proc/meminfo").split("\n", -1)) {
            if (line.startsWith("SwapTotal:")) {
                String[] words = line.strip().split(" +", -1);
                swap = words.length > 1 ? Math.max(0, ProcFiles.parse(words[1])) * 1024 : 0;
            }
        }
        checks.add(swap == 0 ? Check.ok("swap", "none")
                : Check.warn("swap", Sizes.text(swap) + ": pages of shared memory can be swapped out",
                        "swapoff -a on a host where latency counts"));
    }
}
