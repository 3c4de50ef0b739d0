package io.sluice.core.campaign;

import java.lang.reflect.Method;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// Skips the cases of a parameterized test that do not belong to the [Share] of this build: the method alone, since an
/// instance was made before it, and has to be cleaned up after it.
final class ShareChooser implements InvocationInterceptor {
    private static final int SHARES = 3;
    private static final long SEED = Long.getLong("sluice.test.seed", System.nanoTime());
    private static final Pattern CASE = Pattern.compile("test-template-invocation:#(\\d+)");

    ShareChooser() {}

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method, ExtensionContext context) throws Throwable {
        if (Boolean.getBoolean("sluice.campaign") || isInShare(context.getUniqueId())) {
            invocation.proceed();
        } else {
            invocation.skip();
            throw new TestAbortedException("not in the share of this build: -Dsluice.test.seed=" + SEED);
        }
    }

    private static boolean isInShare(String uniqueId) {
        Matcher number = CASE.matcher(uniqueId);
        return !number.find() || Math.floorMod(Integer.parseInt(number.group(1)) + SEED, SHARES) == 0;
    }
}
