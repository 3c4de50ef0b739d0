package io.sluice.examples;

import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessInfo;
import java.util.List;

/// The identity of a process, its parent and its children, and the cores that it may use.
///
/// ```
/// examples/run Introspection
/// ```
public final class Introspection {
    private Introspection() {}

    /// Asks in this process, in a child, and in a child of that.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        introduce();
        JavaProcess child = JavaProcess.start(() -> {
            introduce();
            JavaProcess grandchild = JavaProcess.start(Introspection::introduce);
            System.out.println(JavaProcess.current().name() + " has the child " + grandchild.name());
            grandchild.join();
        });
        List<JavaProcess> children = JavaProcess.children();
        System.out.println("main has the child " + children.getFirst().name() + " and " + children.size() + " in all");
        child.join();
        System.out.println("main has " + JavaProcess.children().size() + " children");

        List<Integer> usable = Cpus.usable();
        System.out.println("cores: " + Cpus.count() + " to count on, usable " + usable);
        Thread.ofPlatform().start(() -> {
            Cpus.pin(usable.getFirst());
            System.out.println("a pinned thread: usable " + Cpus.usable());
        }).join();
    }

    private static void introduce() {
        ProcessInfo me = JavaProcess.current();
        String parent = JavaProcess.parent().map(ProcessInfo::name).orElse("another program");
        System.out.println(me.name() + " (" + me.pid() + ") was started by " + parent);
    }
}
