/// Meters of a space and its objects, for Micrometer: [io.sluice.micrometer.SpaceMetrics].
package io.sluice.micrometer;
