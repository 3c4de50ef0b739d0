/// The commands `sluice record`, `sluice replay` and `sluice journal`.
package io.sluice.journal.command;
