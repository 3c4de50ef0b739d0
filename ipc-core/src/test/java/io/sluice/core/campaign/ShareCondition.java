package io.sluice.core.campaign;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips the cases of a parameterized test that do not belong to the [Share] of this build.
final class ShareCondition implements ExecutionCondition {
    private static final int SHARES = 3;
    private static final long SEED = Long.getLong("sluice.test.seed", System.nanoTime());
    private static final Pattern CASE = Pattern.compile("test-template-invocation:#(\\d+)");

    ShareCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Matcher invocation = CASE.matcher(context.getUniqueId());
        if (Boolean.getBoolean("sluice.campaign") || !invocation.find()) {
            return ConditionEvaluationResult.enabled("all cases");
        }
        boolean runs = Math.floorMod(Integer.parseInt(invocation.group(1)) + SEED, SHARES) == 0;
        return runs
                ? ConditionEvaluationResult.enabled("in the share of this build")
                : ConditionEvaluationResult.disabled("not in the share of this build: -Dsluice.test.seed=" + SEED);
    }
}
