/// One example, one lesson. Each file opens with its command lines; `examples/run` is a script of the repository, which
/// builds what it needs, and lists all examples when it is given no name. Start at `QuickStart` and `PoolQuickStart`;
/// `docs/examples.md` lists all, beside the programs that teach Python's `multiprocessing`.
package io.sluice.examples;
