package io.sluice.cli.doctor;

import io.sluice.cli.Cell;
import io.sluice.cli.Cell.Tone;
import io.sluice.cli.Listing;
import io.sluice.cli.ListingOptions;
import io.sluice.cli.ProcFiles;
import io.sluice.cli.doctor.Check.Level;
import io.sluice.shm.SpaceRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Checks the environment, and what is in the spaces.
@Command(
        name = "doctor",
        description = "Check the JDK, the machine and the spaces: each finding is ok, warn or fail, with its remedy."
                + " Exits with 1 if one is fail.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "The same as '--format json'.")
    private boolean json;

    @Mixin
    private ListingOptions options;

    private DoctorCommand() {}

    @Override
    public Integer call() {
        if (json) {
            options.chooseJson();
        }
        List<Check> checks = new ArrayList<>();
        checks.add(jdk());
        checks.add(nativeAccess());
        checks.addAll(MachineChecks.run(new ProcFiles(Path.of("/")), Runtime.getRuntime().availableProcessors()));
        checks.addAll(SpaceChecks.run(SpaceRoot.usual()));
        Listing listing = new Listing("level", "check", "finding", "-remedy");
        boolean fails = false;
        for (Check check : checks) {
            fails |= check.level() == Level.FAIL;
            listing.row(row(check));
        }
        System.out.print(listing.text(options));
        System.out.flush();
        return fails ? 1 : 0;
    }

    private static Cell[] row(Check check) {
        Tone tone = switch (check.level()) {
            case OK -> Tone.GOOD;
            case WARN -> Tone.WARN;
            case FAIL -> Tone.BAD;
        };
        return new Cell[] {
            Cell.of(check.level().name().toLowerCase(Locale.ROOT)).in(tone),
            Cell.of(check.name()),
            Cell.of(check.finding(), check.finding() + (check.remedy().isEmpty() ? "" : " → " + check.remedy())),
            Cell.of(check.remedy()),
        };
    }

    /// An older JDK does not load this class.
    private static Check jdk() {
        return Check.ok("JDK", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    }

    /// For this command: a program gives itself the same flag.
    private static Check nativeAccess() {
        return DoctorCommand.class.getModule().isNativeAccessEnabled()
                ? Check.ok("native access", "enabled for this command; a program needs --enable-native-access too")
                : Check.warn("native access", "not enabled: the JDK prints a warning",
                        "--enable-native-access=ALL-UNNAMED");
    }
}
