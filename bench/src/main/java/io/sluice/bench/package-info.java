/// The `sluice bench` command: which matches are played, how their results are shown, and what guards the hot path.
package io.sluice.bench;
