/// The log of what no caller can receive, and its way to standard error.
package io.sluice.pool.log;
