/// The log of what no caller can receive.
package io.sluice.pool.log;
