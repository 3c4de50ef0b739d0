package io.sluice.core.campaign;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A parameterized test of many cases, each of which starts and kills JVMs: a build runs every third case, beginning
/// with one that is drawn, and the Maven profile `campaign` runs all.
///
/// `sluice.test.seed` repeats a choice; the reason of each skipped case names it.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag(Campaign.TAG)
@ExtendWith(ShareChooser.class)
public @interface Share {}
